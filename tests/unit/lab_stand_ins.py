"""An experiment without a network, for the tests of labs that train."""

import threading

from course_utils.errors import CourseError
from course_utils.transfer import Event


class Session:
    """Forty-five steps that learn nothing; a stopped session says so. ``gate`` holds every step until it is open."""

    def __init__(self, experiment):
        self.experiment, self.stopped = experiment, threading.Event()

    def stop(self):
        self.stopped.set()
        self.experiment.gate.set()

    def events(self):
        for step in range(1, 46):
            self.experiment.gate.wait(10)
            if self.stopped.is_set():
                yield Event("stopped", step - 1, 1, {}, "Stopped.")
                return
            if step == self.experiment.diverges_at:
                yield Event("failed", step, 1, {"loss": float("nan")}, "The loss is no longer a number.")
                return
            yield Event("step", step, 1, {"loss": 0.5})
        yield Event("done", 45, 1)


class Experiment:
    """A stand-in for ``FineTuning``, with the parts that the labs use."""

    start, network, model = [], None, "the model"

    def __init__(self, *, fail=False, diverges_at=0):
        self.recipes, self.fail, self.diverges_at = [], fail, diverges_at
        self.gate = threading.Event()
        self.gate.set()

    def prepare(self, recipe, seed):
        if self.fail:
            raise CourseError("This was refused.")
        self.recipes.append((recipe, seed))
        return Session(self)

    def accuracies(self, part):
        return {"target": 0.8, "source": 0.9}
