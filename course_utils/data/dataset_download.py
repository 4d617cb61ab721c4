"""Bring an openly licensed dataset onto this computer, when somebody asks: checked, unpacked safely, and kept."""

import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import filelock
import pooch

from course_utils.data.open_datasets import (
    OPEN_DATASETS,
    DatasetArchive,
    OpenDataset,
    open_dataset_path,
    without_a_network,
)
from course_utils.errors import CourseError
from course_utils.files import write_atomically

_PATIENCE = 600  # seconds to wait for another process that downloads the same
_TIMEOUT = 30  # seconds without a byte
_CHUNK = 2**16


def download_dataset(name: str, *, on_bytes: Callable[[int, int], None] = lambda done, total: None) -> Path:
    """Bring an openly licensed dataset onto this computer, so that ``load_dataset(name)`` works offline ever after.

    It is kept in the user's cache, or in the folder that ``COURSE_CACHE`` names, with its licence beside it. If it is
    there already, nothing happens; if it fails, nothing half-written stays.

    Args:
        name: one of ``open_dataset_names()``.
        on_bytes: called during the download with the bytes that have arrived and the bytes in all.

    Returns:
        Its folder, one sub-folder per class.

    Raises:
        CourseError: an unknown name; no source delivers the pinned files: the message gives each one's reason; or the
            folder cannot be written.
    """
    if name not in OPEN_DATASETS:
        raise CourseError(f"There is no open dataset {name!r}. Known: {', '.join(OPEN_DATASETS)}.")
    dataset, target = OPEN_DATASETS[name], open_dataset_path(name)
    if target.is_dir():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(target.parent / f".{name}.lock", timeout=_PATIENCE):
            if not target.is_dir():  # another process may have downloaded it
                _download(name, dataset, target, on_bytes)
    except filelock.Timeout:
        raise CourseError(
            f"Another program has been downloading {name} for {_PATIENCE // 60} minutes. Stop it."
        ) from None
    except OSError as problem:
        raise CourseError(
            f"{target.parent} cannot be written ({problem.strerror or problem}). Free some space or change its "
            "permissions, or name another folder in the environment variable COURSE_CACHE."
        ) from problem
    return target


def _download(name: str, dataset: OpenDataset, target: Path, on_bytes: Callable[[int, int], None]) -> None:
    """Download every archive and unpack them beside the target, which appears in one step."""
    total, before = sum(archive.bytes for archive in dataset.archives), 0
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{name}-"))
    downloads = target.parent / f".{name}-downloads"  # stays after a failure: what is whole need not come again
    try:
        for archive in dataset.archives:
            path = _fetch(name, archive, downloads, lambda done, before=before: on_bytes(before + done, total))  # type: ignore[misc]
            _unpack(path, dataset.place, archive.bytes, work)
            before += archive.bytes
        found = sum(1 for _ in work.glob("*/*"))
        if found != dataset.files:
            raise CourseError(
                f"{name} has {found:,} {dataset.kind} where {dataset.files:,} were expected. It was not kept."
            )
        write_atomically(work / "LICENCE.txt", f"{dataset.card}\n{dataset.source}\nLicence: {dataset.licence}\n")
        work.chmod(0o755)
        work.rename(target)
        shutil.rmtree(downloads, ignore_errors=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


class _Meter:
    """What pooch tells of a download; refuses more bytes than are pinned, which would fill the disk."""

    total = 0

    def __init__(self, most: int, on_bytes: Callable[[int], None]) -> None:
        self._most, self._done, self._on_bytes = most, 0, on_bytes

    def update(self, arrived: int) -> None:
        self._done += arrived
        if self._done > self._most + _CHUNK:  # the last chunk counts as a whole one
            raise ValueError("too large")
        if arrived:
            self._on_bytes(min(self._done, self._most))

    def reset(self) -> None:
        self._done = 0  # pooch then tells of all bytes once more

    def close(self) -> None:
        pass


def _fetch(name: str, archive: DatasetArchive, folder: Path, on_bytes: Callable[[int], None]) -> Path:
    """Download one archive from the first source that delivers it.

    Raises:
        CourseError: none does.
        OSError: the folder cannot be written.
    """
    reasons = []
    for url in archive.urls:
        downloader = pooch.HTTPDownloader(
            progressbar=_Meter(archive.bytes, on_bytes), chunk_size=_CHUNK, timeout=_TIMEOUT
        )
        try:
            fetched = pooch.retrieve(
                url, f"sha256:{archive.sha256}", Path(urlsplit(url).path).name, folder, downloader=downloader
            )
            on_bytes(archive.bytes)
            return Path(fetched)
        except OSError as problem:
            if problem.errno is not None:  # of the disk, not of the network
                raise
            reasons.append(f"{urlsplit(url).hostname} {_reason(problem)}")
        except ValueError:
            reasons.append(f"{urlsplit(url).hostname} delivers another file than the one that was checked")
    raise CourseError(f"{name} could not be downloaded: {'; '.join(reasons)}. Try again later. {without_a_network()}")


def _reason(problem: OSError) -> str:
    response = getattr(problem, "response", None)
    if response is not None:
        return f"answers {response.status_code}"
    kind = type(problem).__name__
    if "Proxy" in kind:
        return "cannot be reached through the proxy"
    if "SSL" in kind:
        return "has a certificate that is not accepted"
    return f"does not answer within {_TIMEOUT} s" if "Timeout" in kind else "cannot be reached"


def _unpack(path: Path, place: Callable[[str], str | None], size: int, folder: Path) -> None:
    """Copy the members that are wanted to their places; nothing else of the archive is touched.

    Links are skipped. Photographs do not shrink in an archive: one that unpacks to several times its size is refused.
    """
    left = 3 * size
    for member, source in _members(path):
        name = place(member)
        if name is None:
            continue
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        with source() as content, target.open("wb") as copy:
            while chunk := content.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise CourseError(f"{path.name} unpacks to more than it should. It was not used.")
                copy.write(chunk)


def _members(path: Path) -> Iterator[tuple[str, Callable[[], IO[bytes]]]]:
    """Yield the name of every ordinary file in an archive, and a function that opens it."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, lambda info=info: archive.open(info)  # type: ignore[misc]
        return
    with closing(tarfile.open(path)) as tape:
        for item in tape:
            if item.isreg():
                yield item.name, lambda item=item: tape.extractfile(item)  # type: ignore[misc]
