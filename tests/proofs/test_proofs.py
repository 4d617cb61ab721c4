"""The proof matrix: under three seeds, each listed right answer passes and each wrong one gets its own message."""

import pytest
from matrix import PROOFS
from proof import ROOT, SEEDS, Proof, Wrong, solution, stub

from course_utils.checkout import find_lessons
from course_utils.learn.catalogue import load_exercises

pytestmark = [
    pytest.mark.proofs,
    pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning", "ignore:__array__:DeprecationWarning"),
]

each_proof = pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.id)
RIGHT = [(proof, name) for proof in PROOFS for name in ("the lesson's own", *proof.right)]
WRONG = [(proof, wrong) for proof in PROOFS for wrong in proof.wrong]


def test_every_exercise_has_a_proof() -> None:
    every = [id for lesson in find_lessons(ROOT) for id in load_exercises(lesson.name[:2])]
    assert [proof.id for proof in PROOFS] == every


@each_proof
def test_a_proof_lists_enough(proof: Proof) -> None:
    assert len(proof.right) >= 3
    assert len(proof.wrong) >= 6
    assert len({wrong.name for wrong in proof.wrong}) == len(proof.wrong)
    assert len({wrong.code for wrong in proof.wrong}) >= 5


@pytest.mark.parametrize(("proof", "name"), RIGHT, ids=[f"{proof.id}-{name}" for proof, name in RIGHT])
def test_right(proof: Proof, name: str, record_property) -> None:
    answer = proof.right.get(name) or solution(proof.id).answer()
    results = [proof.exercise.check(answer, seed) for seed in SEEDS]
    refused = [(seed, result.message) for seed, result in zip(SEEDS, results, strict=True) if not result.passed]
    record_property("proof", (proof.id, "right", not refused))
    assert not refused


@pytest.mark.parametrize(("proof", "wrong"), WRONG, ids=[f"{proof.id}-{wrong.name}" for proof, wrong in WRONG])
def test_wrong(proof: Proof, wrong: Wrong, record_property) -> None:
    exercise = proof.exercise
    judged = [exercise.judge(seed, exercise.examine(wrong.answer, exercise.shown_inputs(seed))) for seed in SEEDS]
    missed = [
        (seed, judgement.outcome, judgement.code, exercise.say(judgement))
        for seed, judgement in zip(SEEDS, judged, strict=True)
        if (judgement.outcome, judgement.code) != (wrong.outcome, wrong.code)
    ]
    record_property("proof", (proof.id, "wrong", not missed))
    assert not missed


@each_proof
def test_the_untouched_stub_is_unattempted(proof: Proof) -> None:
    for seed in SEEDS:
        result = proof.exercise.check(stub(proof.id).answer(), seed)
        assert (result.outcome, result.points) == ("unattempted", 0)
