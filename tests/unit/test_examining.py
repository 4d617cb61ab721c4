"""The way of inputs into the sandbox and of answers out of it."""

import json
import math
from typing import Any

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.learn.catalogue import lessons, load_exercises
from course_utils.learn.examining import examine_question, portable, read_question, restored

EXERCISES = [exercise for lesson in lessons() for exercise in load_exercises(lesson).values()]


def same(one: Any, other: Any) -> bool:
    """Whether two inputs are equal, with the types of all their parts."""
    if type(one) is not type(other):
        return isinstance(one, np.generic) and one.item() == other
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, dict):
        return [*one] == [*other] and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@pytest.mark.tensorflow("exercises draw with the networks' own code")
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_every_exercises_inputs_arrive_as_they_were(exercise: Any) -> None:
    shown = exercise.shown_inputs(20_261)
    assert not exercise.withheld & shown.keys()
    plain, arrays = portable(shown)
    assert same(dict(shown), restored(json.loads(json.dumps(plain)), arrays))


class Liar(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("b", "b"),
        (12, 12.0),
        (np.float32(0.5), 0.5),
        (Liar(3), 3.0),
        (True, True),
        (None, None),
        (..., None),
        (["a", "c"], ["a", "c"]),
        ({"c", "a"}, {"a", "c"}),
        (("a", 2), ["a", 2.0]),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
        (len, "(builtin_function_or_method)"),
        ("x" * 10_000, "x" * 497 + "..."),
        (range(10**9), [float(n) for n in range(30)]),
    ],
)
def test_an_answer_to_a_question_arrives_as_plain_data(answer: Any, found: Any) -> None:
    assert read_question(examine_question(answer, {})[0]) == found


def test_what_is_not_a_number_stays_so() -> None:
    assert math.isnan(read_question(examine_question(math.nan, {})[0]))


@pytest.mark.parametrize("forged", ["", "{", "[" * 100_000, '{"set": [[]]}', '{"other": 1}', '{"set": 3}'])
def test_what_is_not_from_there_is_refused(forged: str) -> None:
    with pytest.raises(CourseError, match="can't be read"):
        read_question(forged)
