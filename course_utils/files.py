"""Write files completely or not at all, and check beforehand whether a folder can be written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_utils.errors import CourseError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary file, with the folder and suffixes of ``path``, that replaces it if the block succeeds.

    Missing folders are created. A full disk, an exception or a Ctrl-C leaves the old file unchanged. A file that is
    protected against writing is not replaced.

    Raises:
        OSError: ``path`` cannot be written; the error names it, not the temporary file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    endings = "".join(path.suffixes)
    temporary: Path | None = None
    try:
        if path.exists():
            path.open("ab").close()
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".course-", suffix=f".part{endings}")
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            error.filename = str(path)
        raise


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write ``content`` (text as UTF-8 with ``\\n`` line endings) to ``path`` in one step; create missing folders.

    Raises:
        OSError: the file cannot be written; the old one is unchanged.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def require_writable(folder: Path, advice: str = "Change its permissions, or name another folder.") -> None:
    """Refuse a folder that cannot be written, before a long run rather than after it.

    Args:
        folder: need not exist yet.
        advice: the fix, for the end of the message.

    Raises:
        CourseError: it is not a folder, or no file can be created in it (or in the folder it would be created in).
    """
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise CourseError(f"{nearest} is a file, not a folder. {advice}")
    try:
        tempfile.TemporaryFile(dir=nearest).close()  # root may ignore permissions, and they don't show a full disk
    except OSError as error:
        raise CourseError(f"{nearest} cannot be written ({error.strerror}). {advice}") from error
