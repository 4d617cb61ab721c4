"""The files in what a learning platform hands over: a zip file or a folder, each a stranger's.

Nothing is unpacked. Files are read one at a time, and no more of one than a notebook may have.
"""

import os
import re
import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from course_utils.errors import CourseError
from course_utils.grading.submissions import MAX_BYTES, UnreadableSubmissionError, read_bounded, require_size

MAX_FILES = 20_000
MAX_TOTAL = 10 * 10**9  # bytes of all notebooks in a zip file
_MAX_DIRECTORY = 10_000_000  # bytes of a zip file's table of contents, which zipfile reads whole
_END = struct.Struct("<4s4H2LH")  # the end of that table, which says how large it is
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_LEAVES = "Its path leads out of the archive. Ask for the notebook itself."
_LINK = "It is a link, not a file. Ask for the notebook itself."
_IGNORED = ("__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db")
_ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"}


@dataclass(frozen=True)
class ArchivedFile:
    """A file in an archive.

    Attributes:
        parts: its path, as names without separators.
        read: returns its content; raises UnreadableSubmissionError.
        refusal: why it must not be read; empty if it may.
    """

    parts: tuple[str, ...]
    read: Callable[[], bytes]
    refusal: str = ""

    @property
    def leaves(self) -> bool:
        """Whether its path leads out of the archive."""
        return self.refusal == _LEAVES

    @property
    def name(self) -> str:
        """Its path as one text."""
        return "/".join(self.parts)


@contextmanager
def open_archive(path: Path) -> Iterator[list[ArchivedFile]]:
    """Yield the files in a zip file or a folder; they can be read until the block ends.

    Raises:
        CourseError: it is neither, or too large.
    """
    if path.is_dir():
        yield _bounded(path, _in_folder(path))
        return
    try:
        _require_small_directory(path)
        with ZipFile(path) as archive:
            # No more of an entry can be read than it says that it holds.
            if sum(entry.file_size for entry in archive.infolist() if entry.filename.endswith(".ipynb")) > MAX_TOTAL:
                raise CourseError(
                    f"The notebooks in {path} have more than {MAX_TOTAL // 10**9} GB together. "
                    "Collect them in several archives."
                )
            yield _bounded(path, (_in_zip(archive, entry) for entry in archive.infolist() if not entry.is_dir()))
    except FileNotFoundError:
        raise CourseError(f"There is no {path}. Name a zip file or a folder.") from None
    except (BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not a whole zip file ({error}). Download it again.") from None


def _bounded(path: Path, files: Iterator[ArchivedFile]) -> list[ArchivedFile]:
    found: list[ArchivedFile] = []
    for file in files:
        if any(part in _IGNORED for part in file.parts):
            continue
        found.append(file)
        if len(found) > MAX_FILES:
            raise CourseError(f"{path} has more than {MAX_FILES:,} files. Is it what the platform handed over?")
    return found


def _require_small_directory(path: Path) -> None:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _END.size - 0xFFFF))  # behind it comes at most a comment
        tail = file.read()
    start = tail.rfind(b"PK\5\6")
    if start < 0 or len(tail) - start < _END.size:
        raise BadZipFile("its end is missing")
    length = _END.unpack_from(tail, start)[5]
    if length > _MAX_DIRECTORY:
        raise CourseError(f"{path} has more than {MAX_FILES:,} files. Is it what the platform handed over?")


def _in_zip(archive: ZipFile, entry: ZipInfo) -> ArchivedFile:
    name = entry.filename
    if not entry.flag_bits & 0x800:  # names that aren't marked as UTF-8 often are
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")

    def read() -> bytes:
        try:
            with archive.open(entry) as file:
                text = file.read(MAX_BYTES + 1)
        except (BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, struct.error):
            raise UnreadableSubmissionError(f"{parts[-1]} is damaged in the zip file. Download it again.") from None
        require_size(text, parts[-1], MAX_BYTES)
        return text

    parts = _parts(name)
    refusal = _refusal(name, parts)
    if stat.S_ISLNK(entry.external_attr >> 16):
        refusal = _LINK
    elif entry.flag_bits & 1:
        refusal = "It is encrypted. Ask for the notebook without a password."
    elif entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        refusal = "It is compressed in a way that no learning platform uses. Download it again."
    return ArchivedFile(parts, read, refusal)


def _in_folder(root: Path) -> Iterator[ArchivedFile]:
    for folder, inner, names in os.walk(root):
        inner.sort()
        links = [name for name in inner if Path(folder, name).is_symlink()]
        for name in sorted([*names, *links]):
            parts = (*Path(folder).relative_to(root).parts, name)
            linked = Path(folder, name).is_symlink()
            refusal = _LINK if linked else _refusal("/".join(parts), parts)
            yield ArchivedFile(parts, _reader(root, parts), refusal)


def _reader(root: Path, parts: tuple[str, ...]) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            return read_bounded(root, parts, MAX_BYTES)
        except OSError as error:
            raise UnreadableSubmissionError(f"{parts[-1]} can't be opened: {error.strerror}.") from None

    return read


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in name.replace("\\", "/").split("/") if part) or ("?",)


def _refusal(name: str, parts: tuple[str, ...]) -> str:
    """Say why a file with that path must not be read; nothing is ever written to that path in any case."""
    if name.startswith(("/", "\\")) or ".." in parts or _DRIVE.match(name):
        return _LEAVES
    if PurePosixPath(parts[-1]).suffix.lower() in _ARCHIVES:
        return "It is an archive in the archive. Ask for the notebook itself."
    return ""
