"""The cluster without one: what travels, what is refused, and the simulation against closed forms."""

import math
import statistics
import sys
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.cli import bench_cluster
from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.execution.graded.jobs import GradedJob, GradedOutcome, GradedQuestion
from course_utils.grading.cluster.makespan import ClusterModel, makespan
from course_utils.grading.cluster.wire import (
    RefusalError,
    RemoteJob,
    job_bytes,
    outcome_bytes,
    read_job,
    read_outcomes,
    refusal_bytes,
)

JOB = GradedJob(
    cells=("x = '\udc80'", "def f(x):\n    return x"),  # half of a surrogate pair, as a notebook's JSON may hold
    questions=(
        GradedQuestion(id="00.e1", upto=2, answer="f", probe="probe:value", inputs={"a": [1, None]}, seconds=5),
    ),
)
GRADE = ["class", "grade", "02_feature_extraction"]


def test_a_job_arrives_as_it_was_sent() -> None:
    asked = RemoteJob(JOB, {"00.e1/x": np.arange(3.0)}, ("math",), "batch", {"keras": "3"})
    found = read_job(job_bytes(asked))
    assert (found.job, found.modules, found.batch, found.versions) == (JOB, ("math",), "batch", {"keras": "3"})
    np.testing.assert_array_equal(found.arrays["00.e1/x"], np.arange(3.0))


def test_arrays_that_only_a_pickle_can_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        read_job(job_bytes(RemoteJob(JOB, {"x": np.array([print], dtype=object)}, (), "", {})))


def test_outcomes_arrive_as_they_were_sent_and_a_refusal_is_none() -> None:
    outcomes = [
        GradedOutcome(question="00.e1", status="answered", text='"\udc80"', arrays=b"\x00\xff", seconds=0.5),
        GradedOutcome(question="00.k1", status="raised", error="NameError"),
    ]
    assert read_outcomes(outcome_bytes(outcomes)) == outcomes
    assert read_outcomes(outcome_bytes([])) == []
    with pytest.raises(RefusalError, match=r"^No sandbox\.$"):
        read_outcomes(refusal_bytes("No sandbox."))


@pytest.mark.parametrize(("jobs", "workers"), [(1, 1), (100, 1), (100, 7), (3, 64)])
def test_equal_jobs_take_as_many_rounds_as_they_need(jobs: int, workers: int) -> None:
    model = ClusterModel(start=5.0)
    assert makespan([2.0] * jobs, workers, model) == pytest.approx(5 + 2 * math.ceil(jobs / workers))


def test_one_process_that_judges_limits_what_many_workers_gain() -> None:
    model = ClusterModel(judging=0.5)
    assert makespan([2.0] * 100, 1, model) == pytest.approx(200.5)
    assert makespan([2.0] * 100, 100, model) == pytest.approx(52)


def test_lost_workers_cost_what_theory_says() -> None:
    # A job of d seconds on a worker that is lost with rate r and away for a: (1 / r + a) (exp(r d) - 1) on average.
    model = ClusterModel(between_losses=20.0, absence=7.0)
    spent = statistics.mean(makespan([10.0] * 100, 1, model, seed) for seed in range(40))
    assert spent == pytest.approx(100 * (20 + 7) * (math.exp(0.5) - 1), rel=0.03)
    assert makespan([10.0] * 100, 1, model, 1) == makespan([10.0] * 100, 1, model, 1)


