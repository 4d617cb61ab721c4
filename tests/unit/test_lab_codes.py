"""A lab's state as a string: it comes back as it was, and anything else that is pasted gets one sentence."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.labs.kit import state_codes as codes
from course_utils.labs.kit.state_codes import decode, encode, one_of


@dataclass(frozen=True)
class State:
    method: str = "plain"
    value: float = 1e-3
    guess: int | None = None

    def __post_init__(self):
        one_of("method", self.method, ("plain", "ewc"))


CODE = encode("a-lab", State())


@given(st.sampled_from(["plain", "ewc"]), st.floats(allow_nan=False), st.none() | st.integers())
def test_a_state_comes_back_as_it_was(method, value, guess):
    state = State(method, value, guess)
    code = encode("a-lab", state)
    assert re.fullmatch(r"[\w.-]+", code, re.ASCII)  # safe in an address
    assert decode("a-lab", State, f"  {code}\n") == state


@given(st.text())
def test_any_text_that_is_not_a_state_gets_a_sentence(text):
    with pytest.raises(CourseError):
        decode("a-lab", State, text)


@given(st.integers(0, len(CODE) - 1), st.sampled_from("abcXYZ019-_."))
def test_every_changed_character_is_noticed(place, character):
    changed = CODE[:place] + character + CODE[place + 1 :]
    if changed != CODE:
        with pytest.raises(CourseError, match="damaged"):
            decode("a-lab", State, changed)


def in_version(version):
    body = CODE.rpartition(".")[0].replace(".1.", f".{version}.")
    return f"{body}.{codes._checksum(body)}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "paste one"),
        (CODE[:-1], "damaged"),
        (CODE + "0", "damaged"),
        ("x" * 5000, "has 5000 characters"),
        (encode("another-lab", State()), "belongs to the lab 'another-lab'"),
        (in_version(2), "version 2, but this lab reads version 1"),
    ],
)
def test_a_problem_is_reported_with_its_fix(text, says):
    with pytest.raises(CourseError, match=says):
        decode("a-lab", State, text)


@dataclass(frozen=True)
class Other:
    first: object
    second: object = None
    third: object = None
    fourth: object = None


@pytest.mark.parametrize("other", [Other("magic"), Other(["plain"]), Other({"plain": 1}), Other("plain", 1, 2)])
def test_a_good_checksum_over_other_settings_is_refused_too(other):
    with pytest.raises(CourseError, match=r"no method|not hold settings of this lab"):
        decode("a-lab", State, encode("a-lab", other))
