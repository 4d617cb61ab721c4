"""Interrupting the kernel ends what runs beside the notebook too.

An interrupt reaches the main thread alone: in a cell as a KeyboardInterrupt, and between two cells not at all, because
Jupyter ignores the signal then.
"""

import signal
from collections.abc import Callable
from functools import cache
from typing import Any

from IPython.core.getipython import get_ipython

_LATER = 0.2  # seconds


@cache
def when_interrupted(stop: Callable[[], None]) -> None:
    """Call ``stop`` at every interrupt of the kernel; outside a kernel there is none."""
    shell: Any = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return

    def after_cell(result: Any) -> None:
        if isinstance(result.error_in_exec, KeyboardInterrupt):
            stop()

    def between_cells() -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, lambda *_: stop())
        else:  # the kernel is at work, and will put back what it found
            kernel.io_loop.call_later(_LATER, between_cells)

    shell.events.register("post_run_cell", after_cell)
    kernel.io_loop.call_later(_LATER, between_cells)
