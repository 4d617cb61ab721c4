"""Call what a learner wrote, and keep its exceptions apart from the course's own errors."""

import contextlib
import copy
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_utils.learn.evidence import Parameter, bounded
from course_utils.learn.time_limit import OutOfTime
from course_utils.learn.wording import kind


class Unusable(Exception):  # noqa: N818 - it describes an answer, not an error of the program
    """The learner's code returned something that can't be examined; a message's code and parameters say why."""

    def __init__(self, code: str, **parameters: Parameter) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = {
            name: bounded(value) if isinstance(value, str) else value for name, value in parameters.items()
        }


class LearnerError(Exception):
    """The learner's code raised ``error``."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(repr(error))
        self.error = error


@contextlib.contextmanager
def learners_code() -> Iterator[None]:
    """Mark a block in which exceptions come from the learner's code (a call, or a fit of their model)."""
    try:
        yield
    except (Unusable, LearnerError, OutOfTime, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise LearnerError(error) from None


def call(learner: Callable[..., Any], *args: Any) -> Any:
    """Call the learner's function.

    Raises:
        LearnerError: it raised an exception.
        Unusable: it does not take that many arguments, or it changed an array, list or dict that it was given.
    """
    names = _names_of_arguments(learner, args)
    before = [copy.deepcopy(arg) if isinstance(arg, _PLAIN) else None for arg in args]
    with learners_code():
        value = learner(*args)
    for name, was, arg in zip(names, before, args, strict=True):
        if isinstance(arg, _PLAIN) and not _equal(was, arg):
            raise Unusable("changes-its-input", name=name)
    return value


def number(value: Any, wanted: str) -> float:
    """Return the learner's value as a float.

    Raises:
        Unusable: it is not a single number.
    """
    require_something(value, wanted)
    try:
        if not isinstance(value, str):  # NumPy would read "3" and "inf" as numbers
            return float(np.asarray(value, dtype=float).reshape(()))
    except (TypeError, ValueError):
        pass
    raise Unusable("wrong-kind", kind=kind(value), wanted=wanted)


def keras_model(value: Any, wanted: str) -> Any:
    """Return the learner's value if it is a keras.Model.

    Raises:
        Unusable: it is something else.
    """
    import keras

    require_something(value, wanted)
    if not isinstance(value, keras.Model):
        raise Unusable("wrong-kind", kind=kind(value), wanted=wanted)
    return value


def outputs(model: Any, pictures: np.ndarray) -> np.ndarray:
    """Return the outputs of the learner's model for pictures, in inference mode.

    Raises:
        Unusable: it takes pictures of another size, or returns anything but one array of numbers.
    """
    expected = getattr(model, "input_shape", None)
    if isinstance(expected, tuple) and _differ(expected[1:], pictures.shape[1:]):
        raise Unusable("wrong-input-shape", found=str(expected[1:]), wanted=str(pictures.shape[1:]))
    with learners_code():
        found = model(pictures, training=False)
    if isinstance(found, dict | list | tuple) or not hasattr(found, "shape"):
        raise Unusable("not-one-array", kind=kind(found))
    return np.asarray(found)


def require_something(value: Any, wanted: str) -> None:
    """Refuse None, which a function without ``return`` returns.

    Raises:
        Unusable: ``value`` is None.
    """
    if value is None:
        raise Unusable("nothing-returned", wanted=wanted)


_PLAIN = (np.ndarray, list, dict)


def _names_of_arguments(learner: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    """Return the learner's name for each argument; raises Unusable if the function can't take that many."""
    try:
        signature = inspect.signature(learner)
    except (TypeError, ValueError):  # a builtin may have no signature
        return ["things"] * len(args)
    try:
        signature.bind(*args)
    except TypeError:
        wanted = f"{len(args)} argument{'' if len(args) == 1 else 's'}"
        raise Unusable("wrong-arguments", wanted=wanted, signature=str(signature)) from None
    names = [f"`{p.name}`" for p in signature.parameters.values() if p.kind is not p.VAR_POSITIONAL]
    return [*names, *["things"] * len(args)][: len(args)]


def _equal(was: Any, now: Any) -> bool:
    """Whether plain data is unchanged; NaN equals itself. Lists and dicts are compared by their ``repr``."""
    if isinstance(was, np.ndarray):
        return bool(was.shape == now.shape and was.tobytes() == now.tobytes())
    return repr(was) == repr(now)


def _differ(expected: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    return len(expected) != len(shape) or any(e not in (None, n) for e, n in zip(expected, shape, strict=True))
