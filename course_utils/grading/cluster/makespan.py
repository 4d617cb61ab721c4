"""How long a batch takes on a cluster: a simulation of its events, from durations that were measured.

Jobs are handed in order to whichever worker is free. A worker that is lost takes its job with it, which another one
begins again, and comes back after a while. What comes back is judged by one process, one submission after another.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class ClusterModel:
    """What a batch costs besides its jobs.

    Attributes:
        start: seconds until a worker runs its first job, also after it has come back.
        judging: seconds of the one process that judges, for each submission.
        between_losses: mean seconds until a worker is lost, exponentially distributed; infinite if none ever is.
        absence: seconds until a lost worker is back.
    """

    start: float = 0.0
    judging: float = 0.0
    between_losses: float = float("inf")
    absence: float = 0.0


def makespan(durations: Sequence[float], workers: int, model: ClusterModel, seed: int = 0) -> float:
    """Return the seconds until the last of these jobs is judged.

    Args:
        durations: of the jobs, in seconds, in the order in which they are handed out.
        seed: decides when workers are lost.
    """
    random = Random(seed)

    def lost_after() -> float:
        return random.expovariate(1 / model.between_losses) if model.between_losses < float("inf") else float("inf")

    waiting = list(reversed(durations))
    free = [(model.start, lost_after()) for _ in range(workers)]  # since when each worker is, and when it will be lost
    heapq.heapify(free)
    again: list[tuple[float, float]] = []  # when a lost job is known to be lost, and its duration
    finished: list[float] = []
    while waiting or again:
        now, lost = heapq.heappop(free)
        if again and again[0][0] <= now:
            _, duration = heapq.heappop(again)
        elif waiting:
            duration = waiting.pop()
        else:  # nothing to do before a job is known to be lost
            heapq.heappush(free, (again[0][0], lost))
            continue
        if now + duration <= lost:
            finished.append(now + duration)
            heapq.heappush(free, (now + duration, lost))
        else:
            ended = max(now, lost)
            heapq.heappush(again, (ended, duration))
            back = lost + model.absence + model.start
            heapq.heappush(free, (max(ended, back), max(ended, back) + lost_after()))
    judged = 0.0
    for moment in sorted(finished):
        judged = max(judged, moment) + model.judging
    return judged
