"""Reach a Dask cluster: one that runs already, by its scheduler's address, or one that is started for this batch.

How to talk to it, TLS included, and what each worker of a new one gets are Dask's own settings.
"""

import asyncio
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Literal, NamedTuple

import dask
from dask.utils import parse_timedelta
from distributed import Client, Security, rpc

from course_utils.errors import CourseError
from course_utils.grading.cluster.cluster_pool import ClusterPool, first_line

System = Literal["slurm", "kubernetes"]


class _Starter(NamedTuple):
    """What starts a cluster in a system: a class of a package that isn't installed with the course."""

    package: str
    module: str
    name: str


_STARTERS: dict[System, _Starter] = {
    "slurm": _Starter("dask-jobqueue", "dask_jobqueue", "SLURMCluster"),
    "kubernetes": _Starter("dask-kubernetes", "dask_kubernetes.operator", "KubeCluster"),
}
_WAIT_SECONDS = 30  # for a running scheduler's first worker


@contextmanager
def pool_at(address: str, modules: Sequence[str]) -> Iterator[ClusterPool]:
    """Open a pool of the workers of the scheduler at ``address``, such as ``"tcp://node1:8786"``.

    Raises:
        CourseError: that is not an address, no scheduler answers there, or it has no workers.
    """
    _be_quiet()
    try:
        asyncio.run(_identity(address))
    except (OSError, TimeoutError, ValueError, TypeError, RuntimeError) as error:
        raise CourseError(
            f"No Dask scheduler answers at {address!r} ({first_line(error)}). Start one (dask scheduler), or "
            "correct the address: tcp://HOST:8786, or tls://HOST:8786 with the certificates in Dask's settings."
        ) from None
    with _connected(address) as client:
        try:
            client.wait_for_workers(1, timeout=_WAIT_SECONDS)
        except TimeoutError:
            raise CourseError(
                f"The scheduler at {address} has no workers. Start some where the course is installed: "
                f"dask worker {address} --nthreads 1"
            ) from None
        with ClusterPool(client, modules) as pool:
            yield pool


@contextmanager
def pool_started_by(system: System, workers: int, modules: Sequence[str]) -> Iterator[ClusterPool]:
    """Start a cluster with so many workers, open a pool of them as soon as the first is there, and end it all with it.

    Raises:
        CourseError: the package that starts one is missing, or it can't start one here.
    """
    _be_quiet()
    starter = _STARTERS[system]
    try:
        start: Any = getattr(import_module(starter.module), starter.name)
    except ImportError:
        raise CourseError(
            f"To start workers in {system}, the course needs {starter.package}. "
            f"Install it: python -m pip install {starter.package}"
        ) from None
    try:
        cluster = start()
    except Exception as error:
        raise CourseError(
            f"{starter.name} of {starter.package} can't start workers here ({first_line(error)}). "
            "Correct Dask's settings for it."
        ) from error
    with cluster:
        cluster.scale(workers)
        print(f"Waiting for the first worker from {system}.", file=sys.stderr)
        with _connected(cluster) as client:
            client.wait_for_workers(1)
            with ClusterPool(client, modules) as pool:
                yield pool


async def _identity(address: str) -> None:
    """Ask a scheduler who it is, once and with a time limit: a client would go on trying, or leave messages behind."""
    seconds = parse_timedelta(dask.config.get("distributed.comm.timeouts.connect"))
    async with asyncio.timeout(seconds):
        async with rpc(address, connection_args=Security().get_connection_args("client")) as scheduler:
            await scheduler.identity(n_workers=0)


def _be_quiet() -> None:
    """Keep Dask from printing what is said in a sentence."""
    for logger in ("distributed", "distributed.client"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)


@contextmanager
def _connected(to: Any) -> Iterator[Client]:
    """Yield a client whose tasks and results are plain data."""
    plain = ["dask", "msgpack"]  # no pickles: neither sent with a job's data nor read from what comes back
    client = Client(to, set_as_default=False, serializers=plain, deserializers=plain)
    try:
        yield client
    finally:
        client.close(timeout=5)
