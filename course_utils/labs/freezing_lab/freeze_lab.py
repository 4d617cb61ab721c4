"""The state of lesson 03's freeze lab: locks, a rate, epochs, head, BatchNorm, a seed and a guess."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from course_utils.experiments import RATES, Recipe
from course_utils.figures.tables import Rows
from course_utils.figures.words import scientific
from course_utils.labs.kit.state_codes import one_of
from course_utils.labs.kit.training import PER_CLASS, RunProgress, from_recording

BLOCKS = ("block1", "block2", "block3", "block4")
HEADS, BATCHNORMS = ("probe", "random"), ("inference", "training")
EPOCHS, SEEDS, STEPS, GUESSES = range(1, 21), range(100), range(501), range(0, 101, 5)
_PICTURES, _BATCH = 2 * PER_CLASS, 32  # the scans have two classes


@dataclass(frozen=True)
class FreezeState:
    """Everything that decides a run and what the lab shows; two runs of the same state give the same numbers.

    Attributes:
        thawed: how many blocks learn, counted from the output.
        learning_rate, epochs: of the run.
        head: ``probe`` or ``random``.
        batchnorm: ``inference`` or ``training``.
        seed: draws the labels and their order.
        guess: the learner's guess at the source accuracy after the run, in percent.
        revealed: whether the learner has seen a run to its end.
        step: the replay's position.
    """

    thawed: int = len(BLOCKS)
    learning_rate: float = 1e-3
    epochs: int = 16
    head: str = "probe"
    batchnorm: str = "inference"
    seed: int = 0
    guess: int | None = None
    revealed: bool = False
    step: int = 0

    def __post_init__(self) -> None:
        one_of("number of thawed blocks", self.thawed, range(len(BLOCKS) + 1))
        one_of("rate", self.learning_rate, RATES)
        one_of("number of epochs", self.epochs, EPOCHS)
        one_of("head", self.head, HEADS)
        one_of("BatchNorm mode", self.batchnorm, BATCHNORMS)
        one_of("seed", self.seed, SEEDS)
        one_of("guess", self.guess, (None, *GUESSES))
        one_of("'revealed' value", self.revealed, (False, True))
        one_of("step", self.step, STEPS)

    def changed(self, **setting: Any) -> "FreezeState":
        """Return the state with other settings, at the start of the run and without a guess."""
        return replace(self, **setting, guess=None, step=0)

    @property
    def locked(self) -> list[bool]:
        """Which blocks are frozen, from the input to the output."""
        return [place < len(BLOCKS) - self.thawed for place in range(len(BLOCKS))]

    def with_locked(self, locked: Sequence[bool]) -> "FreezeState":
        """Return the state after one lock changed: locking locks all blocks before, unlocking unlocks all after."""
        for place, (now, before) in enumerate(zip(locked, self.locked, strict=True)):
            if now != before:
                return self.changed(thawed=len(BLOCKS) - place - now)
        return self

    def recipe(self) -> Recipe:
        """Return the run as a recipe; ``steps`` counts full batches, and the run takes whole epochs."""
        return Recipe(
            blocks=self.thawed,
            learning_rate=self.learning_rate,
            steps=max(1, round(self.epochs * _PICTURES / _BATCH)),
            head="probe" if self.head == "probe" else "random",
            batchnorm="inference" if self.batchnorm == "inference" else "training",
        )

    def name(self) -> str:
        """Return a short name for the legend."""
        head = ", random head" if self.head == "random" else ""
        batchnorm = ", BatchNorm trains" if self.batchnorm == "training" else ""
        return f"{self.thawed} blocks at {scientific(self.learning_rate)}{head}{batchnorm}"


def recorded_run(rows: Rows, state: FreezeState) -> RunProgress | None:
    """Return the map's recorded run with the state's settings and seed; None if there is none."""
    recipe = state.recipe()
    for row in rows:
        same = all(row[name] == getattr(recipe, name) for name in ("blocks", "learning_rate", "steps", "head"))
        if same and row["batchnorm"] == recipe.batchnorm and row["seed"] == state.seed:
            return from_recording(row, state.name())
    return None


def sentence(run: RunProgress | None, state: FreezeState) -> str:
    """Return what the replay shows, in words."""
    if run is None:
        return "This setting was not recorded. Run it for real."
    point = run.until(state.step)[-1]
    reached = ", ".join(f"{task} {accuracy:.0%}" for task, accuracy in point.accuracy.items())
    return f"Recorded, step {point.step}: {reached} on validation pictures."


def verdict(run: RunProgress, guess: int | None) -> str:
    """Compare the guess with the end of a run."""
    if guess is None:
        return "Guess before the next run: a surprise is easier to remember."
    gap = guess - 100 * run.curve[-1].accuracy["source"]
    close = "you saw it coming" if abs(gap) <= 5 else f"{abs(gap):.0f} points too {'high' if gap > 0 else 'low'}"
    return f"Your guess for the source was {guess} %: {close}."
