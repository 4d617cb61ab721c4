"""Judge evidence: this process has never run a learner's code, and believes nothing that such a process says.

What is right is computed here, from the class's secret seed and the instructor's notebook.
"""

import hashlib
from typing import Any

from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.execution.graded.jobs import GradedOutcome, GradedQuestion
from course_utils.grading.graded_lesson import Asked
from course_utils.grading.marks import BLANK, AnswerMark, MarkStatus
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.class_questions import marked
from course_utils.learn.evidence import unpack
from course_utils.learn.examining import EXERCISE_PROBE, QUESTION_PROBE, portable, read_question
from course_utils.learn.exercise import Exercise

SECONDS = 60.0  # of processor time that a question may take besides its probe: what the lesson computes for it
IDLE = 60.0  # on the clock, for which it may do nothing

_SAYS: dict[MarkStatus, str] = {
    "unattempted": "There is no answer yet.",
    "raised": "Your code stopped with an error before it could be checked.",
    "timed out": "Your code was still running when its time was over.",
    "out of memory": "Your code needed more memory than it may have.",
    "crashed": "Your code ended the whole program, so that it could not be checked.",
    "tampered": "What came back is not what an answer gives.",
    "infrastructure": "The grading failed. This is not your answer's fault.",
}


def question_for(asked: Asked, secret: str) -> tuple[GradedQuestion, dict[str, NDArray[Any]]]:
    """Return what the executor is told to ask, with the arrays of its inputs, each named ``id/name``.

    Raises:
        CourseError: the course has no such exercise.
    """
    if asked.marking is not None:
        question = GradedQuestion(
            id=asked.id, upto=asked.upto, answer=asked.answer, probe=QUESTION_PROBE, seconds=SECONDS, idle=IDLE
        )
        return question, {}
    exercise = _exercise(asked)
    inputs, arrays = portable(exercise.shown_inputs(challenge_seed(secret, asked.id)))
    question = GradedQuestion(
        id=asked.id,
        upto=asked.upto,
        answer=asked.answer,
        probe=EXERCISE_PROBE,
        inputs={"exercise": asked.id, "inputs": inputs},
        seconds=SECONDS + exercise.seconds,
        idle=IDLE,
    )
    return question, {f"{asked.id}/{name}": array for name, array in arrays.items()}


def judge(asked: Asked, outcome: GradedOutcome, secret: str) -> AnswerMark:
    """Return the mark for what the sandbox brought back."""
    if outcome.status != "answered":
        return mark(asked, outcome.status, outcome.error, outcome.seconds)
    try:
        found = _judge_question if asked.marking is not None else _judge_exercise
        return found(asked, outcome, secret)
    except CourseError as error:  # it is not evidence
        return mark(asked, "tampered", str(error), outcome.seconds)
    except Exception as error:  # a verdict never raises; if one does, it is no learner's loss
        return mark(asked, "infrastructure", f"{type(error).__name__}: {error}", outcome.seconds)


def mark(asked: Asked, status: MarkStatus, error: str = "", seconds: float = 0.0) -> AnswerMark:
    """Return the mark for an answer that there is nothing to judge of."""
    points = None if status in BLANK else 0.0
    return AnswerMark(
        cell=asked.cell,
        id=asked.id,
        status=status,
        points=points,
        worth=asked.points,
        message=_SAYS[status],
        error=error,
        seconds=seconds,
    )


def challenge_seed(secret: str, id: str) -> int:
    """Return the seed of an exercise's inputs in the class with that secret: 31 bits."""
    return int.from_bytes(hashlib.sha256(f"{secret} {id} challenge".encode()).digest()[:4]) >> 1


def _judge_question(asked: Asked, outcome: GradedOutcome, secret: str) -> AnswerMark:
    result = marked(asked.id, read_question(outcome.text), **asked.marking or {})
    status: MarkStatus = "wrong" if result.outcome == "error" else result.outcome
    return AnswerMark(
        cell=asked.cell,
        id=asked.id,
        status=status,
        points=asked.points * result.points / result.max_points,
        worth=asked.points,
        message=result.message,
        seconds=outcome.seconds,
    )


def _judge_exercise(asked: Asked, outcome: GradedOutcome, secret: str) -> AnswerMark:
    exercise = _exercise(asked)
    evidence = unpack(outcome.text, outcome.arrays, exercise.fields)
    try:
        judgement = exercise.judge(challenge_seed(secret, asked.id), evidence)
        message = exercise.say(judgement)
    except (KeyError, ValueError, IndexError, TypeError):
        if evidence.status == "answered":
            raise
        raise CourseError("The evidence names a message that the exercise doesn't have.") from None
    stopped: MarkStatus = "timed out" if evidence.status == "timed out" else "raised"
    return AnswerMark(
        cell=asked.cell,
        id=asked.id,
        status=stopped if judgement.outcome == "error" else judgement.outcome,
        points=asked.points * judgement.share,
        worth=asked.points,
        message=message,
        misconception=judgement.misconception,
        seconds=outcome.seconds,
    )


def _exercise(asked: Asked) -> Exercise:
    exercises = load_exercises(asked.id.partition(".")[0])
    if asked.id not in exercises:
        raise CourseError(f"The course has no exercise {asked.id!r}, which {asked.cell} checks. Has it been renamed?")
    return exercises[asked.id]
