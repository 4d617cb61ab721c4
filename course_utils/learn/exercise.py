"""Exercises: what the learner wrote is called on small inputs of our own, and its behaviour is judged.

A checker is two halves. **Evidence** calls the learner's code on inputs drawn from a seed, and returns plain
data; **verdict** is a pure function from that data and the same seed to a share of the points and a sentence.
No verdict touches an object of the learner's, so it can be reached in another process than the evidence.
"""

import contextlib
import copy
import dis
import inspect
import linecache
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from course_utils.learn.evidence import Evidence, conform
from course_utils.learn.result import Outcome, Result
from course_utils.learn.time_limit import OutOfTime, time_limit
from course_utils.learn.wording import kind

_OURS = str(Path(__file__).resolve().parents[1])


class Verdict(NamedTuple):
    """The share of the points in 0..1 and what to tell the learner."""

    share: float
    message: str


class Unusable(Exception):  # noqa: N818 - an answer, not a fault of the program
    """What the learner's code returned can't be examined further; the message says what was expected."""


class _LearnerError(Exception):
    def __init__(self, error: BaseException):
        self.error = error


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it is worth, the heading of the section that teaches it, its hints, and its check.

    ``fields`` declares the evidence: its names, dtypes and shapes. ``seconds`` is how long the learner's
    code may run in one check.
    """

    id: str
    title: str
    section: str
    points: float
    hints: tuple[str, ...]
    fields: Mapping[str, str]
    evidence: Callable[[Callable[..., Any], int], Mapping[str, Any]]
    verdict: Callable[[Evidence, int], Verdict]
    seconds: float = 10

    def check(self, answer: Any = None, seed: int = 0) -> Result:
        """Judge the learner's function on inputs drawn from ``seed``. Never raises for what the function does."""
        outcome, share, message = self._judge(answer, seed)
        if outcome in ("wrong", "partly"):
            message = f'{message} The section "{self.section}" has more.'
        return Result(self.id, self.title, outcome, self.points * share, self.points, message, graded=True)

    def _judge(self, answer: Any, seed: int) -> tuple[Outcome, float, str]:
        if answer is None or answer is ... or _is_untouched(answer):
            return "unattempted", 0.0, _BEGIN
        if not callable(answer):
            words = f"Hand over the function itself, without brackets after its name; this is {kind(answer)}."
            return "error", 0.0, words
        try:
            evidence = self.gather(answer, seed)
        except Unusable as sentence:
            return "wrong", 0.0, str(sentence)
        except OutOfTime as stopped:
            words = f"Your code was still running after {self.seconds:g} seconds, so the check stopped it."
            return "error", 0.0, f"{words}{_place(stopped)} Is there a loop that never ends?"
        except _LearnerError as caught:
            if isinstance(caught.error, NotImplementedError) and not str(caught.error):
                return "unattempted", 0.0, _BEGIN
            return "error", 0.0, _told(caught.error)
        except Exception as error:  # something odd came back that no check of ours foresaw
            return "error", 0.0, f"The check could not read what your function gave back ({type(error).__name__})."
        share, message = self.verdict(evidence, seed)
        outcome: Outcome = "passed" if share >= 1 else "partly" if share > 0 else "wrong"
        return outcome, share, message

    def gather(self, answer: Callable[..., Any], seed: int) -> Evidence:
        """The evidence on a function, as ``fields`` declares it; what the function prints is nobody's."""
        with _quiet(), time_limit(self.seconds):
            return conform(self.evidence(answer, seed), self.fields)


_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def _is_untouched(answer: Any) -> bool:
    """Whether a function is still the lesson's stub, which has no statement but three dots."""
    if not inspect.isfunction(answer):
        return False
    steps = list(dis.get_instructions(answer))
    returned = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    return {s.opname for s in steps} <= _NOTHING and returned == [None]


_BEGIN = "Write the function, run its cell, then run this one. Stuck? Ask for a hint."


def call(learner: Callable[..., Any], *args: Any) -> Any:
    """Call the learner's code so that whatever it raises is reported as the learner's, never as ours."""
    names = _names_of_arguments(learner, args)
    before = [copy.deepcopy(arg) if isinstance(arg, _PLAIN) else None for arg in args]
    with learners_code():
        value = learner(*args)
    for name, was, arg in zip(names, before, args, strict=True):
        if isinstance(arg, _PLAIN) and not _equal(was, arg):
            raise Unusable(
                f"Your function changes the {name} that it is given. Whoever calls it may need them: work on a copy."
            )
    return value


_PLAIN = (np.ndarray, list, dict)


def _names_of_arguments(learner: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    """What the learner calls each argument; Unusable if the function can't take that many."""
    try:
        signature = inspect.signature(learner)
    except (TypeError, ValueError):  # a builtin may not say
        return ["things"] * len(args)
    try:
        signature.bind(*args)
    except TypeError:
        wanted = f"{len(args)} argument{'' if len(args) == 1 else 's'}"
        raise Unusable(
            f"The check calls your function with {wanted}, which `{signature}` doesn't take. Keep the line that"
            " begins with `def` as the lesson gave it."
        ) from None
    names = [f"`{p.name}`" for p in signature.parameters.values() if p.kind is not p.VAR_POSITIONAL]
    return [*names, *["things"] * len(args)][: len(args)]


def _equal(was: Any, now: Any) -> bool:
    """Whether plain data is what it was. Arrays inside lists are compared as arrays; NaN equals itself."""
    if isinstance(was, np.ndarray):
        return was.shape == now.shape and was.tobytes() == now.tobytes()
    return repr(was) == repr(now)


@contextlib.contextmanager
def learners_code() -> Iterator[None]:
    """Marks a block in which an exception comes from what the learner wrote (a call, or a fit of their model)."""
    try:
        yield
    except (Unusable, _LearnerError, OutOfTime, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise _LearnerError(error) from None


def _told(error: BaseException) -> str:
    """One or two sentences on an exception: its kind, its first line, and the learner's own line of code."""
    text = str(error).strip()
    first = text.splitlines()[0][:200].rstrip(".") if text else ""
    said = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return f"Your code stopped with {said}.{_place(error)}"


def _place(error: BaseException) -> str:
    """A sentence that quotes the innermost line of the learner's own; empty when there is none."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        library = "site-packages" in frame.filename or frame.filename.startswith((_OURS, "<frozen"))
        if not library and "/lib/python" not in frame.filename.replace("\\", "/"):
            line = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
            return f" It happened at your line `{line}`." if line else ""
    return ""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Progress bars and warnings of a check belong to nobody: the learner reads the verdict."""
    with (
        Path(os.devnull).open("w", encoding="utf-8", errors="replace") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield
