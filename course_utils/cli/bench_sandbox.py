"""What the sandbox costs."""

import os
import statistics
import subprocess
import time
from collections.abc import Iterator

from course_utils.cli.bench_rows import BenchFigure, LeftOut
from course_utils.errors import CourseError
from course_utils.execution.sandbox.binds import interpreter
from course_utils.execution.sandbox.bubblewrap import Sandbox, require_sandbox

_STARTS = 11


def isolation() -> Iterator[BenchFigure | LeftOut]:
    """Measure what a sandbox adds to the start of Python: the median of several, in turn with bare starts."""
    try:
        require_sandbox()
    except CourseError as error:
        yield LeftOut("isolation", str(error))
        return
    command = [str(interpreter()), "-I", "-S", "-c", "pass"]
    confined, bare, clock = [], [], []
    for _ in range(_STARTS):
        began, computed = time.perf_counter(), _computed()
        Sandbox().run(command, seconds=60)
        between, after = _computed(), time.perf_counter()
        subprocess.run(command, check=True)
        confined.append(between - computed)
        bare.append(_computed() - between)
        clock.append(after - began)
    added = statistics.median(confined) - statistics.median(bare)
    note = f"{statistics.median(clock):.2f} s on the clock"
    yield BenchFigure("isolation", added, "processor seconds per start", most=0.2, note=note)


def _computed() -> float:
    """Return the processor time of this process and of those that it has waited for, in seconds."""
    return sum(os.times()[:4])
