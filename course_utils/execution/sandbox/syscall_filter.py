"""The system calls that nothing in the sandbox may make, as a seccomp filter.

Namespaces hide what is outside. The filter closes what they leave open: new namespaces (with which anyone gets
capabilities, and memory beyond the sized scratch), the memory of other processes, memory that outlives its process, and
those parts of the kernel in which most escapes were found. Everything else is allowed, since TensorFlow and NumPy call
far more than any list of ours would name.

The filter is a classic BPF program (Linux, ``Documentation/userspace-api/seccomp_filter.rst``). Its arguments are the
64-bit halves that little-endian machines put first; the machines it knows, x86-64 and AArch64, are little-endian.
"""

import errno
import platform
import struct
from collections.abc import Iterator
from typing import NamedTuple

from course_utils.errors import CourseError


class _Machine(NamedTuple):
    column: int  # of the tables below
    audit: int  # AUDIT_ARCH_... of linux/audit.h


_MACHINES = {"x86_64": _Machine(0, 0xC000003E), "aarch64": _Machine(1, 0xC00000B7)}

#: Their numbers on x86-64 and on AArch64 (asm/unistd.h).
_REFUSED = {
    # other namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    # other processes' memory and files
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    # memory that no process's limits count, or that the next submission could read
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # parts of the kernel that no lesson needs
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
}
#: Calls that name a process, and which argument names it. The first process must not be slowed down or limited.
_ON_A_PROCESS = {
    "prlimit64": ((302, 261), 0),
    "setpriority": ((141, 140), 1),
    "ioprio_set": ((251, 30), 1),
    "sched_setscheduler": ((144, 119), 0),
    "sched_setparam": ((142, 118), 0),
    "sched_setattr": ((314, 274), 0),
    "sched_setaffinity": ((203, 122), 0),
}
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEW* of linux/sched.h
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6; a network namespace does not hold AF_VSOCK
_X32 = 0x40000000  # x86-64's second set of numbers
_FIRST_PROCESS = 1

_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


def filter_program(machine: str = "") -> bytes:
    """Return the filter as the array of ``struct sock_filter`` that ``bwrap --seccomp`` reads.

    Args:
        machine: as ``platform.machine()`` names it; this one if empty.

    Raises:
        CourseError: the numbers of this machine's system calls are not known.
    """
    name = machine or platform.machine()
    if name not in _MACHINES:
        raise CourseError(
            f"The sandbox knows the system calls of {' and '.join(_MACHINES)}, and this machine is {name}. "
            "Grade on one of those, or in the container."
        )
    return b"".join(struct.pack("<HBBI", *step) for step in _instructions(_MACHINES[name]))


def _instructions(machine: _Machine) -> Iterator[Instruction]:
    yield _load(_ARCHITECTURE)
    yield (_IF_EQUAL, 1, 0, machine.audit)
    yield _return(_KILL)
    yield _load(_NUMBER)
    yield from _refuse_if(_IF_AT_LEAST, _X32, errno.ENOSYS)
    for numbers in _REFUSED.values():
        yield from _refuse_if(_IF_EQUAL, numbers[machine.column])
    # Its flags are behind a pointer, which a filter cannot follow; the C library falls back to clone.
    yield from _refuse_if(_IF_EQUAL, _CLONE3[machine.column], errno.ENOSYS)
    yield from _when(_CLONE[machine.column], 0, [*_refuse_if(_IF_ANY_BIT, _NEW_NAMESPACES), _return(_ALLOW)])
    for numbers, argument in _ON_A_PROCESS.values():
        steps = [*_refuse_if(_IF_EQUAL, _FIRST_PROCESS), _return(_ALLOW)]
        yield from _when(numbers[machine.column], argument, steps)
    families = [step for family in _FAMILIES for step in ((_IF_EQUAL, 0, 1, family), _return(_ALLOW))]
    yield from _when(_SOCKET[machine.column], 0, [*families, _return(_refusal(errno.EAFNOSUPPORT))])
    yield _return(_ALLOW)


def _when(number: int, argument: int, steps: list[Instruction]) -> Iterator[Instruction]:
    """Decide a call by the low half of an argument; ``steps`` end with a return."""
    yield (_IF_EQUAL, 0, len(steps) + 1, number)
    yield _load(_ARGUMENTS + 8 * argument)
    yield from steps


def _refuse_if(test: int, constant: int, error: int = errno.EPERM) -> Iterator[Instruction]:
    yield (test, 0, 1, constant)
    yield _return(_refusal(error))


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _return(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


def _refusal(error: int) -> int:
    return 0x00050000 | error
