"""A grading job and what comes of it: plain data, so that any machine can do it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: Clock time that a question may take, in multiples of its processor time, and at least so many seconds; past that it
#: has waited for something, which is the machine's fault until shown otherwise.
PATIENCE, LEAST_WAIT = 20, 60.0
#: What a child tells the parent after each question.
NEXT, LAST = b".", b"!"
#: The exit status of a child whose code has changed what examines it.
TAMPERED = 86
#: Bytes of a message on the control socket, at most.
MESSAGE = 1 << 16

#: How the work on one question ended, before anyone has judged it.
GradedStatus = Literal["answered", "raised", "timed out", "out of memory", "crashed", "tampered", "infrastructure"]


class GradedQuestion(BaseModel):
    """One question of a submission.

    Attributes:
        id: of the question, such as ``"02.e1"``.
        upto: how many of the job's cells come before its check.
        answer: the expression that gives the answer, such as a function's name.
        probe: ``module:function`` in the sandbox; called with the answer and the inputs, it returns evidence as JSON
            text and the bytes of an npz file.
        inputs: the probe's plain inputs. The job's arrays named ``id/name`` are added to them.
        seconds: processor time, of all processes together, that the question may take.
        idle: clock seconds for which it may do nothing; past that, as past a wait on a busy machine, nobody knows whose
            fault it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    upto: int
    answer: str
    probe: str
    inputs: dict[str, Any] = Field(default_factory=dict)
    seconds: float = Field(gt=0)
    idle: float = Field(default=60.0, gt=0)


class GradedJob(BaseModel):
    """The graded answers of one submission.

    Attributes:
        cells: the sources of the lesson's code cells, in order: the instructor's, and the learner's in place of the
            instructor's solutions.
        questions: in the order in which they are to be answered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cells: tuple[str, ...]
    questions: tuple[GradedQuestion, ...]


class GradedOutcome(BaseModel):
    """What the work on one question produced.

    Attributes:
        text: the evidence's JSON, if it was answered; from an untrusted process, and not read yet.
        arrays: the bytes of its npz file, likewise.
        error: what stopped it, in a line.
        seconds: the processor time that it took.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    status: GradedStatus
    text: str = ""
    arrays: bytes = b""
    error: str = ""
    seconds: float = 0.0
