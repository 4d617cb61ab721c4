"""Find out which protections the sandbox gives on this machine, by trying to break each of them."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from course_utils.execution.sandbox.binds import Bind, interpreter
from course_utils.execution.sandbox.bubblewrap import Sandbox, require_sandbox
from course_utils.execution.sandbox.control_group import make_control_group
from course_utils.execution.sandbox.limits import SandboxLimits

_SECONDS = 60
_SMALL = SandboxLimits(
    processor_seconds=30, address_space_mb=1_000, memory_mb=600, processes=24, open_files=64, file_mb=10, scratch_mb=20
)


@dataclass(frozen=True)
class Protection:
    """One protection: what was tried, whether it was refused, and what happened.

    ``vital`` is false where other limits take its place if it does not hold.
    """

    name: str
    held: bool
    said: str
    vital: bool = True


def probe_protection(sandbox: Sandbox, secrets: Sequence[Path]) -> list[Protection]:
    """Try to break out of ``sandbox``, with lower limits so that it costs little; about a second.

    Args:
        secrets: files and folders of the host that no program in it may find.

    Returns:
        One protection for each attempt, and whether a control group limits all processes together. An attempt that
        ended the probe itself, and those after it, did not hold.

    Raises:
        CourseError: there is no sandbox on this machine.
        ValueError: a secret does not exist, so that nothing would be proved.
    """
    require_sandbox()
    from course_utils.execution.sandbox import attempts  # it needs Linux

    if missing := [str(path) for path in secrets if not path.exists()]:
        raise ValueError(f"{', '.join(missing)} must exist for the probe to prove anything")
    inside = Path("/sandbox") / Path(attempts.__file__).name
    small = replace(sandbox, binds=(*sandbox.binds, Bind(Path(attempts.__file__), inside)), limits=_SMALL)
    with _listening() as (port, abstract):
        targets = attempts.Targets(secrets=[str(path) for path in secrets], port=port, abstract=abstract)
        command = [str(interpreter()), "-I", "-S", str(inside)]
        try:
            said = small.run(command, seconds=_SECONDS, text=json.dumps(targets)).stdout
        except subprocess.TimeoutExpired as error:
            said = (error.stdout or b"").decode(errors="replace")
    found = [Protection(*json.loads(line)) for line in said.splitlines()]
    names = [trying.__name__.replace("_", " ") for trying in attempts.ATTEMPTS]
    found += [Protection(name, False, "the probe ended here") for name in names[len(found) :]]
    return [*found, _group()]


def _group() -> Protection:
    group = make_control_group(_SMALL)
    group.remove()
    found = "there is a control group" if group.folders else "none can be made here: each process is limited by itself"
    return Protection("one limit for all processes", bool(group.folders), found, vital=False)


@contextmanager
def _listening() -> Iterator[tuple[int, str]]:
    """Listen on the loopback and on an abstract Unix socket, which must be out of reach from the sandbox."""
    abstract = f"course-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as loopback, socket.socket(socket.AF_UNIX) as local:
        local.bind(f"\0{abstract}")
        local.listen()
        yield loopback.getsockname()[1], abstract
