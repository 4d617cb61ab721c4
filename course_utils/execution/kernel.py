"""The kernel that lessons are validated in: IPython's, without a network.

Started as ``python -m course_utils.execution.kernel -f CONNECTION_FILE``, or forked by ``execution.forked``. Python's
sockets reach the loopback only; programs that the lesson starts and libraries with sockets of their own are not
restricted.
"""

import errno
import faulthandler
import ipaddress
import os
import sys
from collections.abc import Sequence
from typing import Any


def block_network() -> None:
    """Refuse every look-up and connection that leaves this machine, for the rest of this process's life."""
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket's address is a path
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_loopback(host):
        raise OSError(errno.ENETUNREACH, f"a lesson is validated without a network; it tried to reach {host!r}")


def _is_loopback(host: object) -> bool:
    if host in (None, "", "localhost", b"", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def serve(arguments: Sequence[str]) -> None:
    """Run a kernel with these arguments, which are IPython's, until it is shut down."""
    from ipykernel import kernelapp

    faulthandler.enable(os.fdopen(os.dup(2), "w"))  # a crash is traced past IPython's capture of stderr
    block_network()
    kernelapp.launch_new_instance(argv=list(arguments))


if __name__ == "__main__":
    serve(sys.argv[1:])
