"""Where fetched models are kept, converted: a cache of the course's own, or a folder that a class shares.

A model is a folder with whatever its converter wrote and a receipt, which names every file with its SHA-256. The folder
appears in one step, so a model is either there completely or not at all.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import filelock
import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from course_utils.assets import sha256
from course_utils.errors import CourseError
from course_utils.files import write_atomically
from course_utils.pretrained.lock import LockedModel, PinnedFile, locked

RECEIPT = "receipt.json"
#: Raised whenever a converter writes something else than before, so that older conversions are made again.
LAYOUT = 1
_PATIENCE = 600  # seconds to wait for another process that converts the same model


class Receipt(BaseModel):
    """What is kept of a model, and where it came from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    layout: int
    source: str
    made_from: dict[str, str]  # SHA-256 of the pinned files by role
    files: dict[str, PinnedFile]
    licence: str
    publisher: str
    date: str
    seconds: float  # that the conversion took


def models_folder() -> Path:
    """Return the folder of converted models: ``COURSE_MODELS``, or the user's cache."""
    named = os.environ.get("COURSE_MODELS")
    return Path(named).expanduser().absolute() if named else platformdirs.user_cache_path("course-models", False)


def kept_receipt(name: str) -> Receipt | None:
    """Return the receipt of a model that is on this computer, or None if it isn't, or was made from other files."""
    try:
        receipt = Receipt.model_validate_json((models_folder() / name / RECEIPT).read_bytes())
    except (OSError, ValidationError):
        return None
    current = {role: file.sha256 for role, file in locked(name).files.items()}
    return receipt if receipt.layout == LAYOUT and receipt.made_from == current else None


def kept(name: str) -> Path | None:
    """Return the folder of a converted model after checking every file in it; None if it isn't on this computer.

    Raises:
        CourseError: a file is missing or damaged.
    """
    receipt = kept_receipt(name)
    if receipt is None:
        return None
    folder = models_folder() / name
    for file_name, pinned in receipt.files.items():
        path = folder / file_name
        if not path.is_file() or path.stat().st_size != pinned.bytes or sha256(path) != pinned.sha256:
            raise CourseError(
                f"{path} is missing or damaged. Fetch the model again: course models fetch {name} --again"
            )
    return folder


def keep(
    name: str,
    source: str,
    files: Mapping[str, Path],
    convert: Callable[[Mapping[str, Path], Path], None],
    *,
    again: bool = False,
) -> Path:
    """Convert a model's pinned files and keep the result; returns its folder.

    Of several processes, one converts, and the others wait for it and use its result.

    Args:
        name: of the model in ``models.lock``.
        source: where the files came from, for the receipt.
        files: the pinned files by role; their hashes are checked here.
        convert: writes into an empty folder what is to be kept.
        again: replace what is kept already.

    Raises:
        CourseError: a file is not the pinned one, or the folder of models cannot be written.
    """
    model = locked(name)
    require_pinned(name, model, files)
    root = models_folder()
    with _locked(root / f".{name}.lock", f"Another program has been converting {name}"):
        try:
            found = None if again else kept(name)
            return found or _convert(root / name, model, source, files, convert)
        except OSError as problem:
            raise _unwritable(problem) from problem


@contextmanager
def download_folder(name: str) -> Iterator[Path]:
    """Yield a folder for the downloads of one model, to one process at a time; it is removed if the block succeeds.

    After a failure or a Ctrl-C it stays, so that the next attempt need not download again.

    Raises:
        CourseError: it cannot be created, or another process has held it for too long.
    """
    folder = models_folder() / "downloads" / name
    with _locked(folder.parent / f".{name}.lock", f"Another program has been fetching {name}"):
        try:
            folder.mkdir(exist_ok=True)
            yield folder
        except OSError as problem:
            raise _unwritable(problem) from problem
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock between processes; create the folders that it lies in."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path, timeout=_PATIENCE)
        lock.acquire()
    except filelock.Timeout:
        raise CourseError(f"{busy} for {_PATIENCE // 60} minutes. Stop it, then try again.") from None
    except OSError as problem:
        raise _unwritable(problem) from problem
    try:
        yield
    finally:
        lock.release()


def _unwritable(problem: OSError) -> CourseError:
    return CourseError(
        f"{models_folder()} cannot be written ({problem.strerror or problem}). Free some space or change its "
        "permissions, or name another folder in the environment variable COURSE_MODELS."
    )


def require_pinned(name: str, model: LockedModel, files: Mapping[str, Path]) -> None:
    """Refuse files that are not, byte for byte, the ones that the model pins.

    Raises:
        CourseError: one is missing, or differs; nothing of it was read as weights.
    """
    for role, pinned in model.files.items():
        path = files.get(role)
        if path is None or not path.is_file():
            raise CourseError(f"The {role} of {name} are missing: there is no file {path or role}.")
        if path.stat().st_size != pinned.bytes or sha256(path) != pinned.sha256:
            raise CourseError(
                f"{path} is not the file that was checked: its SHA-256 is not the one in models.lock. It was not read. "
                "Fetch it from another source, or again if it was cut off."
            )


def _convert(
    target: Path,
    model: LockedModel,
    source: str,
    files: Mapping[str, Path],
    convert: Callable[[Mapping[str, Path], Path], None],
) -> Path:
    """Convert into a temporary folder beside the target, and put it in its place when it is complete."""
    for left in target.parent.glob(f".{target.name}-*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    started = time.perf_counter()
    try:
        convert(files, work)
        receipt = Receipt(
            layout=LAYOUT,
            source=source,
            made_from={role: pinned.sha256 for role, pinned in model.files.items()},
            files={
                path.name: PinnedFile(sha256=sha256(path), bytes=path.stat().st_size) for path in sorted(work.iterdir())
            },
            licence=model.licence,
            publisher=model.publisher,
            date=f"{datetime.now(UTC):%Y-%m-%d}",
            seconds=round(time.perf_counter() - started, 2),
        )
        write_atomically(work / RECEIPT, receipt.model_dump_json(indent=1) + "\n")
        work.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target
