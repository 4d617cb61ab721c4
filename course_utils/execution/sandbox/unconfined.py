"""Start a program without a sandbox, for machines that have none: it runs as whoever started it."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

from course_utils.execution.sandbox.bubblewrap import Confined
from course_utils.execution.sandbox.control_group import ControlGroup

#: What there is instead of a sandbox, for the person who asks for none.
WARNING = (
    "Without a sandbox, submissions run as you: they can read and change your files, hidden tests and gradebook "
    "included, use the network, and go on running. Only their processor time is limited."
)
#: The environment variable with the scratch folder, which says that there is no sandbox.
OUTSIDE = "COURSE_OUTSIDE"


@dataclass(frozen=True)
class Unconfined:
    """Takes the place of a ``Sandbox``.

    Attributes:
        environment: variables, besides the few that every program needs.
    """

    environment: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def running(
        self,
        command: Sequence[str],
        *,
        supervise: bool = False,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> Iterator[Confined]:
        """Run a command in a scratch folder for the length of the block, and end its process group with the block."""
        with tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True) as scratch:
            always = {"HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8", "PATH": os.defpath, OUTSIDE: scratch}
            process = subprocess.Popen(
                list(command),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=scratch,
                env={**always, **self.environment},
                start_new_session=True,
            )
            try:
                yield Confined(process, ControlGroup(()))
            finally:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(1)  # its socket is closed, so it ends by itself, with all that it has started
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
