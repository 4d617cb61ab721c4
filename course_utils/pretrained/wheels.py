"""Take pinned files out of a wheel: through pip, so that proxies and private indexes work, and as data only."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from course_utils.assets import sha256
from course_utils.errors import CourseError
from course_utils.files import replacing
from course_utils.pretrained.lock import LockedModel, Wheel

_CHUNK = 2**20


def installed_files(wheel: Wheel) -> dict[str, Path]:
    """Return the files of a wheel that is an ordinary dependency, by role; the package is not imported.

    Raises:
        CourseError: it is not installed.
    """
    fix = "In the course's folder: make clean, then make env."
    try:
        package = distribution(wheel.package)
    except PackageNotFoundError:
        raise CourseError(f"The package {wheel.package} is not installed. {fix}") from None
    files = {role: Path(str(package.locate_file(member))) for role, member in wheel.members.items()}
    missing = [path for path in files.values() if not path.is_file()]
    if missing:
        raise CourseError(f"{missing[0]} is missing. {fix}")
    return files


def download(wheel: Wheel, folder: Path, on_bytes: Callable[[int], None] = lambda done: None) -> Path:
    """Return the wheel in ``folder``; pip downloads it if it isn't there already.

    pip checks the SHA-256, asks for no other package, and runs nothing of this one. Its settings (index, proxy,
    certificates) apply.

    Args:
        on_bytes: called now and then with the bytes that have arrived.

    Raises:
        CourseError: it can't be downloaded, or is not the pinned file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.whl"):
        if path.stat().st_size == wheel.bytes and sha256(path) == wheel.sha256:
            return path
        path.unlink()
    with _requirements(wheel, folder) as requirements:
        command = [
            *(sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "-vv", "--no-input"),
            *("--no-deps", "--only-binary", ":all:", "--require-hashes", "--progress-bar", "off", "--retries", "3"),
            *("--dest", str(folder), "--requirement", str(requirements)),
        ]
        # pip unpacks into its temporary folder first: kept beside the target, its growth can be watched.
        work = folder / "pip"
        work.mkdir(exist_ok=True)
        try:
            said, code = _run(command, os.environ | {"TMPDIR": str(work), "TEMP": str(work)}, work, on_bytes)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    found = next(folder.glob("*.whl"), None)
    if code or found is None:
        raise CourseError(f"pip could not download {wheel.package} {wheel.version} ({_reason(said)}).")
    return found


@contextmanager
def _requirements(wheel: Wheel, folder: Path) -> Iterator[Path]:
    path = folder / "requirements.txt"
    path.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _run(
    command: list[str], environment: Mapping[str, str], work: Path, on_bytes: Callable[[int], None]
) -> tuple[str, int]:
    """Run pip to its end; return what it printed and its exit code. If we are interrupted, so is pip."""
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        try:
            while True:
                try:
                    said, _ = pip.communicate(timeout=0.3)
                    return said, pip.returncode
                except subprocess.TimeoutExpired:
                    on_bytes(_size(work))
        except BaseException:
            pip.kill()
            raise


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:  # pip moved it meanwhile
            continue
    return total


#: What pip says, in parts of lines, and what that means to somebody who has never read pip's messages.
_REASONS = {
    "DO NOT MATCH THE HASHES": "the index delivers another file than the one that was checked; it was thrown away",
    "No space left": "the disk is full",
    "403 Client Error": "the index refuses it (403)",
    "403 Forbidden": "the proxy refuses it (403)",
    "407 Proxy Authentication": "the proxy asks for a password (407)",
    "No matching distribution": "the index of packages that pip is set up for does not have it",
    "CERTIFICATE_VERIFY_FAILED": "the certificate of the index is not accepted",
    "Cannot connect to proxy": "the proxy does not answer",
    "ProxyError": "the proxy does not answer",
    "No module named pip": "this environment has no pip",
    "Failed to establish a new connection": "there is no network",
    "Temporary failure in name resolution": "there is no network",
    "Read timed out": "the network is too slow or was cut off",
}


def _reason(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    for sign, reason in _REASONS.items():
        if sign in said:
            return reason
    return lines[-1].strip()[:200] if lines else "it said nothing"


def take(wheel: Wheel, path: Path, model: LockedModel, folder: Path) -> dict[str, Path]:
    """Copy the pinned files out of a downloaded wheel into ``folder``, by role.

    Only members named in ``models.lock`` are touched, and not one byte beyond the size that is pinned, so that a member
    that unpacks to something enormous stops at once.

    Raises:
        CourseError: the wheel is damaged, or its members are not the pinned files.
    """
    files = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for role, member in wheel.members.items():
                pinned = model.files[role]
                info = archive.getinfo(member)
                if info.file_size != pinned.bytes:
                    raise CourseError(
                        f"{member} in {path.name} has {info.file_size:,} bytes, not the {pinned.bytes:,} that "
                        "models.lock pins. It was not read."
                    )
                files[role] = target = folder / Path(member).name
                with replacing(target) as temporary, archive.open(info) as source, temporary.open("wb") as copy:
                    _copy(source, copy, pinned.bytes)
    except KeyError as problem:
        raise CourseError(f"{path.name} has another layout than expected: {problem.args[0]}.") from None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zipfile.zlib.error) as problem:  # type: ignore[attr-defined]
        raise CourseError(f"{path.name} is not a wheel that can be read ({problem}).") from None
    return files


def _copy(source: object, copy: object, most: int) -> None:
    left = most
    while chunk := source.read(min(_CHUNK, left + 1)):  # type: ignore[attr-defined]
        left -= len(chunk)
        if left < 0:
            raise zipfile.BadZipFile("a file in it is larger than it says")
        copy.write(chunk)  # type: ignore[attr-defined]
