"""A Dask cluster of real processes on this machine: a scheduler, and workers that can be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from distributed import Client

#: What the command ``dask worker`` runs, with the tests' own interpreter.
_START = "import sys; from distributed.cli.dask_{0} import main; main(sys.argv[1:])"


@contextmanager
def running(kind: str, *arguments: str, env: Mapping[str, str] = os.environ) -> Iterator["subprocess.Popen[bytes]"]:
    """Run ``dask scheduler`` or ``dask worker`` for the length of the block."""
    command = [sys.executable, "-c", _START.format(kind), *arguments]
    process = subprocess.Popen(command, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(
    folder: Path, workers: int, env: Mapping[str, str] = os.environ
) -> Iterator[tuple[str, "subprocess.Popen[bytes]", dict[str, "subprocess.Popen[bytes]"]]]:
    """Yield the scheduler's address, its process, and the workers' processes by the names that Dask has for them.

    Args:
        folder: where Dask keeps what it spills.
        env: the workers' environment.
    """
    told = folder / "scheduler.json"
    quiet = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        scheduler = stack.enter_context(running("scheduler", "--port", "0", "--scheduler-file", str(told), *quiet))
        one = ("--scheduler-file", str(told), "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        processes = {
            name: stack.enter_context(running("worker", *one, "--name", name, *quiet, env=env))
            for name in (f"worker{number}" for number in range(workers))
        }
        until = time.monotonic() + 60
        while not told.is_file():
            assert time.monotonic() < until, "the scheduler did not start"
            time.sleep(0.05)
        with Client(scheduler_file=str(told), set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
            yield client.scheduler.address, scheduler, processes
