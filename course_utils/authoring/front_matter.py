"""The front matter of a lesson: the entry ``course`` of its header."""

from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from course_utils.errors import CourseError
from course_utils.schemas import faults

_Words = Annotated[str, Field(min_length=1)]
_Ids = Annotated[list[Annotated[str, Field(pattern=r"^\d\d\.[qe]\d+$")]], Field(min_length=1)]


class Objective(BaseModel):
    """What a learner can do after the lesson, and the quick checks and exercises that practise it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: _Words
    practised_by: _Ids


class Misconception(BaseModel):
    """A wrong belief that a learner may hold, and the quick checks and exercises with a wrong answer for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    text: _Words
    caught_by: _Ids


class AppendixMatter(BaseModel):
    """Everything that an appendix says about itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: _Words
    question: _Words
    prerequisites: list[str]
    minutes: Annotated[int, Field(gt=0)]
    seconds: Annotated[int, Field(gt=0)]
    data: Any
    backbone: Any


class FrontMatter(AppendixMatter):
    """Everything that a lesson says about itself.

    ``terms`` are those that it introduces; ``given`` are percentages in its text that state no measurement: a goal, a
    convention, or what guessing gets. ``requires`` are fetched networks without which it goes on with recordings.
    """

    objectives: Annotated[list[Objective], Field(min_length=3, max_length=5)]
    misconceptions: list[Misconception]
    terms: Annotated[list[_Words], Field(min_length=1)]
    given: list[_Words] = []
    requires: list[_Words] = []

    @model_validator(mode="after")
    def _one_id_each(self) -> Self:
        ids = [misconception.id for misconception in self.misconceptions]
        twice = {id for id in ids if ids.count(id) > 1}
        if twice:
            raise ValueError(f"the misconceptions share the id {', '.join(sorted(twice))}; each needs its own")
        return self


Matter = TypeVar("Matter", bound=AppendixMatter)


def parse_front_matter(path: Path, header: object, kind: type[Matter]) -> Matter:
    """Return the front matter, of a lesson or an appendix, in a script's header entry ``course``.

    Raises:
        CourseError: the entry is missing or breaks the schema; the message names the field and the fix.
    """
    if not isinstance(header, dict):
        raise CourseError(f"{path} has no front matter: its jupytext header needs an entry 'course'.")
    try:
        return kind.model_validate(header)
    except ValidationError as problem:
        raise CourseError(f"{path}: fix the front matter (header entry 'course'): {faults(problem)}.") from None
