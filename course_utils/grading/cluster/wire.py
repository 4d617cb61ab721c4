"""What travels between the grader and a worker: JSON and arrays as bytes, no code and no pickle.

A job says nothing about whose work it is or what is right: a worker gets what a sandbox on this machine gets.
"""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_utils.execution.graded.frames import FrameReader, packed
from course_utils.execution.graded.jobs import GradedJob, GradedOutcome


class RemoteJob(NamedTuple):
    """A job for a worker.

    Attributes:
        job: what is to be run.
        arrays: its inputs that are arrays, named ``question/name``.
        modules: what the sandbox's parent imports.
        batch: names the run of the grader that asks.
        versions: what must be the same on the worker, and the grader's version of each.
    """

    job: GradedJob
    arrays: Mapping[str, NDArray[Any]]
    modules: tuple[str, ...]
    batch: str
    versions: Mapping[str, str]


class RefusalError(Exception):
    """A worker can't do any job of this grader's; its message is a sentence for the user."""


def job_bytes(asked: RemoteJob) -> bytes:
    """Return a job as it is sent."""
    arrays = BytesIO()
    np.savez(arrays, **dict[str, Any](asked.arrays))
    header = {
        "job": asked.job.model_dump(),
        "modules": asked.modules,
        "batch": asked.batch,
        "versions": dict(asked.versions),
    }
    return packed(header, arrays.getvalue())


def read_job(sent: bytes) -> RemoteJob:
    """Return a job that was sent by ``job_bytes``."""
    (frame,) = FrameReader().feed(sent)
    with np.load(BytesIO(frame.payload), allow_pickle=False) as arrays:
        return RemoteJob(
            GradedJob.model_validate(frame.header["job"]),
            dict(arrays),
            tuple(frame.header["modules"]),
            frame.header["batch"],
            frame.header["versions"],
        )


def outcome_bytes(outcomes: Sequence[GradedOutcome]) -> list[bytes]:
    """Return outcomes as they are sent back: of each its JSON, then the bytes of its npz file."""
    # Not pydantic's JSON, which refuses half of a surrogate pair, and an untrusted process may have written one.
    return [
        part
        for outcome in outcomes
        for part in (json.dumps(outcome.model_dump(exclude={"arrays"})).encode(), outcome.arrays)
    ]


def refusal_bytes(sentence: str) -> list[bytes]:
    """Return a worker's refusal as it is sent back."""
    return [sentence.encode()]


def read_outcomes(sent: Sequence[bytes]) -> list[GradedOutcome]:
    """Return what a worker has sent back.

    Raises:
        RefusalError: that is a refusal.
    """
    if len(sent) == 1:
        raise RefusalError(sent[0].decode())
    return [
        GradedOutcome(**json.loads(text), arrays=arrays) for text, arrays in zip(sent[::2], sent[1::2], strict=True)
    ]
