"""A class of generated learners whose work has been graded: real submissions, and marks that a seed has made up.

No learner's code is run, so that a class of 60 takes seconds. The questions are judged for real; how an exercise went
is drawn from the learner's ability, with the exercise's own messages.
"""

import json
import os
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from random import Random

import numpy as np
import pytest
from nbgrader.api import Gradebook

import course_utils
from course_utils.authoring.knowledge_check_cells import for_class
from course_utils.authoring.sources import notebook_text, read_source
from course_utils.checkout import find_lessons
from course_utils.grading.class_grading import LEDGER
from course_utils.grading.class_settings import class_settings
from course_utils.grading.classroom import class_bank
from course_utils.grading.gradebook import GradebookWriter
from course_utils.grading.graded_lesson import Asked, GradedLesson, read_graded_lesson
from course_utils.grading.hashes import environment_hash, grader_hash
from course_utils.grading.ledger import LedgerKey, open_ledger
from course_utils.grading.marks import AnswerMark, MarkStatus
from course_utils.grading.scorer import mark
from course_utils.grading.submissions import read_submission
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.class_questions import marked

ROOT = Path(course_utils.__file__).parents[1]
LESSON = "02_feature_extraction"
SECRET = "the class's own secret"
#: Who copied the exercise 02.e2 from whom, with other names.
COPIED = ("learner 07", "learner 31")
NOTHING = ("learner 41", "learner 58")  # who handed in nothing
CRASHED = ("learner 11", "learner 13")  # in 02.e2
BROKEN = "learner 57"  # whose notebook can't be read
HOSTILE = "<script>alert(1)"  # the id of a learner


def empty_class(folder: Path, lesson: str = LESSON) -> GradedLesson:
    """Make a class folder whose lesson has been handed out."""
    (found,) = find_lessons(ROOT, [lesson])
    notebook = read_source(found.source)
    for_class(notebook, lesson[:2], class_bank(folder, ROOT, lesson[:2]), SECRET)
    source = folder / "source" / lesson / f"{lesson}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(notebook_text(notebook))
    template = files("course_utils.grading") / "class_folder" / "nbgrader_config.py"
    (folder / "nbgrader_config.py").write_text(template.read_text())
    (folder / "secret_seed").write_text(SECRET)
    (folder / "submitted").mkdir(exist_ok=True)
    graded = read_graded_lesson(folder, lesson, {"PROFILE": "smoke"})
    with pytest.MonkeyPatch.context() as patch:  # a new gradebook asks the program alembic for its version
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        book = Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "transfer-learning")
    with book:
        book.add_assignment(lesson, duedate="2026-03-01 00:00:00 UTC")
        book.add_notebook(lesson, lesson)
        for asked in graded.asked:
            book.add_grade_cell(asked.cell, lesson, lesson, max_score=asked.points, cell_type="code")
            book.add_solution_cell(asked.answer_cell, lesson, lesson)
    return graded


def hand_in(folder: Path, learner: str, answers: dict[str, str], progress: object = None, lesson: str = LESSON) -> None:
    """Put a submission in its place: a notebook of the answers by grade id, and a progress file."""
    cells = [
        {"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": id}}}
        for id, source in answers.items()
    ]
    path = folder / "submitted" / learner / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": cells}))
    if progress is not None:
        (path.parent / ".course_progress.json").write_text(json.dumps(progress))


def record(folder: Path, lesson: GradedLesson, marks: dict[str, list[AnswerMark]]) -> None:
    """Write everyone's marks to the ledger and to the gradebook, as the grader does."""
    grader = grader_hash(lesson, SECRET)
    with open_ledger(folder / LEDGER) as ledger, GradebookWriter(class_settings(folder), lesson.name) as book:
        for learner, ones in marks.items():
            submission = read_submission(folder / "submitted", learner, lesson.name, lesson.places)
            ledger.record(LedgerKey(submission.hash, grader, environment_hash()), ones)
            book.write(learner, ones, submission.handed_in)


def class_of_sixty(folder: Path, size: int = 60) -> GradedLesson:
    """Make a class folder of 60 learners of every kind, graded."""
    lesson = empty_class(folder)
    random = Random(7)
    marks: dict[str, list[AnswerMark]] = {}
    names = [f"learner {number:02}" for number in range(size - 1)] + [HOSTILE]
    for learner in names:
        if learner in NOTHING:
            continue
        ability = random.gauss(0.4, 1.2)
        answers, ones = dict(lesson.stubs), []
        for hardness, asked in enumerate(lesson.asked):
            right = bool(random.random() < 1 / (1 + np.exp(-1.3 * (ability - (hardness - 5) / 3))))
            answer, one = (_reply if asked.marking else _program)(asked, right, random)
            answers[asked.answer_cell] = answer
            ones.append(one)
        if learner in COPIED:
            answers["e2"] = _copied(COPIED.index(learner))
        if learner in CRASHED:
            ones[1] = mark(lesson.asked[1], "crashed", "the process ended with SIGSEGV", 2.0)
        if learner == "learner 12":
            ones[0] = ones[0].model_copy(update={"seconds": 55.0})
        hand_in(folder, learner, answers, _progress(random) if random.random() < 0.4 else None)
        marks[learner] = ones
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "transfer-learning") as book:
        for learner in (*NOTHING, BROKEN):
            book.update_or_create_student(learner)
    broken = marks.pop(BROKEN, None)
    if broken:
        (folder / "submitted" / BROKEN / LESSON / f"{LESSON}.ipynb").write_text('{"cells": [')
    record(folder, lesson, marks)
    return lesson


