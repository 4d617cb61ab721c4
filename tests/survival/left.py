"""What the tests of survival look at: all that is in a folder, and all that runs."""

import os
from pathlib import Path

import course_utils
from course_utils.execution.sandbox.bubblewrap import _USERS

COURSE = Path(course_utils.__file__).parents[1]


def tree(folder: Path) -> set[str]:
    """Return every file, folder and link below a folder."""
    return {
        os.path.relpath(os.path.join(place, name), folder)  # noqa: PTH118 - it never follows links
        for place, folders, files in os.walk(folder)
        for name in (*folders, *files)
    }


def processes(launcher: int | None = None) -> set[str]:
    """Return what a process has started and what runs in its sandboxes; default: this one."""
    own = launcher or os.getpid()
    users = {_USERS[(8 * own + number) % len(_USERS)] for number in range(8)}
    found = set()
    for name in (path.name for path in Path("/proc").iterdir() if path.name.isdigit()):
        try:
            parent = int(Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[1])
            if parent == own or Path("/proc", name).stat().st_uid in users:
                found.add(f"{name} {Path('/proc', name, 'cmdline').read_text()[:200]}")
        except OSError:  # it has ended meanwhile
            pass
    return found
