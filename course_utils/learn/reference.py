"""The course's own solutions to the exercises, for people who study alone."""

import os
import re
from pathlib import Path

import jupytext

from course_utils.learn import progress
from course_utils.learn.catalogue import find
from course_utils.learn.exercise import Exercise
from course_utils.learn.show import Block, Card, Code, Message, Paragraph

SOURCES = Path(__file__).resolve().parents[2] / "solutions"


def solution(id: str) -> Message:
    """Show one way to solve an exercise: ``solution("02.e1")``.

    Before the first attempt it asks the learner to try first; called again, it shows the solution. An instructor
    can switch it off with the environment variable COURSE_SOLUTIONS=off.
    """
    found = find(id)
    id = found.id
    if not isinstance(found, Exercise):
        return _say(id, "A question has no solution of its own: each answer explains itself. Try another one.")
    hints = f'Hints are still there: `learn.hint("{id}")`.'
    if os.environ.get("COURSE_SOLUTIONS", "").strip().lower() == "off":
        return _say(id, f"Solutions are switched off in this class. {hints}")
    code = _code(id)
    if not code:
        return _say(id, f"The solutions aren't part of this copy of the course. {hints}")
    record, _ = progress.load()
    first = id not in record["checks"] and id not in record["solutions"]
    note = progress.update(lambda record: record["solutions"].__setitem__(id, {"seen": not first}))
    if first:
        words = (
            "Try it yourself first: what you work out yourself stays with you, and no attempt costs anything. "
            f"{hints} To see the solution anyway, run this cell again."
        )
        return _say(id, words, note=note)
    words = "This is one way to do it. Yours may look different and be just as good."
    advice = "Read it, put it away, and write your own: that is how it becomes yours."
    return _say(id, words, Code(code), Paragraph(advice, quiet=True), note=note)


def _say(id: str, words: str, *more: Block, note: str = "") -> Message:
    return Message(Card(f"Solution of {id}", [Paragraph(words), *more], note=note))


def _code(id: str) -> str:
    """Return the exercise's cell in the lesson's source, without the marks around the solution; '' if there is none."""
    lesson, _, name = id.partition(".")
    for source in SOURCES.glob(f"{lesson}_*.py"):
        for cell in jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent").cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("solution") and about.get("grade_id") == name:
                return re.sub(r"^ *### (BEGIN|END) SOLUTION\n", "", f"{cell.source}\n", flags=re.M).strip()
    return ""
