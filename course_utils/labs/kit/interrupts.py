"""Interrupting the kernel ends what runs beside the notebook too.

An interrupt reaches the main thread alone: in a cell as a KeyboardInterrupt, and between two cells not at all, because
Jupyter ignores the signal then.
"""

import signal
from collections.abc import Callable
from functools import cache
from typing import Any

from ipykernel.kernelbase import Kernel

_LATER = 0.2  # seconds


@cache
def when_interrupted(stop: Callable[[], None]) -> None:
    """Call ``stop`` at every interrupt of the kernel; outside a kernel there is none."""
    if not Kernel.initialized():
        return
    kernel: Any = Kernel.instance()

    def after_cell(result: Any) -> None:
        if isinstance(result.error_in_exec, KeyboardInterrupt):
            stop()

    def between_cells() -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, lambda *_: stop())
        else:  # the kernel is at work, and will put back what it found
            kernel.io_loop.call_later(_LATER, between_cells)

    kernel.shell.events.register("post_run_cell", after_cell)
    kernel.io_loop.call_later(_LATER, between_cells)
