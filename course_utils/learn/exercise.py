"""Exercises: call the learner's function on inputs that the course draws, and judge its behaviour.

An exercise has three parts. Its **challenge** draws plain inputs from a seed. Its **probe** calls the learner's code on
them, in the same process, and returns plain data. Its **verdict** is a pure function of the inputs and that data, and
computes the right answer itself: nothing that was judged in the learner's process can earn points. So the three can run
in three processes; in a notebook they run in one.
"""

import contextlib
import dis
import inspect
import linecache
import os
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from course_utils.learn.calling import LearnerError, Unusable
from course_utils.learn.evidence import Data, Evidence, Parameter, bounded, conform
from course_utils.learn.messages import PASSED, ExerciseWords, lesson_words, misconception, template
from course_utils.learn.result import CheckOutcome, Result
from course_utils.learn.time_limit import OutOfTime, processor_time_limit
from course_utils.learn.wording import kind

#: The plain inputs of a challenge: numbers, texts, arrays, and lists and dicts of them.
Inputs = Mapping[str, Any]

_PACKAGE = str(Path(__file__).resolve().parents[1])


class Verdict(NamedTuple):
    """The share of the points, 0..1, and the code and parameters of what to tell the learner."""

    share: float
    code: str
    parameters: Mapping[str, Parameter]


def passed(**parameters: Parameter) -> Verdict:
    """Return the verdict on a right answer."""
    return Verdict(1.0, PASSED, parameters)


def wrong(code: str, share: float = 0.0, **parameters: Parameter) -> Verdict:
    """Return the verdict on an answer that is wrong or partly right; ``code`` names what is wrong with it."""
    return Verdict(share, code, parameters)


class Judgement(NamedTuple):
    """The outcome of an answer, the share of the points, 0..1, and the code and parameters of the message.

    ``misconception`` is the id of the misconception that the code names; empty where nothing is wrong.
    """

    outcome: CheckOutcome
    share: float
    code: str
    parameters: Mapping[str, Parameter]
    misconception: str


class Exercise(ABC):
    """What one exercise does. Its texts are in ``messages.toml`` in its lesson's package.

    Attributes:
        id: such as ``"02.e1"``.
        points: how many it is worth.
        fields: the names, dtypes and shapes of the data that its probe returns; see ``evidence``.
        withheld: inputs that only the verdict may see.
        seconds: processor time that the learner's code may take in one check.
    """

    id: ClassVar[str]
    points: ClassVar[float]
    fields: ClassVar[Mapping[str, str]]
    withheld: ClassVar[frozenset[str]] = frozenset()
    seconds: ClassVar[float] = 10

    @abstractmethod
    def challenge(self, seed: int) -> Inputs:
        """Draw plain inputs, the same ones for the same seed."""

    @abstractmethod
    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Mapping[str, Any]:
        """Call the learner's function on the inputs and return the data that ``fields`` declares."""

    @abstractmethod
    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        """Judge the data. A pure function that never raises for data that fits ``fields``."""

    @cached_property
    def words(self) -> ExerciseWords:
        """Title, section, hints and messages."""
        return lesson_words(type(self).__module__.rpartition(".")[0])[self.id]

    def check(self, answer: Any = None, seed: int = 0) -> Result:
        """Judge the learner's function on inputs drawn from ``seed``. Never raises for what the function does."""
        judgement = self.judge(seed, self.examine(answer, self.shown_inputs(seed)))
        message = self.say(judgement)
        if judgement.outcome in ("wrong", "partly"):
            message = f'{message} See the section "{self.words.section}".'
        earned = self.points * judgement.share
        return Result(self.id, self.words.title, judgement.outcome, earned, self.points, message, graded=True)

    def shown_inputs(self, seed: int) -> Inputs:
        """Draw a challenge and return what the probe may see of it."""
        return {name: value for name, value in self.challenge(seed).items() if name not in self.withheld}

    def examine(self, answer: Any, inputs: Inputs) -> Evidence:
        """Run the probe on the learner's code and ``shown_inputs``. Never raises for what that code does."""
        if answer is None or answer is ... or _is_untouched(answer):
            return Evidence(status="unattempted", code="begin")
        if not callable(answer):
            return Evidence(status="raised", code="not-callable", parameters={"kind": bounded(kind(answer))})
        try:
            with _without_output(), processor_time_limit(self.seconds):
                return Evidence(status="answered", data=conform(self.probe(answer, inputs), self.fields))
        except Unusable as refused:
            return Evidence(status="unusable", code=refused.code, parameters=refused.parameters)
        except OutOfTime as stopped:
            parameters: dict[str, Parameter] = {"seconds": self.seconds, "place": bounded(_place(stopped))}
            return Evidence(status="timed out", code="timed-out", parameters=parameters)
        except LearnerError as caught:
            if isinstance(caught.error, NotImplementedError) and not str(caught.error):
                return Evidence(status="unattempted", code="begin")
            parameters = {"error": bounded(_described(caught.error)), "place": bounded(_place(caught.error))}
            return Evidence(status="raised", code="stopped", parameters=parameters)
        except Exception as error:  # something odd was returned that no check foresees
            return Evidence(status="raised", code="unreadable", parameters={"error": type(error).__name__})

    def judge(self, seed: int, evidence: Evidence) -> Judgement:
        """Judge evidence that was gathered on the challenge of ``seed``, here or elsewhere."""
        code = evidence.code
        parameters: Mapping[str, Parameter] = evidence.parameters
        match evidence.status:
            case "unattempted":
                return Judgement("unattempted", 0.0, code, parameters, "")
            case "unusable":
                return Judgement("wrong", 0.0, code, parameters, misconception(self.words, code))
            case "raised" | "timed out":
                return Judgement("error", 0.0, code, parameters, "")
        share, code, parameters = self.verdict(self.challenge(seed), evidence.data)
        outcome: CheckOutcome = "passed" if share >= 1 else "partly" if share > 0 else "wrong"
        named = "" if outcome == "passed" else misconception(self.words, code)
        return Judgement(outcome, share, code, parameters, named)

    def say(self, judgement: Judgement) -> str:
        """Return the judgement as a sentence or two for the learner."""
        return template(self.words, judgement.code).says.format_map(judgement.parameters)


_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def _is_untouched(answer: Any) -> bool:
    """Whether a function is still the lesson's stub, whose only statement is ``...``."""
    if not inspect.isfunction(answer):
        return False
    steps = list(dis.get_instructions(answer))
    returned = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    return {s.opname for s in steps} <= _NOTHING and returned == [None]


def _described(error: BaseException) -> str:
    """Return an exception's type and the first line of its text."""
    text = str(error).strip()
    first = text.splitlines()[0][:200].rstrip(".") if text else ""
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _place(error: BaseException) -> str:
    """Return a sentence that quotes the innermost line of the learner's own code; empty when there is none."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        library = "site-packages" in frame.filename or frame.filename.startswith((_PACKAGE, "<frozen"))
        if not library and "/lib/python" not in frame.filename.replace("\\", "/"):
            line = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
            return f" It happened at your line `{line}`." if line else ""
    return ""


@contextlib.contextmanager
def _without_output() -> Iterator[None]:
    """Hide what the learner's code prints while it is checked, so that only the verdict is seen."""
    with (
        Path(os.devnull).open("w", encoding="utf-8", errors="replace") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield
