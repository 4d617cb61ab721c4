"""Attempts to break out of the sandbox, made from inside it: each is refused, or it says that it succeeded.

Run by path, with the standard library only: ``python -I -S attempts.py``. It reads its targets from stdin as JSON
(see ``Targets``) and writes ``[[name, held, what happened], ...]`` to stdout. ``protection`` starts it.
"""

import ctypes
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypedDict

_LIBC = ctypes.CDLL(None, use_errno=True)
_MS_REMOUNT, _MS_BIND, _MNT_DETACH = 32, 4096, 2
_CLONE_NEWUSER, _CLONE_NEWNS = 0x10000000, 0x00020000
_PTRACE_ATTACH, _IPC_CREAT = 16, 0o1000
_AF_VSOCK = 40
_FIRST = 1  # the sandbox's first process


class Targets(TypedDict):
    """What the host has prepared for the attempts.

    ``secrets`` are paths that exist on the host; ``port`` listens on its loopback, and ``abstract`` is the name of an
    abstract Unix socket that listens there.
    """

    secrets: list[str]
    port: int
    abstract: str


class Succeeded(Exception):  # noqa: N818 - an attempt's outcome, not an error of the program
    """An attempt was not refused; the text says what it could do."""


def remount(targets: Targets) -> None:
    """Make the read-only root folder writable."""
    _call("mount", b"none", b"/", None, _MS_REMOUNT | _MS_BIND, None)


def mount_over(targets: Targets) -> None:
    """Mount a file system in memory over the scratch folder."""
    _call("mount", b"tmpfs", b"/tmp", b"tmpfs", 0, None)


def unmount(targets: Targets) -> None:
    """Take a mount away, to see what is below it."""
    _call("umount2", b"/usr/lib", _MNT_DETACH)


def become_root_elsewhere(targets: Targets) -> None:
    """Become root in a user namespace of one's own."""
    _call("unshare", _CLONE_NEWUSER | _CLONE_NEWNS)


def gain_privileges(targets: Targets) -> None:
    """Be root, have a capability, or become root."""
    if 0 in os.getresuid() or 0 in os.getresgid():
        raise Succeeded("it runs as root")
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        if int(lines[kind], 16):
            raise Succeeded(f"it has capabilities: {kind} {lines[kind].strip()}")
    if not int(lines["NoNewPrivs"]):
        raise Succeeded("a program that it starts may gain privileges")
    os.setuid(0)


def change_settings(targets: Targets) -> None:
    """Write the kernel's settings."""
    for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger"):
        _refused_each(lambda path=path: Path(path).open("w").close(), f"it opened {path} for writing")  # type: ignore[misc]
    raise PermissionError("read-only")


def write_outside(targets: Targets) -> None:
    """Write outside the scratch folder."""
    for folder in ("/", "/dev", "/proc", "/usr/lib", "/sandbox", str(Path(sys.executable).parent), os.__file__):
        path = Path(folder).parent / "planted" if Path(folder).is_file() else Path(folder) / "planted"
        _refused_each(path.touch, f"it wrote {path}")
    raise PermissionError("read-only")


def reach_network(targets: Targets) -> None:
    """Reach the host's loopback, its abstract sockets, its hypervisor, or the world."""

    def connect(family: int, address: Any) -> None:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.settimeout(2)
            tried.connect(address)

    for family, address in (
        (socket.AF_INET, ("127.0.0.1", targets["port"])),
        (socket.AF_UNIX, f"\0{targets['abstract']}"),
        (socket.AF_INET, ("192.0.2.1", 80)),  # reserved for documentation: it answers nobody
    ):
        _refused_each(lambda f=family, a=address: connect(f, a), f"it connected to {address}")  # type: ignore[misc]
    with socket.socket(_AF_VSOCK, socket.SOCK_STREAM):
        raise Succeeded("it has a socket to the hypervisor")


def see_other_processes(targets: Targets) -> None:
    """See processes outside the sandbox."""
    seen = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]  # noqa: PTH208
    if set(seen) - {_FIRST, os.getpid()}:
        raise Succeeded(f"it sees {len(seen)} processes")
    raise PermissionError("no other process is visible")


