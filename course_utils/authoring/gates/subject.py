"""The input of a gate and its findings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from nbformat import NotebookNode

from course_utils.authoring.front_matter import FrontMatter
from course_utils.authoring.sources import read_front_matter, read_lesson, read_source
from course_utils.checkout import Lesson
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.knowledge_checks import load_knowledge_check
from course_utils.learn.quick_checks import load_questions


class Finding(NamedTuple):
    """Something that keeps a lesson from being released: where it is, what is wrong, and how to fix it."""

    lesson: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.lesson}, {self.where}: {self.what}"


@dataclass(frozen=True)
class Subject:
    """A lesson as its authors wrote it and as learners get it, and its quick checks and exercises.

    ``questions`` and ``knowledge_check`` hold the ids of the quick checks and of the questions that count for marks.
    ``points`` holds each exercise's points by its id, in order, and ``answered`` the misconceptions that its messages
    name.
    """

    lesson: Lesson
    front_matter: FrontMatter
    source: NotebookNode
    learner: NotebookNode
    questions: tuple[str, ...]
    knowledge_check: tuple[str, ...]
    points: Mapping[str, float]
    answered: Mapping[str, frozenset[str]]

    @property
    def ids(self) -> tuple[str, ...]:
        """Every quick check and exercise of the lesson, each of which serves an objective."""
        return (*self.questions, *self.points)

    def pages(self) -> Iterator[NotebookNode]:
        """Yield the Markdown cells that learners read."""
        return (cell for cell in self.learner.cells if cell.cell_type == "markdown")

    def finding(self, where: str, what: str) -> Finding:
        return Finding(self.lesson.name, where, what)


def read_subject(lesson: Lesson) -> Subject:
    """Read a lesson of the checkout with its quick checks and exercises.

    Raises:
        CourseError: a notebook cannot be read, or a quick check breaks its schema, for instance because a choice
            has no explanation.
    """
    number = lesson.name[:2]
    exercises = load_exercises(number)
    return Subject(
        lesson,
        read_front_matter(lesson.source),
        read_source(lesson.source),
        read_lesson(lesson),
        tuple(load_questions(number)),
        tuple(load_knowledge_check(number)),
        {id: exercise.points for id, exercise in exercises.items()},
        {
            id: frozenset(m.misconception for m in exercise.words.messages.values() if m.misconception)
            for id, exercise in exercises.items()
        },
    )
