"""What a cluster gives: two Dask workers beside two local jobs, and many workers simulated from what was measured."""

import statistics
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from course_utils.cli.bench_class import copied, hand_in, right_answers
from course_utils.cli.bench_rows import BenchRatio, LeftOut, Measured
from course_utils.grading.cluster.makespan import ClusterModel, makespan

if TYPE_CHECKING:
    from course_utils.grading.class_grading import OpenPool

_SUBMISSIONS, _ROUNDS = 10, 2
_MANY, _WORKERS, _SEEDS = 10_000, (1, 2, 4, 8, 16, 32, 64), 5
_LOST_EVERY, _AWAY = 3600.0, 300.0  # seconds: faults such as few clusters have, so that they show


class Timed(NamedTuple):
    """A batch: until each submission was recorded, seconds on the clock and processor seconds of this process."""

    recorded: tuple[float, ...]
    computed: tuple[float, ...]

    @property
    def intervals(self) -> list[float]:
        """Seconds from one submission to the next: a job's duration where one runs at a time."""
        return [after - before for before, after in zip(self.recorded, self.recorded[1:], strict=False)]

    @property
    def judging(self) -> float:
        """Processor seconds of this process for each submission but the first, with which all that starts comes."""
        return (self.computed[-1] - self.computed[0]) / (len(self.computed) - 1)


def cluster_beside_local(folder: Path, lesson: str) -> Iterator[Measured | LeftOut]:
    """Grade one batch by two local jobs and by two Dask workers in turn, and by one worker; then simulate many."""
    name = f"grading-cluster-{lesson[:2]}"
    try:
        from distributed import LocalCluster
    except ImportError:
        yield LeftOut(name, 'Dask is not installed: python -m pip install --editable ".[cluster]"')
        return
    from course_utils.grading.cluster.connecting import pool_at

    _hand_in_all(folder, lesson)
    here, there = [], []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        on_cluster = partial(pool_at, cluster.scheduler_address)
        for _ in range(_ROUNDS):
            here.append(_timed(folder, lesson, jobs=2))
            there.append(_timed(folder, lesson, open_pool=on_cluster))
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        alone = _timed(folder, lesson, open_pool=partial(pool_at, cluster.scheduler_address))
    yield from rows(name, here, there, alone)


def rows(name: str, here: list[Timed], there: list[Timed], alone: Timed) -> Iterator[BenchRatio]:
    """Yield what the measured batches say, and what a simulation makes of them.

    Args:
        here: by two local jobs, the same batch several times.
        there: by two workers, likewise.
        alone: by one worker.
    """
    count = len(alone.recorded)
    local, cluster = (min(timed.recorded[-1] for timed in batches) for batches in (here, there))
    raw = {
        f"seconds, {what} {number}": timed.recorded[-1]
        for what, batches in (("local", here), ("cluster", there), ("one worker", [alone]))
        for number, timed in enumerate(batches, 1)
    }
    yield BenchRatio(
        name,
        60 * count / cluster,
        "submissions a minute by two Dask workers",
        60 * count / local,
        "by two local jobs",
        least=0.9,
        note=f"the best of {len(here)} batches of {count}",
        raw=raw,
    )
    model = ClusterModel(start=max(0.0, alone.recorded[0] - statistics.median(alone.intervals)), judging=alone.judging)
    durations = [statistics.median(alone.intervals), *alone.intervals]  # the first one's is not known apart
    shared = "workers here share their cores; the simulation's have their own"
    points = ((1, alone.recorded[-1], "its durations are this batch's"), (2, cluster, shared))
    for workers, measured, note in points:
        yield BenchRatio(
            f"{name}-simulation-{workers}",
            measured,
            f"seconds measured for {count} on {workers} of this machine's workers",
            makespan(durations, workers, model),
            "simulated",
            least=0.75,
            most=1.5,
            note=note,
        )
    yield from _simulated(name, durations, model)


def _simulated(name: str, durations: list[float], model: ClusterModel) -> Iterator[BenchRatio]:
    """Yield the hours for many submissions, with workers that are lost and without."""
    many = Random(0).choices(durations, k=_MANY)
    faulty = ClusterModel(model.start, model.judging, _LOST_EVERY, _AWAY)
    for workers in _WORKERS:
        hours = [makespan(many, workers, faulty, seed) / 3600 for seed in range(_SEEDS)]
        yield BenchRatio(
            f"{name}-{workers}-workers",
            statistics.mean(hours),
            f"hours simulated for {_MANY} submissions, each worker lost every {_LOST_EVERY / 3600:g} h",
            makespan(many, workers, model) / 3600,
            "without losses",
            most=1.15,
            note=f"{min(hours):.3g} to {max(hours):.3g} over {_SEEDS} seeds; judging alone takes "
            f"{_MANY * model.judging / 3600:.2g}",
        )


def _hand_in_all(folder: Path, lesson: str) -> None:
    right = right_answers(folder, lesson)
    for number in range(_SUBMISSIONS):  # no two of them the same, since the same answers are run once
        hand_in(folder, f"learner{number}", {id: f"# {number}\n{source}" for id, source in right.items()}, lesson)


def _timed(folder: Path, lesson: str, jobs: int = 1, open_pool: "OpenPool | None" = None) -> Timed:
    """Grade the class as if for the first time."""
    from course_utils.grading.class_grading import grade_class

    with copied(folder) as copy:
        began, computed = time.perf_counter(), time.process_time()
        moments = [
            (time.perf_counter() - began, time.process_time() - computed)
            for _ in grade_class(copy, lesson, jobs=jobs, open_pool=open_pool)
        ]
    return Timed(*zip(*moments, strict=True))
