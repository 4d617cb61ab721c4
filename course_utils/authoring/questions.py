"""The quick checks and the banks of the knowledge checks as their authors write them: ``solutions/questions``.

The README beside those files describes the format; ``question_models`` enforces it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from course_utils.authoring.question_models import MODELS, AuthoredQuestion, QuestionTable
from course_utils.errors import CourseError
from course_utils.schemas import faults

QUESTIONS = Path("solutions") / "questions"  # in a checkout


@dataclass(frozen=True)
class Bank:
    """The questions of which a lesson's knowledge check draws some.

    Attributes:
        questions: the variants of each, by id.
        topics: by id.
        misconceptions: by id, the misconceptions that its replies name, by the reason that the learner is told.
    """

    questions: dict[str, list[AuthoredQuestion]]
    topics: dict[str, str]
    misconceptions: dict[str, dict[str, str]]


def read_questions(root: Path) -> dict[str, dict[str, list[AuthoredQuestion]]]:
    """Read the quick checks of every lesson of the checkout ``root``.

    Returns:
        Lists of variants, by the file's stem and then by the question's id.

    Raises:
        CourseError: a file breaks the schema; the message names the file, the question and the fix.
    """
    sources = sorted((root / QUESTIONS).glob("lesson_*.toml"))
    return {source.stem: parse_questions(source.read_text(encoding="utf-8"), source.name) for source in sources}


def read_bank(folder: Path, lesson: str) -> Bank | None:
    """Read the bank of a lesson ("02") in a folder; None when there is none.

    Raises:
        CourseError: the file breaks the schema; the message names it, the question and the fix.
    """
    source = folder / f"bank_{lesson}.toml"
    return parse_bank(source.read_text(encoding="utf-8"), source.name) if source.is_file() else None


def parse_questions(text: str, name: str) -> dict[str, list[AuthoredQuestion]]:
    """Read questions from TOML.

    Args:
        name: the file's name, for messages.

    Returns:
        Lists of variants, by the question's id.

    Raises:
        CourseError: the text breaks the schema.
    """
    return {id: table.variants() for id, table in _parse(text, name).items()}


def parse_bank(text: str, name: str) -> Bank:
    """Read a bank from TOML.

    Args:
        name: the file's name, for messages.

    Raises:
        CourseError: the text breaks the schema, a question has no topic or an id of a quick check, or is a curve.
    """
    tables = _parse(text, name)
    for id, table in tables.items():
        where = f"{name}, question {id}"
        if ".k" not in id:
            raise CourseError(f"{where}: the id is that of a quick check; write {id.replace('.q', '.k0')!r}.")
        if not table.topic.strip():
            raise CourseError(f"{where}: it has no topic; name the part of the lesson that it belongs to.")
        if isinstance(table, MODELS["curve"]):
            raise CourseError(f"{where}: a knowledge check can't ask for a curve; write another kind of question.")
    return Bank(
        {id: table.variants() for id, table in tables.items()},
        {id: table.topic for id, table in tables.items()},
        {id: table.misconceptions() for id, table in tables.items()},
    )


def _parse(text: str, name: str) -> dict[str, QuestionTable]:
    try:
        tables = tomllib.loads(text).get("question", [])
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{name} is not valid TOML: {error}; correct it there.") from None
    if not isinstance(tables, list) or not tables:
        raise CourseError(f"{name} holds no questions: each begins with a line [[question]].")
    questions: dict[str, QuestionTable] = {}
    for where, table in _all(tables, name):
        if table.id in questions:
            raise CourseError(f"{where}: the id is used twice; give one of the two questions a different id.")
        questions[table.id] = table
    return questions


def _all(tables: list[Any], name: str) -> Iterator[tuple[str, QuestionTable]]:
    for number, table in enumerate(tables, 1):
        where = f"{name}, question {table.get('id', number) if isinstance(table, dict) else number}"
        kind = table.get("kind") if isinstance(table, dict) else None
        if not isinstance(kind, str) or kind not in MODELS:
            raise CourseError(f"{where}: kind is {kind!r}; write one of {', '.join(MODELS)}.")
        try:
            yield where, MODELS[kind].model_validate(table)
        except ValidationError as problem:
            raise CourseError(f"{where}: {faults(problem)}.") from None
