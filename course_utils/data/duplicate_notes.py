"""What to tell a learner about inputs that are there twice."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_utils.data.duplicates import Pairs, united
from course_utils.data.picture_files import counted, first_few


def duplicate_notes(
    names: Sequence[str],
    labels: NDArray[np.int64],
    copies: Pairs,
    alike: Pairs,
    together: bool,
    thing: str = "picture",
) -> list[str]:
    """Name the inputs that are there twice, and those among them that have two labels.

    Args:
        copies: pairs of rows that are the same, ``(m, 2)``.
        alike: pairs of rows that are nearly the same, copies among them or not, ``(k, 2)``.
        together: whether ``alike`` were dealt into the same part.
        thing: what one input is called.
    """
    notes = []
    if len(copies):
        notes.append(
            f"{counted(len(copies), thing)} {_are(copies)} there twice: {_pairs(names, copies)}. Copies are dealt "
            "into the same part, so that nothing is tested on that was learned from."
        )
    original = united(len(names), copies)
    near = alike[original[alike[:, 0]] != original[alike[:, 1]]]
    if len(near):
        consequence = (
            "They are dealt into the same part."
            if together
            else "They could not all be dealt into the same part, since a class would not reach every part: expect the "
            "test to flatter."
        )
        notes.append(
            f"{counted(len(near), 'pair')} of {thing}s {_are(near)} nearly the same: {_pairs(names, near)}. "
            + consequence
        )
    both = np.concatenate([copies, near])
    if len(conflicting := both[labels[both[:, 0]] != labels[both[:, 1]]]):
        notes.append(
            f"The same {thing} is in two classes: {_pairs(names, conflicting)}. Delete it from the wrong one: nobody "
            "can learn both."
        )
    return notes


def _pairs(names: Sequence[str], pairs: Pairs) -> str:
    return first_few([f"{names[one]} and {names[other]}" for one, other in pairs])


def _are(found: Pairs) -> str:
    return "is" if len(found) == 1 else "are"
