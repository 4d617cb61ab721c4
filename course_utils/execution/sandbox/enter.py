"""The first program in the sandbox: give up what is left to give up, then become the command or look after it.

Run by path, with the standard library only: ``python -I -S enter.py SETTINGS COMMAND...``, where SETTINGS is JSON:

- ``user``: the host's user and group id to run as; null where bubblewrap was started by an ordinary user.
- ``limits``: ``{"RLIMIT_CPU": 60, ...}``, in the units of setrlimit.
- ``lifeline``: an open file, the reading end of a pipe whose other end only the launcher has, to stay as the first
  process and run the command as a child until the launcher is gone; null for a command that is made to be the first
  process and notices by itself. The sandbox ends with its first process, and nothing in it can kill that one.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
from typing import Any

_PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 4, 24  # linux/prctl.h
_CAPABILITIES = 64  # more than there are
_CAPABILITY_VERSION = 0x20080522  # linux/capability.h, version 3
_GLANCE = 1.0  # seconds between two looks at what has been orphaned and has ended


def main(settings: dict[str, Any], command: list[str]) -> int:
    """Confine this process and run ``command``; return its exit status, 128 and more for a signal."""
    if settings["user"] is not None:
        _become(settings["user"])
    if os.getuid() == 0:
        print("The sandbox does not run code as root.", file=sys.stderr)
        return 126
    for name, limit in settings["limits"].items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    if settings["lifeline"] is not None:
        protect_first_process()
        return _supervise(command, settings["lifeline"])
    os.execv(command[0], command)


def protect_first_process() -> None:
    """Keep the other processes of the sandbox, which have the same user, from stopping or reading this one.

    The kernel spares a first process every signal that it has no handler for. What it holds in memory is closed to
    others of its user while it is not dumpable, which an exec undoes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def be_ordinary() -> None:
    """Undo ``protect_first_process`` in a child that was forked from it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def _become(user: int) -> None:
    """Give up root, for good: the ids, the groups, and every capability that a program could give back.

    The kernel then no longer lets bubblewrap, which has no capabilities left either, kill this process at its own
    death; hence the lifeline.
    """
    libc = ctypes.CDLL(None)
    prctl = libc.prctl
    for capability in range(_CAPABILITIES):
        prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    header, none = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    libc.capset(header, none)  # those that a program could inherit, which a change of user leaves


def _supervise(command: list[str], lifeline: int) -> int:
    """Run the command as a child and reap what it leaves, until it ends or the launcher does."""
    os.set_inheritable(lifeline, False)
    child = os.fork()
    if child == 0:
        be_ordinary()
        os.execv(command[0], command)
    ending = os.pidfd_open(child)
    while True:
        ready, _, _ = select.select([lifeline, ending], [], [], _GLANCE)
        if lifeline in ready:
            return 1
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:  # orphans become this process's children
            if ended[0] == child:
                code = os.waitstatus_to_exitcode(ended[1])
                return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