def read_parent(targets: Targets) -> None:
    """Read the memory or the environment of the first process."""
    for name in ("mem", "environ", "maps", "fd/0"):
        _refused_each(lambda name=name: Path(f"/proc/{_FIRST}/{name}").open("rb").close(), f"it opened its {name}")  # type: ignore[misc]
    buffer = ctypes.create_string_buffer(8)
    local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
    _refused_each(lambda: _call("process_vm_readv", _FIRST, local, 1, local, 1, 0), "it read its memory")
    _call("ptrace", _PTRACE_ATTACH, _FIRST, None, None)


def stop_parent(targets: Targets) -> None:
    """Kill the first process, or set a limit that would."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        os.kill(_FIRST, number)  # which the kernel ignores: this process would end with it
    resource.prlimit(_FIRST, resource.RLIMIT_CPU, (0, 0))


def find_secrets(targets: Targets) -> None:
    """Read secret paths, inherited files and inherited variables."""
    for path in targets["secrets"]:
        if os.path.lexists(path):
            raise Succeeded(f"{path} exists")
    inherited = [name for name in os.listdir("/proc/self/fd") if int(name) > 2]  # noqa: PTH208
    still = [number for number in inherited if os.path.exists(f"/proc/self/fd/{number}")]  # noqa: PTH110
    if still:
        raise Succeeded(f"it has inherited the open files {still}")
    raise PermissionError("none exists")


def keep_memory(targets: Targets) -> None:
    """Get memory that no limit counts and that outlives its process."""
    _refused_each(lambda: os.close(os.memfd_create("kept")), "it has a file in memory")
    _call("shmget", 4242, 4096, _IPC_CREAT | 0o600)


def raise_limits(targets: Targets) -> None:
    """Raise a limit."""
    for name in ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_NOFILE"):
        number = getattr(resource, name)
        _, hard = resource.getrlimit(number)
        if hard == resource.RLIM_INFINITY:
            raise Succeeded(f"there is no {name}")
        with suppress(ValueError):  # what Python makes of the kernel's refusal
            resource.setrlimit(number, (hard, hard + 1))
            raise Succeeded(f"it raised {name}")
    raise PermissionError("every limit holds")


def take_memory(targets: Targets) -> None:
    """Take more memory than is allowed."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bytearray(hard)


def fill_scratch(targets: Targets) -> None:
    """Fill the disk through the scratch folder."""
    for folder in ("/tmp", "/dev/shm"):
        size = os.statvfs(folder).f_blocks * os.statvfs(folder).f_frsize
        block, written = b"x" * 1_000_000, 0
        names = [Path(folder, f"filler{number}") for number in range(100)]
        try:
            for name in names:
                with suppress(OSError), name.open("wb", buffering=0) as file:
                    while written <= size:
                        written += file.write(block)
        finally:
            for name in names:
                name.unlink(missing_ok=True)
        if written > size:
            raise Succeeded(f"{folder} took more than its {size} bytes")
    raise PermissionError("it is full when it is full")


def bomb(targets: Targets) -> None:
    """Start processes without end."""
    limit, started = resource.getrlimit(resource.RLIMIT_NPROC)[1], []
    try:
        for _ in range(limit + 1):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            started.append(child)
    finally:
        for child in started:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


#: In this order: the last ones are the violent ones.
ATTEMPTS: tuple[Callable[[Targets], None], ...] = (
    gain_privileges,
    become_root_elsewhere,
    remount,
    mount_over,
    unmount,
    change_settings,
    write_outside,
    reach_network,
    see_other_processes,
    read_parent,
    stop_parent,
    find_secrets,
    keep_memory,
    raise_limits,
    take_memory,
    fill_scratch,
    bomb,
)


def attempt(number: int, targets: Targets) -> tuple[str, bool, str]:
    """Make one attempt; return its name, whether the protection held, and what happened."""
    trying = ATTEMPTS[number]
    name = trying.__name__.replace("_", " ")
    try:
        trying(targets)
    except Succeeded as success:
        return name, False, str(success)
    except (OSError, MemoryError, ValueError) as refusal:
        return name, True, getattr(refusal, "strerror", None) or str(refusal) or type(refusal).__name__
    return name, False, "it was not refused"


def _refused_each(trying: Callable[[], object], meaning: str) -> None:
    try:
        trying()
    except OSError:
        return
    raise Succeeded(meaning)


def _call(name: str, *arguments: Any) -> None:
    """Call a function of the C library; raise OSError if it returns -1."""
    if getattr(_LIBC, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    given: Targets = json.load(sys.stdin)
    for index in range(len(ATTEMPTS)):
        print(json.dumps(attempt(index, given)), flush=True)
