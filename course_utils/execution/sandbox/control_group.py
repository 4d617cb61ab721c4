"""A control group for one sandbox, where this machine lets us make one: a limit for all its processes together."""

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from course_utils.execution.sandbox.limits import SandboxLimits

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "course-sandbox-"
_ATTEMPTS = 40  # to remove a group whose last process is just ending
_numbers = count()


@dataclass(frozen=True)
class ControlGroup:
    """The folders of a group: one under version 2, one per controller under version 1; none where none can be made."""

    folders: tuple[Path, ...]

    def joining(self, command: list[str]) -> list[str]:
        """Return a command that joins the group and then becomes ``command``."""
        if not self.folders:
            return command
        joins = " && ".join(f'echo 0 > "${number}"' for number in range(1, len(self.folders) + 1))
        files = [str(folder / "cgroup.procs") for folder in self.folders]
        return ["/bin/sh", "-c", f'{joins} && shift {len(files)} && exec "$@"', "sh", *files, *command]

    def memory_kills(self) -> int:
        """Return how many of its processes the kernel has killed for memory."""
        for folder in self.folders:
            for name in ("memory.events", "memory.oom_control"):
                with suppress(OSError):
                    for line in (folder / name).read_text(encoding="ascii").splitlines():
                        if line.startswith("oom_kill "):
                            return int(line.split()[1])
        return 0

    def remove(self) -> None:
        """Remove the group, whose processes have ended or are ending."""
        for folder in self.folders:
            for _ in range(_ATTEMPTS):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.05)


def make_control_group(limits: SandboxLimits) -> ControlGroup:
    """Make a group below this process's own; without the right to, return one without folders, which limits nothing."""
    memory, processes = (str(limit) for limit in limits.of_the_group())
    settings = {
        "memory.max": memory,  # version 2
        "memory.swap.max": "0",
        "memory.limit_in_bytes": memory,  # version 1
        "pids.max": processes,  # both
    }
    name = f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
    parents = {_own_folder("memory"), _own_folder("pids")} - {None}
    return ControlGroup(tuple(folder for parent in parents if parent and (folder := _made(parent / name, settings))))


def _made(folder: Path, settings: Mapping[str, str]) -> Path | None:
    """Make a group with those of the settings that its controllers have; None if it can't be made or has none."""
    _remove_forgotten(folder.parent)
    try:
        folder.mkdir()
        existing = [name for name in settings if (folder / name).exists()]
        for name in existing:
            (folder / name).write_text(settings[name], encoding="ascii")
        if existing and os.access(folder / "cgroup.procs", os.W_OK):
            return folder
    except OSError:
        pass
    with suppress(OSError):
        folder.rmdir()
    return None


def _own_folder(controller: str) -> Path | None:
    """Return the folder of this process's group for a controller, in whichever version has it."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    for line in sorted(lines, reverse=True):  # version 2, whose number is 0, comes last
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            folder = _ROOT / controllers / path.lstrip("/")
        elif not controllers:
            folder = _ROOT / path.lstrip("/")
        else:
            continue
        if folder.is_dir():
            return folder
    return None


def _remove_forgotten(parent: Path) -> None:
    """Remove empty groups of launchers that were killed before they could."""
    for folder in parent.glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            with suppress(OSError):
                folder.rmdir()