def test_the_bench_compares_throughput_and_simulates_from_what_one_worker_took() -> None:
    timed = bench_cluster.Timed
    alone = timed((7.0, 9.0, 11.0, 13.0), computed=(1.0, 1.25, 1.5, 1.75))
    ratio, one, two, *many = bench_cluster.rows("c", [timed((8.0,), ())], [timed((10.0,), ())], alone)
    assert (ratio.ratio, ratio.reached) == (pytest.approx(0.8), False)
    assert (one.second, two.second) == (13.25, 9.5)
    assert many[0].second == pytest.approx((5 + 2 * 10_000 + 0.25) / 3600)
    assert many[-1].second == pytest.approx((5 + 2 + 0.25 * 10_000) / 3600)  # as fast as they are judged
    assert all(row.ratio > 1 for row in many[:3])


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run([*GRADE, *arguments])
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    return code, said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scheduler", "tcp://a:1", "--unsafe"], "--unsafe is for this machine alone"),
        (["--scheduler", "tcp://a:1", "--jobs", "2"], "--scheduler leaves no choice"),
        (["--scheduler", "tcp://a:1", "--dask", "slurm"], "--scheduler leaves no choice"),
        (["--dask", "slurm"], "--jobs 8"),
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = refused(capsys, *arguments)
    assert code == 2
    assert said in error


def test_without_dask_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, error = refused(capsys, "--scheduler", "tcp://127.0.0.1:8786")
    assert code == 1
    assert "[cluster]" in error


@pytest.mark.parametrize(
    "address", ["", "nonsense", "tcp://127.0.0.1", "foo://127.0.0.1:1", "tls://127.0.0.1:1", "tcp://127.0.0.1:1"]
)
def test_an_address_without_a_scheduler_is_a_sentence(address: str) -> None:
    dask = pytest.importorskip("dask")
    from course_utils.grading.cluster.connecting import pool_at

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "0.5s"}),
        pytest.raises(CourseError, match="No Dask scheduler answers") as refusal,
        pool_at(address, ()),
    ):
        pytest.fail("it has connected")
    assert "\n" not in str(refusal.value)


def test_a_scheduler_without_workers_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    from course_utils.grading.cluster import connecting

    monkeypatch.setattr(connecting, "_WAIT_SECONDS", 0.1)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, dashboard_address=None, host="127.0.0.1", protocol="tcp"
        ) as cluster,
        pytest.raises(CourseError, match="has no workers"),
        connecting.pool_at(cluster.scheduler_address, ()),
    ):
        pytest.fail("it has found a worker")


def test_a_cluster_of_ones_own_is_scaled_and_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    distributed = pytest.importorskip("distributed")
    from course_utils.grading.cluster.connecting import pool_started_by

    made = []
    local = {"processes": False, "dashboard_address": None, "host": "127.0.0.1", "protocol": "tcp"}

    def start() -> object:
        made.append(distributed.LocalCluster(n_workers=0, threads_per_worker=1, **local))
        return made[0]

    monkeypatch.setitem(sys.modules, "dask_jobqueue", SimpleNamespace(SLURMCluster=start))
    with pool_started_by("slurm", 1, ()) as pool:
        assert pool.slots == 1
    assert made[0].status.name == "closed"
    assert "Waiting for the first worker from slurm." in capsys.readouterr().err


def test_a_cluster_that_can_not_be_started_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from course_utils.grading.cluster.connecting import pool_started_by

    monkeypatch.setitem(sys.modules, "dask_kubernetes", None)
    with pytest.raises(CourseError, match="pip install dask-kubernetes"), pool_started_by("kubernetes", 1, ()):
        pytest.fail("it has started")

    def start() -> None:
        raise ValueError("You must specify how many cores")

    monkeypatch.setitem(sys.modules, "dask_jobqueue", SimpleNamespace(SLURMCluster=start))
    with pytest.raises(CourseError, match="Correct Dask's settings"), pool_started_by("slurm", 1, ()):
        pytest.fail("it has started")


def test_a_job_that_no_worker_survives_is_the_infrastructures_fault_in_every_question() -> None:
    distributed = pytest.importorskip("distributed")
    from course_utils.grading.cluster.cluster_pool import ClusterPool

    class Lost:
        def add_done_callback(self, call: Callable[["Lost"], None]) -> None:
            call(self)

        def result(self) -> list[bytes]:
            raise distributed.KilledWorker("job", None, 3)

    client = SimpleNamespace(submit=lambda run, sent, pure: Lost())
    (outcome,) = ClusterPool(client, ()).submit(JOB, {}).result(timeout=5)
    assert (outcome.question, outcome.status) == ("00.e1", "infrastructure")
