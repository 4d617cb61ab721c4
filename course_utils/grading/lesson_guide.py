"""What a lesson says about its answers: titles, questions, misconceptions in words, and where each thing is taught."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from course_utils.authoring.sources import read_front_matter
from course_utils.checkout import find_checkout, find_lessons
from course_utils.errors import CourseError
from course_utils.grading.class_results import AnswerResult
from course_utils.grading.classroom import class_bank
from course_utils.grading.graded_lesson import Asked, GradedLesson
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.exercise import Exercise
from course_utils.learn.messages import common_messages, template

_HEADING = re.compile(r"^#+ +(.+?) *$", re.M)
_ESCAPED = re.compile(r"\\([\\_\[\]<>$|~#])")  # as the questions' Markdown writes these characters
_CHOICE = re.compile(r"- \*\*([a-z])\)\*\* (.*)")


class Belief(NamedTuple):
    """A misconception that an answer shows.

    Attributes:
        id: "frozen-is-inference-mode", or the code of the exercise's message.
        text: the belief in its own words; what the check says of such an answer where the lesson has no words for it.
        known: whether the lesson has.
        section: the heading of the section that teaches it; empty if that isn't known.
        topic: what it is about, where there is no section.
    """

    id: str
    text: str
    known: bool
    section: str
    topic: str = ""


class QuestionText(NamedTuple):
    """A question as it was handed out; ``choices`` are (letter, text), none where a number or a text is asked for."""

    text: str
    choices: tuple[tuple[str, str], ...]


class LessonGuide:
    """What there is to say about the answers to a lesson of the class folder ``folder``."""

    def __init__(self, folder: Path, lesson: GradedLesson) -> None:
        self._lesson = lesson
        self._asked = {asked.cell: asked for asked in lesson.asked}
        numbers = {asked.id.partition(".")[0] for asked in lesson.asked}
        self._exercises = {id: exercise for number in numbers for id, exercise in load_exercises(number).items()}
        self._beliefs: dict[str, str] = {}
        self._caught_by: dict[str, list[str]] = {}
        self._reasons: dict[str, tuple[str, str]] = {}  # the misconception and the topic, by the reason given
        for number in sorted(numbers):
            self._read(folder, number)
        markdown = [cell.source for cell in lesson.handed_out.cells if cell.cell_type == "markdown"]
        self._headings = {heading for source in markdown for heading in _HEADING.findall(source)}
        self._questions = {cell.get("id"): cell.source for cell in lesson.handed_out.cells}

    def title(self, answer: AnswerResult) -> str:
        """Return what an answer is called."""
        if answer.mark is None or self.is_paragraph(answer):
            return "Written answer"
        exercise = self._exercises.get(answer.id)
        return exercise.words.title if exercise else f"Question {answer.id.partition('.k')[2] or answer.id}"

    def is_exercise(self, answer: AnswerResult) -> bool:
        """Whether the answer is a program, rather than a reply to a question."""
        return answer.id in self._exercises

    def is_paragraph(self, answer: AnswerResult) -> bool:
        """Whether the answer is a text that a person marks."""
        return answer.cell in self._lesson.paragraphs

    def section(self, answer: AnswerResult, belief: Belief | None) -> str:
        """Return the heading of the section to read again; empty if it isn't known or not in this lesson."""
        exercise = self._exercises.get(answer.id)
        heading = exercise.words.section if exercise else belief.section if belief else ""
        return heading if heading in self._headings else ""

    def link(self, section: str, lessons: str) -> str:
        """Return the address of a section, as JupyterLab and nbconvert name it.

        Args:
            lessons: the address of the folder with the lesson's notebook.
        """
        return f"{lessons.rstrip('/')}/{quote(self._lesson.name)}.ipynb#{quote(section.replace(' ', '-'))}"

    def question(self, answer: AnswerResult) -> QuestionText | None:
        """Return the question that an answer replies to; None for an exercise."""
        asked = self._asked.get(answer.cell)
        replied = asked.answer_cell if asked and asked.marking is not None else answer.cell
        source = None if self.is_exercise(answer) else self._questions.get(f"{replied}-question")
        return _question_text(source) if source else None

    def belief(self, answer: AnswerResult) -> Belief | None:
        """Return the misconception that an answer shows; None if it shows none that is known."""
        mark = answer.mark
        if mark is None or mark.status not in ("wrong", "partly"):
            return None
        exercise = self._exercises.get(answer.id)
        if exercise is None:
            why = next((why for why in self._reasons if why in mark.message), None)
            return self._named(why) if why else None
        if mark.misconception in self._beliefs:
            return Belief(mark.misconception, self._beliefs[mark.misconception], True, exercise.words.section)
        if not mark.misconception or mark.misconception in common_messages():
            return None  # a slip in the form of the answer, not a belief
        return Belief(mark.misconception, _message_of(exercise, mark.misconception), False, exercise.words.section)

    def asked(self) -> Iterator[Asked]:
        """Yield what is graded, in order."""
        yield from self._lesson.asked

    def _named(self, why: str) -> Belief:
        """Return the misconception that a reason in the bank names."""
        id, topic = self._reasons[why]
        teaching = [self._exercises[by] for by in self._caught_by.get(id, ()) if by in self._exercises]
        section = teaching[0].words.section if teaching else ""
        return Belief(id, self._beliefs.get(id, why), id in self._beliefs, section, topic)

    def _read(self, folder: Path, number: str) -> None:
        """Read the misconceptions of a lesson and the reasons in its bank, if the course is here to be read."""
        try:
            checkout = find_checkout()
            (source,) = find_lessons(checkout, [number])
        except CourseError:
            return
        for one in read_front_matter(source.source).misconceptions:
            self._beliefs[one.id] = one.text
            self._caught_by[one.id] = one.caught_by
        bank = class_bank(folder, checkout, number)
        for id, named in bank.misconceptions.items():
            for why, misconception in named.items():
                self._reasons[why] = (misconception, bank.topics[id])


def _message_of(exercise: Exercise, code: str) -> str:
    """Return the message for a code without the values of one answer."""
    try:
        says = template(exercise.words, code).says
    except KeyError:
        return ""
    sentences = re.split(r"(?<=[.?!]) ", says)
    of_everyone = [sentence for sentence in sentences if "{" not in sentence] or sentences
    return re.sub(r"\{[^}]*\}", "…", " ".join(of_everyone))


def _question_text(source: str) -> QuestionText:
    """Return the text and choices in the Markdown of a question that the course has made."""
    lines = [_ESCAPED.sub(r"\1", line) for line in source.splitlines()]
    choices = tuple(found.groups() for line in lines if (found := _CHOICE.fullmatch(line)))
    text = [line for line in lines[1:-1] if not _CHOICE.fullmatch(line)]
    return QuestionText("\n".join(text).strip(), tuple((letter, words) for letter, words in choices))
