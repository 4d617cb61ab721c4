"""Random or pretrained weights with equal effort: same pictures, same augmentation, rate and length tuned alike."""

from collections.abc import Callable, Iterable
from typing import Literal

import keras
import numpy as np

from course_utils.data import Dataset
from course_utils.experiments.budgets import accuracy_on, scratch_session
from course_utils.experiments.finetuning import FineTuning, Recipe
from course_utils.transfer.sessions import Session

#: Two rates for each start, one to either side of its best one in a search with 300 scans (3e-4 and 1e-3 tied for
#: pretrained weights; 1e-4 was slower and 3e-3 worse).
RANDOM_RATES, PRETRAINED_RATES = (1e-3, 3e-3), (3e-4, 1e-3)
#: Steps of the longest run, and how often a run's accuracy on validation pictures is looked at.
LONGEST, STAGE = 1000, 100

_Measure = Callable[[keras.Model, Literal["validation", "test"]], float]


def tuned_scratch(dataset: Dataset, per_class: int, seed: int) -> dict[str, float]:
    """Train from random weights on ``per_class`` labels of every class, rate and length chosen on validation pictures.

    Returns:
        The chosen ``learning_rate`` and ``steps`` (all lengths are stages of one run per rate); ``validation``, the
        accuracy that chose them, 0..1; and ``accuracy`` on test pictures, measured once.
    """
    return _tuned(
        (scratch_session(dataset, per_class, seed, LONGEST, rate) for rate in RANDOM_RATES),
        RANDOM_RATES,
        lambda model, part: accuracy_on(model, getattr(dataset, part)),
    )


def tuned_fine_tuning(experiment: FineTuning, seed: int) -> dict[str, float]:
    """Fine-tune all blocks from a fitted head with what ``tuned_scratch`` gets: its augmentation, lengths and choices.

    Returns:
        As ``tuned_scratch``.
    """
    pictures = len(experiment.few(seed))
    recipes = (
        Recipe(learning_rate=rate, steps=LONGEST, batch_size=min(32, pictures), augment=True)
        for rate in PRETRAINED_RATES
    )
    return _tuned(
        (experiment.prepare(recipe, seed) for recipe in recipes),
        PRETRAINED_RATES,
        lambda _, part: experiment.accuracies(part)["target"],
    )


def _tuned(sessions: Iterable[Session], rates: Iterable[float], measure: _Measure) -> dict[str, float]:
    """Run one session per rate, made only when it begins; go back to the best stage of all and open the test part."""
    best, weights = {"validation": -1.0}, list[np.ndarray]()
    for session, rate in zip(sessions, rates, strict=True):
        for event in session.events():
            if event.kind == "step" and event.step % STAGE == 0:
                validation = measure(session.model, "validation")
                if validation > best["validation"]:
                    best = {"learning_rate": rate, "steps": event.step, "validation": validation}
                    weights = session.model.get_weights()
    session.model.set_weights(weights)
    return {**best, "accuracy": measure(session.model, "test")}
