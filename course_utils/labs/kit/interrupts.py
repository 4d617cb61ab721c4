"""Let a kernel interrupt also end what runs beside the notebook.

An interrupt reaches only the main thread: in a cell as a KeyboardInterrupt, and between two cells not at all, because
Jupyter then ignores the signal.
"""

import signal
from collections.abc import Callable
from functools import cache
from typing import Any

from ipykernel.kernelbase import Kernel

_LATER = 0.2  # seconds


@cache
def when_interrupted(stop: Callable[[], None]) -> None:
    """Call ``stop`` at every interrupt of the kernel; outside a kernel, do nothing."""
    if not Kernel.initialized():
        return
    kernel: Any = Kernel.instance()

    def after_cell(result: Any) -> None:
        # IPython compiles a cell statement by statement, so "before" may be between two of them
        if isinstance(result.error_in_exec or result.error_before_exec, KeyboardInterrupt):
            stop()

    def between_cells() -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, lambda *_: stop())
        else:  # a cell is running, and the kernel will restore the handler it found
            kernel.io_loop.call_later(_LATER, between_cells)

    kernel.shell.events.register("post_run_cell", after_cell)
    kernel.io_loop.call_later(_LATER, between_cells)
