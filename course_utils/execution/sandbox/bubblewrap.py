"""Start a program in a sandbox: nothing but what is bound explicitly, no network, no privileges, limits on the rest.

What bubblewrap is told here: new namespaces for processes, the network, System V objects, the host's name and, for an
ordinary user, user ids; a root folder in memory that is read-only in the end; a scratch folder and shared memory of a
fixed size. A process that was started by root drops to a user id of the host that no account has: root in a user
namespace is not a sandbox, since it may mount and change settings of the host.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import IO, NamedTuple

from course_utils.errors import CourseError
from course_utils.execution.sandbox.binds import Bind, interpreter, python_binds, read_only
from course_utils.execution.sandbox.control_group import ControlGroup, make_control_group
from course_utils.execution.sandbox.limits import SandboxLimits
from course_utils.execution.sandbox.syscall_filter import filter_program

#: The only folder that can be written in a sandbox, besides shared memory.
SCRATCH = Path("/tmp")
SHARED_MEMORY = Path("/dev/shm")
_ENTER = Path(__file__).with_name("enter.py")  # not imported: it needs Linux, and this module refuses the others
_USERS = range(61_184, 65_520)  # ids that Linux leaves to be given out and taken back
_SECONDS = 10  # for a trivial program to start on a busy machine
_numbers = count()


@dataclass(frozen=True)
class Confined:
    """A program that runs in a sandbox; its process is bubblewrap's, whose end is the end of everything in it."""

    process: subprocess.Popen[bytes]
    group: ControlGroup


class _Passed(NamedTuple):
    """Open files that are passed on: the filter, what bubblewrap tells, and the lifeline (see ``enter``)."""

    program: int
    info: int
    lifeline: int | None


