"""The freeze lab as a learner uses it."""

import re

from lab_page import LabInNotebook, LabOnPage, percent

from course_utils.experiments import recorded

GUESS = "Your guess: source accuracy after the run"
DEPTH = "Frozen blocks, counted from the pictures"
RATE, EPOCHS, STEP = "Learning rate", "Epochs", "Step"
BLOCKS = tuple(f"Lock block{number}" for number in range(1, 5))
#: The recorded run that the lab opens with, and where its two tasks end, in percent.
(START,) = (row for row in recorded("map-scans") if (row["blocks"], row["learning_rate"], row["seed"]) == (4, 1e-3, 0))
END_TARGET, END_SOURCE = percent(START["validation_target"]), percent(START["validation_source"])
#: What Tab reaches before the reveal, in order; the folded parts are closed.
CONTROLS = (
    ("slider", DEPTH),
    *(("button", block) for block in BLOCKS),
    ("textbox", f"{RATE}, typed"),
    ("slider", RATE),
    ("textbox", f"{EPOCHS}, typed"),
    ("slider", EPOCHS),
)


class FreezeLabOnPage(LabOnPage):
    """A freeze lab that is on the page already."""

    name = "freeze-lab"

    def guess_by_keyboard(self, times: int = 30, key: str = "ArrowUp") -> None:
        self.press(GUESS, *[key] * times)

    def reveal(self) -> None:
        """Reveal, and wait until the recording has played to its end."""
        self.button("Reveal").press("Enter")
        self.shows(STEP, "step 112 of 112")

    def lines(self) -> list[str]:
        """Return the curves that are drawn, by kind and task."""
        drawn = self.root.locator(".kit-line").all()
        return [re.sub(r"kit-(line|tone-)? ?", "", line.get_attribute("class")) for line in drawn]

    def height(self, share: float) -> tuple[float, float]:
        """Return the place in the chart's middle that means this share."""
        box = self.root.locator(".kit-surface").bounding_box()
        return box["x"] + box["width"] / 3, box["y"] + box["height"] * (1 - share)

    def edge(self, block: int) -> tuple[float, float]:
        """Return the place behind a block, counted from 0; before the first for -1."""
        box = self.root.locator(".kit-blocks > li").nth(max(block, 0)).bounding_box()
        return box["x"] + (box["width"] if block >= 0 else 0), box["y"] + 20


class FreezeLab(FreezeLabOnPage, LabInNotebook):
    """A freeze lab in a notebook."""

    cells = ("from course_utils import labs", "labs.freeze_lab()")
