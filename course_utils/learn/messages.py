"""The texts of the exercises, kept apart from their code: one file of templates per lesson.

A verdict gives a code and parameters. The template for that code turns them into a sentence, and may name the
misconception, from the lesson's front matter, that the code reveals.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from course_utils.errors import CourseError
from course_utils.schemas import faults

#: The code of a right answer.
PASSED = "passed"


class MessageTemplate(BaseModel):
    """One or two sentences with ``{parameters}``, and the id of the misconception that they address, if any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: str = Field(min_length=1)
    misconception: str = ""


class ExerciseWords(BaseModel):
    """All texts of an exercise: its title, the heading of the section that teaches it, hints, and messages by code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    section: str
    hints: tuple[str, ...] = Field(min_length=3)
    messages: dict[str, MessageTemplate]

    @field_validator("messages", mode="before")
    @classmethod
    def _plain_texts_too(cls, messages: Any) -> Any:
        """Accept a plain text for a message without a misconception."""
        if not isinstance(messages, dict):
            return messages
        return {code: {"says": entry} if isinstance(entry, str) else entry for code, entry in messages.items()}


@cache
def lesson_words(package: str) -> Mapping[str, ExerciseWords]:
    """Return the texts of a lesson's exercises, by id, from ``messages.toml`` in the lesson's package.

    Raises:
        CourseError: the file does not fit the schema.
    """
    tables = tomllib.loads((files(package) / "messages.toml").read_text(encoding="utf-8"))
    try:
        return {id: ExerciseWords.model_validate(table) for id, table in tables.items()}
    except ValidationError as problem:
        raise CourseError(f"{package}, messages.toml: {faults(problem)}. Fix it there.") from None


@cache
def common_messages() -> Mapping[str, MessageTemplate]:
    """Return the messages that any exercise may give, by code."""
    tables = tomllib.loads((files("course_utils.learn") / "messages.toml").read_text(encoding="utf-8"))
    return {code: MessageTemplate(says=says) for code, says in tables.items()}


def template(words: ExerciseWords, code: str) -> MessageTemplate:
    """Return the template for a code: the exercise's own, or else the common one.

    Raises:
        KeyError: there is none.
    """
    return words.messages[code] if code in words.messages else common_messages()[code]


def misconception(words: ExerciseWords, code: str) -> str:
    """Return the misconception that a code names: the one that its template links to, or else the code itself."""
    return template(words, code).misconception or code