def _reply(asked: Asked, right: bool, random: Random) -> tuple[str, AnswerMark]:
    assert asked.marking
    fitting = [answer for answer, (is_right, _) in asked.marking["replies"].items() if is_right is right]
    if asked.marking["kind"] == "multiple" and right:
        answer: object = "".join(fitting)
    else:
        answer = random.choice(fitting or [12345])
    result = marked(asked.id, answer, **asked.marking)
    status: MarkStatus = "passed" if result.passed else "wrong"
    one = mark(asked, "unattempted").model_copy(
        update={"status": status, "points": result.points * asked.points, "message": result.message, "seconds": 0.02}
    )
    return f"{asked.answer_cell} = ({answer!r})", one


def _program(asked: Asked, right: bool, random: Random) -> tuple[str, AnswerMark]:
    exercise = load_exercises("02")[asked.id]
    code = "passed" if right else random.choice(_beliefs(exercise.words.messages))
    message = exercise.words.messages[code]
    share = 1.0 if right else random.choice([0.0, 0.0, 0.5])
    status: MarkStatus = "passed" if right else "partly" if share else "wrong"
    one = AnswerMark(
        cell=asked.cell,
        id=asked.id,
        status=status,
        points=share * asked.points,
        worth=asked.points,
        message=message.says.replace("{", "").replace("}", ""),
        misconception="" if right else message.misconception or code,
        seconds=round(random.lognormvariate(0.5, 0.25), 3),
    )
    if not right and random.random() < 0.1:
        one = mark(asked, random.choice(["raised", "timed out", "unattempted"]), seconds=1.0)
    return _own(random), one


def _beliefs(messages: dict[str, object]) -> list[str]:
    """Return the codes of wrong answers; the first come more often."""
    codes = [code for code in messages if code != "passed"]
    return codes + codes[:3] * 3


def _own(random: Random) -> str:
    """Return a program of a learner's own: statements in an order of their own."""
    steps: list[Callable[[str, str], str]] = [
        lambda a, b: f"{a} = [{b} * {random.randint(2, 90)} for {b} in range({random.randint(2, 90)})]",
        lambda a, b: f"while len({a}) < {random.randint(2, 90)}:\n        {a}.append({b})",
        lambda a, b: f"{a} = backbone.get_layer({b}).output",
        lambda a, b: f"if {a} is None:\n        raise ValueError({b})",
        lambda a, b: f"{a}, {b} = np.split({a}, {random.randint(2, 90)})",
        lambda a, b: f"model.compile(optimizer={a}, loss={b})",
        lambda a, b: f"{a} = keras.ops.mean({b}, axis=({random.randint(0, 3)}, {random.randint(0, 3)}))",
        lambda a, b: f"with open({a}) as {b}:\n        {a} = {b}.read()",
        lambda a, b: f"{a} = lambda {b}: {b} ** {random.randint(2, 90)} - {random.randint(2, 90)}",
        lambda a, b: f"assert {a}.shape[{random.randint(0, 3)}] == {b}",
    ]
    chosen = [random.choice(steps)(*random.sample("abcdefgh", 2)) for _ in range(random.randint(8, 14))]
    return "def build(backbone, classes):\n    " + "\n    ".join(chosen) + "\n    return model\n"


def _copied(which: int) -> str:
    source = _own(Random(99))
    if which:  # as one who copies changes it: names, a remark, empty lines
        for old, new in zip(
            "abcdefgh", ("first", "other", "third", "much", "more", "less", "left", "rest"), strict=True
        ):
            source = source.replace(f" {old} ", f" {new} ").replace(f"({old})", f"({new})")
        source = source.replace("    return model", "\n    # done\n    return model")
    return source


def _times(random: Random, ids: list[str]) -> dict[str, list[int]]:
    moment, times = 1_790_000_000, dict[str, list[int]]()
    for id in ids:
        times[id] = []
        for _ in range(random.randint(1, 5)):
            moment += round(random.lognormvariate(5, 1)) + 20_000 * (random.random() < 0.1)  # or a night's sleep
            times[id].append(moment)
    return times


def _progress(random: Random) -> object:
    ids = [f"02.e{number}" for number in range(1, 5)]
    record: dict[str, object] = {
        "version": 3,
        "checks": {id: {"attempts": random.randint(1, 9), "outcome": "passed", "points": 1} for id in ids},
        "hints": {id: {"seen": random.randint(0, 3)} for id in ids},
        "solutions": {"02.e4": {"seen": True}} if random.random() < 0.3 else {},
    }
    own = Random(repr(record))
    return record | ({"times": _times(own, ids)} if own.random() < 0.7 else {})  # the others' are older
