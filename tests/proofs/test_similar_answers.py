"""Honest answers to one exercise, each another way of doing it, are not taken for copies of each other."""

import inspect
import textwrap

import pytest
from matrix import PROOFS
from proof import Answer, Proof, solution, stub

from course_utils.grading.class_report.winnowing import similar_pairs

pytestmark = pytest.mark.proofs


def sources(proof: Proof) -> dict[str, str]:
    """Return the answers that are functions of their own: others share the function that makes them."""
    listed: list[tuple[str, Answer]] = [*proof.right.items(), *((wrong.name, wrong.answer) for wrong in proof.wrong)]
    own = {name: answer for name, answer in listed if inspect.isfunction(answer) and "." not in answer.__qualname__}
    texts = {name: textwrap.dedent(inspect.getsource(answer)) for name, answer in own.items()}
    return {name: text for name, text in texts.items() if text.startswith("def ")}


def test_no_two_ways_of_doing_an_exercise_are_taken_for_copies() -> None:
    answers = {proof.id: sources(proof) for proof in PROOFS}
    assert sum(len(of_one) * (len(of_one) - 1) // 2 for of_one in answers.values()) > 200
    known = {id: [solution(id).source, stub(id).source] for id in answers}
    assert {id: pairs for id in answers if (pairs := similar_pairs(answers[id], known[id]))} == {}
