"""Where there is no sandbox, the same executor still loses one question to a crash and leaves nothing running."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sandboxed import PROBE

import course_utils
from course_utils.execution.graded.executor import GradedExecutor
from course_utils.execution.graded.jobs import GradedJob, GradedOutcome, GradedQuestion
from course_utils.execution.sandbox.unconfined import Unconfined

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows can't fork")

ENDING = "def last():\n    return 'still here'"
DETACH = """
def first():
    import os, signal
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open("left", "w").close()
            signal.pause()
        os._exit(0)
    return os.getppid()
"""


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GradedExecutor]:
    probes = tmp_path_factory.mktemp("probes")
    (probes / "probe.py").write_text(PROBE)
    library = Path(course_utils.__file__).parents[1]
    with GradedExecutor(Unconfined({"PYTHONPATH": f"{library}:{probes}"})) as executor:
        yield executor


def outcomes(executor: GradedExecutor, cell: str, seconds: float = 5) -> list[GradedOutcome]:
    asked = [GradedQuestion(id=a, upto=2, answer=a, probe="probe:value", seconds=seconds) for a in ("first", "last")]
    return executor.run(GradedJob(cells=(cell, ENDING), questions=tuple(asked)))


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("def first():\n    return 1", "answered"),
        ("def first():\n    import os; os._exit(0)", "crashed"),
        ("def first():\n    import ctypes; ctypes.string_at(0)", "crashed"),
        ("def first():\n    while True:\n        try: pass\n        except BaseException: pass", "timed out"),
        ("def first(:", "raised"),
    ],
)
def test_one_question_costs_no_other(executor: GradedExecutor, cell: str, status: str) -> None:
    first, last = outcomes(executor, cell, seconds=0.7)
    assert first.status == status, first.error
    assert (last.status, json.loads(last.text)) == ("answered", "still here")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody adopts what is detached")
def test_what_is_detached_is_ended_and_what_is_written_is_removed(executor: GradedExecutor) -> None:
    first, last = outcomes(executor, DETACH)
    parent = psutil.Process(json.loads(first.text))
    assert last.status == "answered"
    assert parent.children(recursive=True) == []
    assert [*Path(parent.cwd()).iterdir()] == []


def test_its_parent_ends_with_it(tmp_path: Path) -> None:
    (tmp_path / "probe.py").write_text(PROBE)
    library = Path(course_utils.__file__).parents[1]
    with GradedExecutor(Unconfined({"PYTHONPATH": f"{library}:{tmp_path}"})) as executor:
        (found, _) = outcomes(executor, "def first():\n    import os\n    return [os.getppid(), os.getcwd()]")
        parent, scratch = json.loads(found.text)
        assert psutil.pid_exists(parent)
    assert not psutil.pid_exists(parent)
    assert not Path(scratch).exists()
