"""Forged evidence: it fits the declared fields, but no learner's code produced it.

A verdict never raises for it and never passes it, and what is right for one challenge is wrong for another.
"""

import zlib
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import PROOFS
from proof import SEEDS, Proof, solution

from course_utils.errors import CourseError
from course_utils.learn.evidence import Evidence, conform, pack, unpack
from course_utils.learn.exercise import Exercise

pytestmark = [pytest.mark.proofs, pytest.mark.filterwarnings("error::RuntimeWarning")]

EXAMPLES, AT_ONCE = 100, 100  # ten thousand pieces of evidence per verdict
each_proof = pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.id)

FLOATS = np.array([0.0, -0.0, 1.0, -1.0, 0.5, 1e-12, 1e300, -1e300, np.inf, -np.inf, np.nan, 85.0, 1e-4])
INTS = np.array([0, 1, -1, 2, 7, 100, 2**31, -(2**63), 2**63 - 1])
TEXTS = np.array(["", "block1", "block2_conv", "lora", "ewc", "\x00", "é", "x" * 500, "None"])
AXES = (0, 1, 2, 3, 8, 24, 40)


def draw_value(kind: str, rng: np.random.Generator) -> Any:
    """Draw a value that fits a kind: ordinary numbers, odd ones, or one number throughout."""
    dtype, _, shape = kind.rstrip("]").partition("[")
    if shape == "...":
        axes = tuple(rng.choice([1, 2, 3, 8], rng.integers(0, 5)))
    else:
        axes = tuple(int(rng.choice(AXES)) if axis == "*" else int(axis) for axis in shape.split(",") if axis)
    if dtype == "bool":
        return rng.integers(0, 2, axes).astype(bool)
    if dtype == "str":
        return rng.choice(TEXTS, axes)
    odd, how = {"float": FLOATS, "int": INTS}[dtype], rng.integers(4)
    if how == 0:
        return rng.choice(odd, axes)
    if how == 1:
        return np.full(axes, rng.choice(odd))
    if dtype == "int":
        return rng.integers(-3, 60, axes)
    return rng.normal(0, 10.0 ** rng.integers(-3, 3), axes) if how == 2 else rng.uniform(0, 1, axes)


def draw_data(exercise: Exercise, rng: np.random.Generator) -> dict[str, Any]:
    return {name: draw_value(kind, rng) for name, kind in exercise.fields.items()}


@cache
def challenge(id: str) -> Any:
    return next(proof for proof in PROOFS if proof.id == id).exercise.challenge(SEEDS[0])


@settings(max_examples=EXAMPLES)
@given(number=st.integers(0, 2**32 - 1))
@pytest.mark.timeout(900)
@each_proof
def test_no_verdict_raises_for_data_that_fits_and_none_of_it_passes(proof: Proof, number: int) -> None:
    exercise, rng = proof.exercise, np.random.default_rng([number, zlib.crc32(proof.id.encode())])
    inputs = challenge(proof.id)
    for _ in range(AT_ONCE):
        data = conform(draw_data(exercise, rng), exercise.fields)
        share, code, parameters = exercise.verdict(inputs, data)
        assert 0 <= share < 1, (code, data)
        assert exercise.words.messages[code].says.format_map(parameters)


def right_data(proof: Proof, seed: int) -> dict[str, Any]:
    evidence = proof.exercise.examine(solution(proof.id).answer(), proof.exercise.shown_inputs(seed))
    assert evidence.status == "answered"
    return evidence.data


@pytest.mark.timeout(300)
@each_proof
def test_what_is_right_for_one_challenge_is_wrong_for_another(proof: Proof) -> None:
    exercise = proof.exercise
    for seed in SEEDS:
        evidence = Evidence(status="answered", data=right_data(proof, seed))
        assert exercise.judge(seed, evidence).outcome == "passed"
        others = [exercise.judge(other, evidence).outcome for other in SEEDS if other != seed]
        assert "passed" not in others


@pytest.mark.timeout(300)
@each_proof
def test_not_a_number_and_infinity_earn_nothing_wherever_they_are(proof: Proof) -> None:
    exercise, data = proof.exercise, right_data(proof, 0)
    for name, kind in exercise.fields.items():
        if not kind.startswith("float"):
            continue
        for odd in (np.nan, np.inf, -np.inf):
            spoiled = np.full_like(np.asarray(data[name], float), odd)
            value = spoiled if kind != "float" else float(odd)
            judgement = exercise.judge(0, Evidence(status="answered", data={**data, name: value}))
            assert judgement.outcome != "passed", (name, odd)


@pytest.mark.timeout(300)
@each_proof
def test_packed_evidence_is_judged_like_the_original(proof: Proof) -> None:
    evidence = Evidence(status="answered", data=right_data(proof, 1))
    text, arrays = pack(evidence)
    assert proof.exercise.judge(1, unpack(text, arrays, proof.exercise.fields)) == proof.exercise.judge(1, evidence)
    with pytest.raises(CourseError, match="can't be read"):
        unpack(text, arrays, {**proof.exercise.fields, "more": "int"})
