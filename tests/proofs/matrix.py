"""Every exercise's proof, in the order of the lessons."""

import proofs_00
import proofs_01
import proofs_02_models
import proofs_02_numbers
import proofs_03
import proofs_04_models
import proofs_04_numbers
import proofs_05
import proofs_06_batches
import proofs_06_choices
import proofs_07
import proofs_08
import proofs_09
import proofs_10
import proofs_11
import proofs_12
import proofs_13
from proof import Answer, Proof, solution

from course_utils.learn.exercise import Exercise

MODULES = (
    proofs_00,
    proofs_01,
    proofs_02_models,
    proofs_02_numbers,
    proofs_03,
    proofs_04_models,
    proofs_04_numbers,
    proofs_05,
    proofs_06_batches,
    proofs_06_choices,
    proofs_07,
    proofs_08,
    proofs_12,
    proofs_13,
    proofs_11,
    proofs_09,
    proofs_10,
)
PROOFS = sorted((proof for module in MODULES for proof in module.PROOFS), key=lambda proof: proof.id)


def exercise(id: str) -> Exercise:
    """Return the exercise with that id."""
    return _of(id).exercise


def answer(id: str, number: int) -> Answer:
    """Return the lesson's own answer to an exercise (0), or a listed one: the right ones first, then the wrong ones."""
    listed = [solution(id).answer(), *_of(id).right.values(), *(wrong.answer for wrong in _of(id).wrong)]
    return listed[min(number, len(listed) - 1)]


def most_answers() -> int:
    """Return the largest number of answers to one exercise, including the lesson's own."""
    return max(1 + len(proof.right) + len(proof.wrong) for proof in PROOFS)


def _of(id: str) -> Proof:
    return next(proof for proof in PROOFS if proof.id == id)
