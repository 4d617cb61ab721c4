"""The freeze lab on the learner's own model as a learner uses it."""

from lab_page import LabInNotebook, LabOnPage

GUESS = "Your guess: validation accuracy after the run"
DEPTH = "Frozen blocks, counted from the input"
RATE, EPOCHS = "Learning rate", "Epochs"
START, BACK = "Start training", "Back to the start"
_MODEL = """
from keras import Sequential, layers
from course_utils import labs, load_backbone, load_dataset
scans = load_dataset("scans")
model = Sequential([load_backbone("embedded"), layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")])
"""


class OwnModelLabOnPage(LabOnPage):
    """The lab, on the page already."""

    name = "freeze-and-rate"

    def stages(self) -> int:
        """Return how many runs the chart marks."""
        return self.root.locator(".kit-chart").first.locator(".kit-stage").count()


class OwnModelLab(OwnModelLabOnPage, LabInNotebook):
    """The lab in a notebook, on the embedded backbone with a head."""

    cells = (_MODEL, "labs.freeze_and_rate(model, scans.train.few(50), scans.validation.few(50))")
