"""Choose the notebook that counts among all that a learner has handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from course_utils.grading.classroom import assignments
from course_utils.grading.collecting.identification import has_other_questions, is_lesson, questions_in, texts
from course_utils.grading.collecting.layouts import HandedFile
from course_utils.grading.collecting.owners import Handed
from course_utils.grading.submissions import UnreadableSubmissionError, read_cells, read_time
from course_utils.grading.versions import released_version


class Refusal(Exception):  # noqa: N818  it is not an error of the program's
    """Nothing that was handed in can be taken; the message says why."""


@dataclass(frozen=True)
class Chosen:
    """The notebook that counts: its content, when it was handed in (in UTC, None if unknown), and what is odd."""

    file: HandedFile
    text: bytes
    time: datetime | None
    remarks: tuple[str, ...]


class LessonTexts:
    """What the lessons of a class say, to tell them apart."""

    def __init__(self, folder: Path, lesson: str) -> None:
        cells = {name: read_cells(released_version(folder, name).read_bytes()) for name in assignments(folder)}
        self.lesson = lesson
        self.lessons: Mapping[str, frozenset[str]] = {name: texts(found) for name, found in cells.items()}
        self.questions = questions_in(cells[lesson])

    def refusal(self, cells: list[dict[str, Any]]) -> str:
        """Say why a notebook is not one of the lesson; empty if it is."""
        if is_lesson(cells, self.lesson, self.lessons):
            return ""
        other = next((name for name in self.lessons if is_lesson(cells, name, self.lessons)), "")
        return f"It is {other}, not {self.lesson}." if other else f"It is not {self.lesson}, nor another lesson."


def chosen(handed: Handed, lessons: LessonTexts) -> Chosen:
    """Return the notebook of the lesson that was handed in, or the last one of several.

    Raises:
        Refusal: there is none that can be read, or several and nothing says which is the last.
    """
    found: list[Chosen] = []
    problems: list[str] = []
    for one in handed.files:
        if one.file.refusal:
            problems.append(f"{one.name}: {one.file.refusal}")
        elif one.name.endswith(".ipynb"):
            try:
                text = one.file.read()
                cells = read_cells(text)
            except UnreadableSubmissionError as error:
                problems.append(f"{one.name}: {error}")
                continue
            wrong = lessons.refusal(cells)
            if wrong:
                problems.append(f"{one.name}: {wrong}")
                continue
            time, remarks = _time(one, handed)
            if has_other_questions(cells, lessons.questions):
                remarks += ("Its knowledge check is not this class's: it was not made from what you handed out.",)
            found.append(Chosen(one, text, time, remarks))
    if not found:
        raise Refusal(" ".join(problems) or "There is no notebook among what was handed in.")
    return _last(found, lessons.lesson)


def _time(one: HandedFile, handed: Handed) -> tuple[datetime | None, tuple[str, ...]]:
    stamp = handed.timestamps.get(one.file.parts[:-1])
    if stamp is not None:
        try:
            return read_time(stamp.read()), ()
        except (UnreadableSubmissionError, ValueError, OverflowError):
            return None, ("Its timestamp.txt can't be read; it counts as in time.",)
    time = handed.times.get(one.id)
    if one.late and time is None:
        return None, ("Canvas says that it is late, but not by how much. Write the time into its timestamp.txt.",)
    return time, ()


def _last(found: list[Chosen], lesson: str) -> Chosen:
    if len({one.text for one in found}) == 1:
        return found[0]
    said = f"{len(found)} notebooks were handed in"
    times: list[Any] = [one.time for one in found]
    uploads: list[Any] = [one.file.upload or None for one in found]
    for keys in (times, uploads):
        if None not in keys and len(set(keys)) == len(keys):
            last = found[keys.index(max(keys))]
            return replace(last, remarks=(*last.remarks, f"{said}; the last one counts."))
    exact = [one for one in found if one.file.name == f"{lesson}.ipynb"]
    if len(exact) == 1:
        return replace(exact[0], remarks=(*exact[0].remarks, f"{said}; {lesson}.ipynb counts."))
    names = ", ".join(one.file.file.name for one in found)
    raise Refusal(f"{said} and nothing says which is the last: {names}. Leave one of them.")
