"""Examine answers where learners' code is run, apart from where they are judged; both sides of the way there and back.

A probe is called with an answer and plain inputs, and returns what it found as JSON text and the bytes of an npz file.
Inputs are JSON, with the arrays in them beside it by name.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.evidence import bounded, pack
from course_utils.learn.exercise import Inputs

#: The probes by name, as the executor is told them.
EXERCISE_PROBE = f"{__name__}:examine_exercise"
QUESTION_PROBE = f"{__name__}:examine_question"
_PARTS = 30  # more than any question takes


def examine_exercise(answer: Any, inputs: Mapping[str, Any]) -> tuple[str, bytes]:
    """Probe the answer to the exercise with the id ``inputs["exercise"]``; the rest is what ``portable`` gave."""
    id = inputs["exercise"]
    exercise = load_exercises(id.partition(".")[0])[id]
    return pack(exercise.examine(answer, restored(inputs["inputs"], inputs)))


def examine_question(answer: Any, inputs: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return the answer to a question of a knowledge check; see ``read_question``."""
    if isinstance(answer, set | frozenset):
        return json.dumps({"set": _plain_parts(answer)}), b""
    several = isinstance(answer, Iterable) and not isinstance(answer, str | bytes | bytearray)
    return json.dumps(_plain_parts(answer) if several else _plain(answer)), b""


def read_question(text: str) -> Any:
    """Return what ``examine_question`` found: a text, a number, None, or a list or set of those.

    Raises:
        CourseError: it found something else, so that it isn't from there.
    """
    try:
        found = json.loads(text)
        return set(found["set"]) if isinstance(found, dict) else found
    except (ValueError, TypeError, KeyError, RecursionError):
        raise CourseError("The answer can't be read. Run the check again.") from None


def portable(inputs: Inputs) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return a challenge's inputs as what JSON can hold, and the arrays in them by name."""
    arrays: dict[str, NDArray[Any]] = {}

    def convert(value: Any) -> Any:
        match value:
            case np.ndarray():
                name = f"array{len(arrays)}"
                arrays[name] = value
                return {"array": name}
            case np.generic():
                return value.item()
            case Mapping():
                return {"items": [[key, convert(part)] for key, part in value.items()]}
            case tuple():
                return {"tuple": [convert(part) for part in value]}
            case list():
                return [convert(part) for part in value]
        return value

    return convert(inputs), arrays


def restored(plain: Any, arrays: Mapping[str, Any]) -> Any:
    """Return the inputs that ``portable`` was given."""
    match plain:
        case {"array": name}:
            return arrays[name]
        case {"items": pairs}:
            return {key: restored(part, arrays) for key, part in pairs}
        case {"tuple": parts}:
            return tuple(restored(part, arrays) for part in parts)
        case list():
            return [restored(part, arrays) for part in plain]
    return plain


def _plain_parts(answer: Iterable[Any]) -> Sequence[Any]:
    return [_plain(part) for _, part in zip(range(_PARTS), answer, strict=False)]


def _plain(answer: Any) -> Any:
    """Return a text, a number or None as JSON has them, and anything else as a text that no question takes."""
    if answer is None or answer is ...:
        return None
    if isinstance(answer, bool | str):
        return bounded(answer) if isinstance(answer, str) else answer
    return float(answer) if isinstance(answer, Real) else f"({type(answer).__name__})"
