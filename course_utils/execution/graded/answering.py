"""The child's side: run what each question needs, call its probe, and send the evidence.

This is the process that runs a learner's code. Nothing that it says is believed.
"""

import io
import linecache
import os
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from course_utils.execution.graded.frames import BrokenFrameError, packed
from course_utils.execution.graded.integrity import Integrity
from course_utils.execution.graded.jobs import LAST, NEXT, TAMPERED, GradedJob, GradedQuestion
from course_utils.execution.slicing import Statement, names_read, sliced, statements_of

_LONGEST = 500  # characters of an error
_BIND_UNSEEN = {"exec", "globals", "locals", "vars"}  # with which a lesson may bind names that no slice can see


class LessonNames(dict[str, Any]):
    """The namespace that cells run in; it notes the names that were looked up and were not there.

    Python asks a subclass of dict as it asks a dict, from cells and from the functions that they define, so that a name
    is noticed even where the code that looked it up has caught the NameError.
    """

    def __init__(self) -> None:
        super().__init__({"__name__": "__main__"})
        self.missing: set[str] = set()

    def __missing__(self, name: str) -> Any:
        self.missing.add(name)
        raise KeyError(name)


def answer_questions(job: GradedJob, arrays: bytes, questions: Sequence[str], *, sink: int, progress: int) -> None:
    """Work on the named questions in turn.

    Args:
        arrays: the bytes of an npz file with the inputs that are arrays.
        sink: the file descriptor that takes one frame for each question.
        progress: another, which takes a byte after each frame: ``NEXT``, or ``LAST`` where this process had better not
            go on, since the answer has left threads in it.
    """
    given, own, integrity = _loaded(arrays), os.getpid(), Integrity()
    for question in (question for question in job.questions if question.id in questions):
        inputs = dict(question.inputs)
        inputs |= {name.partition("/")[2]: a for name, a in given.items() if name.partition("/")[0] == question.id}
        message = packed(*_answered(job, question, inputs))
        if os.getpid() != own:  # a copy that the learner's code has made with os.fork
            os._exit(1)
        if integrity.broken():
            os._exit(TAMPERED)
        while message:
            message = message[os.write(sink, message) :]
        os.write(progress, NEXT if threading.active_count() == 1 else LAST)


def _answered(job: GradedJob, question: GradedQuestion, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the header and the payload of a question's frame."""
    try:
        text, evidence = _evidence(job, question, inputs)
        packed({"text": text}, evidence)
    except MemoryError:
        return {"question": question.id, "status": "out of memory", "error": "MemoryError"}, b""
    except BrokenFrameError as error:
        return {"question": question.id, "status": "raised", "error": _line(error)}, b""
    except BaseException as error:  # whatever the learner's code raises, SystemExit included
        return {"question": question.id, "status": "raised", "error": _line(error)}, b""
    return {"question": question.id, "status": "answered", "text": text}, evidence


def _evidence(job: GradedJob, question: GradedQuestion, inputs: Mapping[str, Any]) -> tuple[str, bytes]:
    """Run the slice that the answer needs and probe the answer; if a name was missing, run all that comes before it."""
    lesson, problems = _statements(job.cells[: question.upto])
    bound = {name for statement in lesson for name in statement.binds}
    unseen = any(statement.reads & _BIND_UNSEEN for statement in lesson)
    probe = _found(question.probe)
    for statements in (sliced(lesson, names_read(question.answer)), lesson):
        names = LessonNames()
        faults = [*problems, *_run(statements, names)]
        try:
            answer = eval(question.answer, names)
            text, evidence = probe(answer, dict(inputs))
        except Exception as error:
            undefined = isinstance(error, NameError)
            if statements is not lesson and (names.missing & bound or (unseen and undefined)):
                continue
            raise (faults[-1] if faults and undefined else error) from None  # the fault is why the name is missing
        if statements is lesson or not names.missing & bound:
            return str(text), bytes(evidence)
    raise AssertionError("the whole lesson has been run")


def _statements(cells: Sequence[str]) -> tuple[list[Statement], list[BaseException]]:
    """Return the statements of all cells that are Python, and what is wrong with the others."""
    found: list[Statement] = []
    problems: list[BaseException] = []
    for cell in cells:
        try:
            found += statements_of(cell)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
            problems.append(problem)
    return found, problems


def _run(statements: Sequence[Statement], names: LessonNames) -> list[BaseException]:
    """Run statements in turn, and go on after one that raises, as a notebook goes on with its next cell."""
    faults: list[BaseException] = []
    for number, statement in enumerate(statements):
        file = f"<lesson {number}>"
        linecache.cache[file] = (len(statement.source), None, statement.source.splitlines(keepends=True), file)
        try:
            exec(compile(statement.source, file, "exec"), names)
        except (MemoryError, KeyboardInterrupt):
            raise
        except BaseException as fault:
            faults.append(fault)
    return faults


def _found(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def _loaded(arrays: bytes) -> dict[str, Any]:
    if not arrays:
        return {}
    with np.load(io.BytesIO(arrays), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _line(error: BaseException) -> str:
    """Return an error in a line; its own ``__str__`` may be the learner's."""
    try:
        said = str(error).strip().partition("\n")[0]
    except BaseException:
        said = ""
    line = f"{type(error).__name__}: {said}"[:_LONGEST]
    return "".join(letter if letter.isprintable() else " " for letter in line)