@dataclass(frozen=True)
class Sandbox:
    """What programs in a sandbox can read and use.

    Attributes:
        binds: what they can read, besides the system's libraries and Python's environment.
        hidden: folders inside of those that they see empty.
        environment: their environment variables, besides the few that every program needs.
    """

    binds: tuple[Bind, ...] = ()
    hidden: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: SandboxLimits = field(default_factory=SandboxLimits)

    @contextmanager
    def running(
        self,
        command: Sequence[str],
        *,
        supervise: bool = True,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> Iterator[Confined]:
        """Run a command for the length of the block, and end it and all that it has started with the block.

        Args:
            command: its first word is an absolute path in the sandbox.
            supervise: whether to keep a small first process beside it. A program that is made to be the first process
                needs none; it must end when its launcher does, which it can tell from a socket or a pipe.

        Raises:
            CourseError: there is no sandbox on this machine, or it should hold a file that does not exist.
        """
        require_sandbox()
        group = make_control_group(self.limits)
        try:
            with _pipe() as (reading, writing), _pipe() as (lifeline, _), tempfile.TemporaryFile() as program:
                program.write(filter_program())
                program.seek(0)
                passed = _Passed(program.fileno(), writing.fileno(), lifeline.fileno() if supervise else None)
                process = subprocess.Popen(
                    group.joining(self._command(command, passed)),
                    stdin=stdin,
                    stdout=stdout,
                    stderr=stderr,
                    pass_fds=[file for file in passed if file is not None],
                    cwd="/",
                    env={"PATH": "/usr/bin:/bin"},
                    start_new_session=True,
                )
                writing.close()
                first = _first_process(reading.read())
                try:
                    if first is None:
                        raise CourseError("bubblewrap could not make the sandbox. Find out why: course class doctor")
                    yield Confined(process, group)
                finally:
                    _end(first)
                    with suppress(subprocess.TimeoutExpired):  # it takes leave of the first process, and ends
                        process.wait(_SECONDS)
                    process.kill()
                    process.wait()
        finally:
            group.remove()

    def run(self, command: Sequence[str], *, seconds: float, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end and return its status and output.

        Raises:
            CourseError: there is no sandbox on this machine.
            subprocess.TimeoutExpired: it took longer than ``seconds`` on the clock; it has been ended.
        """
        with (
            tempfile.TemporaryFile() as stdin,
            self._started(command, stdin, text) as process,
        ):
            stdout, stderr = process.communicate(timeout=seconds)
        return subprocess.CompletedProcess(
            list(command), process.returncode, stdout.decode(errors="replace"), stderr.decode(errors="replace")
        )

    @contextmanager
    def _started(self, command: Sequence[str], stdin: IO[bytes], text: str) -> Iterator[subprocess.Popen[bytes]]:
        stdin.write(text.encode())
        stdin.seek(0)
        pipe = subprocess.PIPE
        with self.running(command, stdin=stdin.fileno(), stdout=pipe, stderr=pipe) as confined:
            yield confined.process

    def _command(self, command: Sequence[str], passed: "_Passed") -> list[str]:
        user = None if os.getuid() else _USERS[(8 * os.getpid() + next(_numbers)) % len(_USERS)]
        settings = {"user": user, "limits": self.limits.of_each_process(), "lifeline": passed.lifeline}
        entering = Path("/sandbox") / _ENTER.name
        python = str(interpreter())
        return [
            _found_bubblewrap(),
            *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
            *("--as-pid-1", "--die-with-parent", "--new-session"),
            *(() if user is None else _kept_until_entered()),
            *(
                "--hostname",
                "sandbox",
                "--chdir",
                str(SCRATCH),
                "--seccomp",
                str(passed.program),
                "--info-fd",
                str(passed.info),
            ),
            *self._environment(),
            *("--proc", "/proc", "--dev", "/dev"),
            *("--perms", "1777", "--size", str(self.limits.scratch_bytes()), "--tmpfs", str(SCRATCH)),
            *("--perms", "1777", "--size", str(self.limits.scratch_bytes()), "--tmpfs", str(SHARED_MEMORY)),
            *read_only([*python_binds(), Bind(_ENTER, entering), *self.binds]),
            *(word for folder in self.hidden for word in ("--perms", "0755", "--tmpfs", str(folder))),
            *(word for folder in (*self.hidden, "/dev", "/") for word in ("--remount-ro", str(folder))),
            *("--", python, "-I", "-S", str(entering), json.dumps(settings), *command),
        ]

    def _environment(self) -> Iterator[str]:
        yield "--clearenv"
        always = {
            "HOME": str(SCRATCH),
            "TMPDIR": str(SCRATCH),
            "USER": "learner",
            "LANG": "C.UTF-8",
            "PATH": "/nowhere",
        }
        for name, value in {**always, **self.environment}.items():
            yield from ("--setenv", name, value)


@contextmanager
def _pipe() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Make a pipe; its ends may be closed in the block, and are after it."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb") as sink:
        yield source, sink


def _first_process(told: bytes) -> int | None:
    """Return a handle on the sandbox's first process, of which bubblewrap tells; None if it made none."""
    try:
        return os.pidfd_open(json.loads(told)["child-pid"])
    except (ValueError, KeyError, ProcessLookupError):
        return None


def _end(first: int | None) -> None:
    """Kill a sandbox's first process and wait until the kernel has killed and removed all others with it."""
    if first is None:
        return
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(first, signal.SIGKILL)
    select.select([first], [], [], _SECONDS)
    os.close(first)


@cache
def require_sandbox() -> None:
    """Refuse to run learners' code where no sandbox holds it.

    Raises:
        CourseError: it is not Linux, bubblewrap is missing, or it can't make a sandbox here; the message says which.
    """
    otherwise = "Grade on Linux, or in the container."
    if sys.platform != "linux":
        raise CourseError(f"Learners' code is only run in a sandbox, and this system has none. {otherwise}")
    bubblewrap = _found_bubblewrap()
    filter_program()
    try:
        tried = subprocess.run(
            [
                bubblewrap,
                "--unshare-pid",
                "--unshare-net",
                "--ro-bind",
                "/",
                "/",
                "--proc",
                "/proc",
                "--dev",
                "/dev",
                "--",
                "/bin/true",
            ],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CourseError(f"bubblewrap did not start ({error}). Install it again: apt install bubblewrap") from error
    if tried.returncode:
        reason = tried.stderr.strip().partition("\n")[0] or f"status {tried.returncode}"
        raise CourseError(
            f"bubblewrap can't make a sandbox here ({reason}). This system may forbid ordinary users their own "
            f"namespaces: allow them (sysctl kernel.unprivileged_userns_clone=1, or "
            f"kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or grade in the container."
        )


def has_sandbox() -> bool:
    """Whether learners' code can be run in a sandbox on this machine."""
    try:
        require_sandbox()
    except CourseError:
        return False
    return True


def _found_bubblewrap() -> str:
    found = shutil.which("bwrap")
    if not found:
        raise CourseError(
            "Learners' code is only run in a sandbox, and bubblewrap is not installed. "
            "Install it: apt install bubblewrap (or dnf, pacman, zypper)."
        )
    return found


def _kept_until_entered() -> list[str]:
    """Return the capabilities with which ``enter`` gives up root, and those with it."""
    kept = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
    return ["--cap-drop", "ALL", *(word for name in kept for word in ("--cap-add", name))]
