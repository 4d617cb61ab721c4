"""Exercises: what the learner wrote is called on small inputs of our own, and its behaviour is judged.

A checker is two halves. **Evidence** calls the learner's code and returns plain data (numbers, strings,
lists, arrays); **verdict** is a pure function from that evidence to a share of the points and a sentence.
No verdict touches an object of the learner's, so it can be run in another process than the evidence.
"""

import contextlib
import dis
import inspect
import io
import linecache
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from course_utils.learn.result import Outcome, Result

Evidence = dict[str, Any]
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
    """One exercise: what it is called, what it is worth, its hints in steps, and the two halves of its check."""

    id: str
    title: str
    points: float
    hints: tuple[str, ...]
    evidence: Callable[[Callable[..., Any]], Evidence]
    verdict: Callable[[Evidence], Verdict]

    def check(self, answer: Any = None) -> Result:
        """Judge the learner's function. Never raises for anything that the function does."""
        outcome, share, message = self._judge(answer)
        return Result(self.id, self.title, outcome, self.points * share, self.points, message)

    def _judge(self, answer: Any) -> tuple[Outcome, float, str]:
        if answer is None or answer is ...:
            return "unattempted", 0.0, _BEGIN
        if _is_untouched(answer):
            return "unattempted", 0.0, _BEGIN
        if not callable(answer):
            kind = type(answer).__name__
            return "error", 0.0, f"Hand over the function itself, without brackets; this is a {kind}."
        try:
            with _quiet():
                evidence = self.evidence(answer)
        except Unusable as sentence:
            return "wrong", 0.0, str(sentence)
        except _LearnerError as caught:
            if isinstance(caught.error, NotImplementedError) and not str(caught.error):
                return "unattempted", 0.0, _BEGIN
            return "error", 0.0, _told(caught.error)
        share, message = self.verdict(evidence)
        outcome: Outcome = "passed" if share >= 1 else "partly" if share > 0 else "wrong"
        return outcome, share, message


_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def _is_untouched(answer: Any) -> bool:
    """Whether a function is still the lesson's stub, which has no statement but ``pass``."""
    if not inspect.isfunction(answer):
        return False
    steps = list(dis.get_instructions(answer))
    returned = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    return {s.opname for s in steps} <= _NOTHING and returned == [None]


_BEGIN = "Write the function, run its cell, then run this one. Stuck? Ask for a hint."


def call(learner: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call the learner's code so that whatever it raises is reported as the learner's, never as ours."""
    with learners_code():
        return learner(*args, **kwargs)


@contextlib.contextmanager
def learners_code() -> Iterator[None]:
    """Marks a block in which an exception comes from what the learner wrote (a call, or a fit of their model)."""
    try:
        yield
    except (Unusable, _LearnerError):
        raise
    except (Exception, SystemExit) as error:
        raise _LearnerError(error) from None


def _told(error: BaseException) -> str:
    """One or two sentences on an exception: its kind, its first line, and the learner's own line of code."""
    text = str(error).strip()
    first = text.splitlines()[0][:200].rstrip(".") if text else ""
    said = f"{type(error).__name__}: {first}" if first else type(error).__name__
    where = ""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        library = "site-packages" in frame.filename or frame.filename.startswith((_OURS, "<frozen"))
        if not library and "/lib/python" not in frame.filename.replace("\\", "/"):
            line = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
            where = f" It happened at your line `{line}`." if line else ""
            break
    return f"Your code stopped with {said}.{where}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Progress bars and warnings of a check belong to nobody: the learner reads the verdict."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
