"""Check whether this machine is ready for the course. Each check says what it found and, where needed, the fix."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Literal

from course_utils.errors import CourseError
from course_utils.quiet import without_remarks
from course_utils.validation.profiles import LESSON_MEMORY_MB

CheckStatus = Literal["pass", "warn", "fail"]

DISTRIBUTION = "transfer-learning-course"
OLDEST, NEWEST = (3, 11), (3, 13)
DOWNLOADS = ("storage.googleapis.com", 443)  # where Keras keeps the real backbones' weights
REINSTALL = "In the course's folder: make clean, then make env."


@dataclass(frozen=True)
class Check:
    """One finding; ``fix`` says how to repair it, empty if there is nothing to do."""

    name: str
    status: CheckStatus
    found: str
    fix: str = ""


def run_checks() -> list[Check]:
    """Run every check; one that raises is reported as failed and does not stop the others."""
    with without_remarks():
        return [_guarded(check) for check in CHECKS]


def _guarded(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:
        name = check.__name__.removeprefix("check_")
        return Check(name, "fail", f"{type(error).__name__}: {error}", REINSTALL)


def check_python(running: tuple[int, ...] = sys.version_info[:3]) -> Check:
    found = ".".join(map(str, running))
    if OLDEST <= running[:2] <= NEWEST:
        return Check("python", "pass", found)
    return Check("python", "fail", found, "Install Python 3.11, 3.12 or 3.13, then make clean and make env.")


def check_packages() -> Check:
    """Compare the installed versions with the ones that the course requires."""
    from packaging.requirements import Requirement

    wrong = []
    for line in requires(DISTRIBUTION) or ():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        installed = _installed(requirement.name)
        if installed is None:
            wrong.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(installed, prereleases=True):
            wrong.append(f"{requirement.name} is {installed}, wanted {requirement.specifier}")
    if wrong:
        return Check("packages", "fail", "; ".join(wrong), REINSTALL)
    found = ", ".join(f"{name} {_installed(name)}" for name in ("keras", "tensorflow", "numpy"))
    return Check("packages", "pass", found)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def check_backend() -> Check:
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        return Check("backend", "pass", backend)
    fix = 'Unset KERAS_BACKEND, and set "backend": "tensorflow" in ~/.keras/keras.json.'
    return Check("backend", "fail", backend, fix)


def check_accelerator() -> Check:
    import keras

    gpus = keras.distribution.list_devices("gpu")
    if gpus:
        return Check("accelerator", "pass", f"{len(gpus)} GPU" + "s" * (len(gpus) > 1))
    return Check("accelerator", "pass", f"none, and none is needed: {os.cpu_count()} CPU cores")


def check_memory() -> Check:
    import psutil

    memory = psutil.virtual_memory()
    available, total = memory.available / 1e9, memory.total / 1e9
    found = f"{available:.1f} GB free of {total:.1f} GB"
    if 1000 * available >= LESSON_MEMORY_MB:
        return Check("memory", "pass", found)
    return Check(
        "memory", "warn", found, f"A lesson takes up to {LESSON_MEMORY_MB / 1000:.0f} GB: close other programs."
    )


def check_disk() -> Check:
    free = shutil.disk_usage(tempfile.gettempdir()).free / 1e9
    found = f"{free:.1f} GB free"
    if free >= 1:
        return Check("disk", "pass", found)
    status: CheckStatus = "warn" if free >= 0.2 else "fail"
    return Check("disk", status, found, f"Free at least 1 GB on the disk of {tempfile.gettempdir()}.")


def check_weights() -> Check:
    """Compare the pretrained weights that come with the course with their checksums."""
    from course_utils.assets import verify_weights
    from course_utils.backbones.overview import verify

    problems = verify_weights()
    try:
        verify("efficientnet_lite0")
    except CourseError as problem:
        problems.append(str(problem))
    if not problems:
        return Check("weights", "pass", "every file matches its checksum")
    return Check("weights", "fail", "some cannot be used", " ".join(problems))  # each problem names its fix


def check_network() -> Check:
    """Look for a network. Offline is fine: only the real backbones are downloaded, once."""
    try:
        socket.create_connection(DOWNLOADS, timeout=2).close()
    except OSError:
        return Check("network", "pass", "offline, which is fine: every lesson runs without it")
    return Check("network", "pass", "online; only the real backbones need it, once")


CHECKS = (
    check_python,
    check_packages,
    check_backend,
    check_accelerator,
    check_memory,
    check_disk,
    check_weights,
    check_network,
)
