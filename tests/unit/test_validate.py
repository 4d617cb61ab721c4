"""Headless validation: what passes, what fails, how it is reported, and that nothing is left behind."""

import errno
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import psutil
import pytest

from course_utils.authoring import build as builder
from course_utils.errors import CourseError
from course_utils.execution import notebooks, papermill_engine
from course_utils.execution.forked import IS_POSSIBLE
from course_utils.execution.kernel import _refuse_network
from course_utils.validation import profiles
from course_utils.validation import validate as validator
from course_utils.validation.report import as_html, as_junit
from course_utils.validation.results import CellResult, Failure, NotebookResult, Validation

DEMO = Path(__file__).parents[1] / "demo_course"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one tiny lesson, derived."""
    root = shutil.copytree(DEMO, tmp_path / "a course with spaces, ÄÖ")
    builder.build(root)
    return root


def add_cell(course: Path, code: str) -> None:
    source = course / "solutions" / "01_doubling.py"
    source.write_text(source.read_text(encoding="utf-8") + f"\n# %%\n{code}\n", encoding="utf-8")
    builder.build(course)


def test_a_good_lesson_passes_and_is_reported(course: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    found = validator.validate(course, ["01"], profile="laptop", jobs=2, report=folder, seed=7)
    assert found.passed
    assert [(r.version, r.outcome) for r in found.results] == [("solution", "passed"), ("learner", "passed")]

    data = json.loads((folder / "report.json").read_bytes())
    assert data["passed"] is True
    assert data["parameters"] == {"PROFILE": "laptop", "SEED": 7}
    assert all(20 < cell["peak_mb"] < 2000 for result in data["results"] for cell in result["cells"])
    suites = ElementTree.parse(folder / "junit.xml").getroot()
    assert {suite.get("failures") for suite in suites} == {"0"}
    assert "all passed" in (folder / "report.html").read_text(encoding="utf-8")

    learner = nbformat.read(folder / "notebooks" / "01_doubling.learner.ipynb", as_version=4)
    said = "".join(o.get("text", "") for c in learner.cells if c.cell_type == "code" for o in c.outputs)
    assert "PROFILE='laptop' SEED=7" in said
    assert "not answered yet" in said
    assert not list((course / "lessons").glob(".*"))


def test_a_failing_cell_is_shown_with_lesson_cell_source_and_last_lines(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_cell(course, "raise ValueError('\\x1b[31mthe reason\\x1b[0m')")
    add_cell(course, "print('never reached')")
    found = validator.validate(course, profile="laptop", jobs=2, report=tmp_path)
    assert not found.passed
    assert len(found.results) == 2
    for result in found.results:
        assert result.outcome == "failed"
        assert result.failure is not None
        assert "raise ValueError" in result.failure.source
        assert result.failure.last_lines.endswith("ValueError: the reason")
        assert [cell.state for cell in result.cells][-2:] == ["failed", "not run"]
    said = capsys.readouterr().err
    assert "01_doubling, learner, cell 10 (" in said
    assert "> ValueError: the reason" in said
    assert "ValueError: the reason" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_solution_that_fails_its_hidden_test_fails_alone(course: Path) -> None:
    source = course / "solutions" / "01_doubling.py"
    source.write_text(source.read_text(encoding="utf-8").replace('answer = "haha"', 'answer = "ha"'))
    found = {result.version: result for result in validator.validate(course, profile="laptop", jobs=2).results}
    assert found["learner"].passed
    assert found["solution"].failure is not None
    assert found["solution"].failure.cell == "words-check"


@pytest.mark.parametrize(
    ("cell", "versions"),
    [
        ("print(1)", {"solution": "passed"}),
        ("double(2)", {"solution": "passed", "learner": "passed"}),
        ("double(2).bit_length()", {"solution": "passed", "learner": "failed"}),  # the empty answer returns nothing
    ],
)
def test_in_smoke_a_learners_version_runs_where_a_cell_uses_an_answer(
    course: Path, cell: str, versions: dict[str, str]
) -> None:
    add_cell(course, cell)
    found = validator.validate(course, profile="smoke", jobs=2)
    assert {result.version: result.outcome for result in found.results} == versions


def executed(code: str, tmp_path: Path, timeout: float = 60, **options) -> tuple[nbformat.NotebookNode, str]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    return notebooks.execute(notebook, tmp_path, {}, cell_timeout=timeout, **options)


def test_a_notebook_keeps_to_the_cores_that_it_is_given(tmp_path: Path) -> None:
    code = "import os; assert os.environ['TF_NUM_INTRAOP_THREADS'] == os.environ['OMP_NUM_THREADS'] == '3'"
    notebook, outcome = executed(code, tmp_path, cores=3)
    assert outcome == "passed", notebook.cells[0].outputs


def test_the_network_is_out_of_reach_and_the_loopback_is_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"""
import socket, urllib.request
socket.create_connection(("127.0.0.1", {server.getsockname()[1]})).close()
socket.getaddrinfo("localhost", 80)
def blocked(reach):
    try:
        reach()
    except OSError as error:
        assert "without a network" in str(error), error
    else:
        raise AssertionError("it was reached")
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
blocked(lambda: urllib.request.urlopen("http://example.org"))
blocked(lambda: socket.create_connection(("192.0.2.1", 80), timeout=5))
blocked(lambda: socket.gethostbyname("example.org"))
blocked(lambda: udp.sendto(b"", ("192.0.2.1", 53)))
blocked(lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80)))
"""
        notebook, outcome = executed(code, tmp_path)
    assert outcome == "passed", notebook.cells[0].outputs


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", b"127.1.2.3", None, ""])
def test_these_hosts_are_the_loopback(host: object) -> None:
    _refuse_network("socket.getaddrinfo", (host, 80, 0, 0, 0))


def test_a_cell_that_never_ends_is_stopped_in_time(tmp_path: Path) -> None:
    notebook, outcome = executed("while True: pass", tmp_path, timeout=1)
    assert outcome == "timed out"
    assert notebook.cells[0].metadata.papermill.status == "failed"
    assert not papermill_engine._live


def test_a_kernel_that_dies_is_a_crash_and_leaves_no_child(tmp_path: Path) -> None:
    code = """
import os, pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path("child").write_text(str(child.pid))
os.abort()
"""
    notebook, outcome = executed(code, tmp_path)
    assert outcome == "crashed"
    assert "Fatal Python error: Aborted" in notebook.cells[0].outputs[0].text
    assert gone(int((tmp_path / "child").read_text()))


def gone(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        process.wait(timeout=10)
    except (psutil.NoSuchProcess, psutil.TimeoutExpired):
        pass
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_memory_is_metered(tmp_path: Path) -> None:
    notebook, _ = executed("block = bytearray(300_000_000)\nfor i in range(20): sum(block[:1_000_000])", tmp_path)
    assert notebook.cells[0].metadata.papermill.peak_mb > 300


def test_a_full_disk_ends_it_without_a_report(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_up(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(notebooks.nbformat, "write", fill_up)
    with pytest.raises(OSError, match="No space left"):
        validator.validate(course, report=tmp_path / "reports")
    assert list((tmp_path / "reports").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_ctrl_c_kills_the_kernels_and_writes_no_report(course: Path, tmp_path: Path) -> None:
    marker, reports = tmp_path / "running", tmp_path / "reports"
    endless = f"pathlib.Path({str(marker)!r}).write_text(str(os.getpid()))\nwhile True: pass"
    add_cell(course, f"import os, pathlib\n{endless}")
    code = (
        "from pathlib import Path; from course_utils.validation.validate import validate; "
        f"validate(Path({str(course)!r}), report=Path({str(reports)!r}))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts its background jobs, and a test run may be one, with Ctrl-C ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        wait_until(lambda: marker.exists() and marker.read_text() != "")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert "KeyboardInterrupt" in said
    assert gone(int(marker.read_text()))
    assert list(reports.iterdir()) == []
    assert "crashed" not in said


linux_alone = pytest.mark.skipif(not IS_POSSIBLE, reason="forks kernels, which Linux alone does safely")


@linux_alone
def test_a_kernel_comes_with_keras_and_without_its_runtime_and_can_train(tmp_path: Path) -> None:
    code = """
import sys
assert {"keras", "tensorflow", "sklearn", "matplotlib"} <= set(sys.modules)
from tensorflow.python.eager import context
assert context._context is None or not context._context._initialized
import keras, numpy as np, threadpoolctl
assert {pool["num_threads"] for pool in threadpoolctl.threadpool_info()} == {2}
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((4, 3)), np.ones(4), verbose=0)
"""
    notebook, outcome = executed(code, tmp_path, cores=2)
    assert outcome == "passed", notebook.cells[0].outputs


@linux_alone
def test_a_kernel_ends_when_what_started_it_is_killed(tmp_path: Path) -> None:
    marker = tmp_path / "running"
    cell = f"import os, pathlib; pathlib.Path({str(marker)!r}).write_text(str(os.getpid()))\nwhile True: pass"
    code = (
        "import nbformat; from pathlib import Path; from course_utils.execution.notebooks import execute; "
        f"notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell({cell!r})]); "
        f"execute(notebook, Path({str(tmp_path)!r}), {{}}, cell_timeout=600)"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        wait_until(lambda: marker.exists() and marker.read_text() != "")
    finally:
        process.kill()
        process.wait()
    assert gone(int(marker.read_text()))


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    tick = threading.Event()
    while not true():
        assert time.monotonic() < deadline
        tick.wait(0.05)


@pytest.mark.slow
def test_papermill_nbconvert_and_nbmake_run_a_lesson_without_the_courses_commands(course: Path, tmp_path: Path) -> None:
    lesson = course / "lessons" / "01_doubling.ipynb"
    commands = [
        ["papermill", lesson, tmp_path / "out.ipynb", "-p", "PROFILE", "smoke"],
        ["jupyter", "nbconvert", "--to", "notebook", "--execute", lesson, "--output-dir", tmp_path],
        ["pytest", "-q", "--nbmake", "-p", "no:cacheprovider", "--rootdir", course, lesson],
    ]
    running = [
        subprocess.Popen([sys.executable, "-m", *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for command in commands
    ]
    for process in running:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lessons": ["07"]}, "no lesson '07'"),
        ({"profile": "huge"}, "no profile 'huge'. The profiles are: smoke, laptop, real, gpu"),
        ({"profile": "real"}, "real needs photographs: name a folder with one sub-folder of them per class (--dataset"),
        ({"jobs": 0}, "jobs=0"),
        ({"backbone": "resnet"}, "no backbone 'resnet'. They are: embedded, "),
        ({"dataset": "nowhere"}, "no dataset 'nowhere', and no such folder. They are: "),
    ],
)
def test_a_wrong_argument_is_one_sentence(
    course: Path, options: dict, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSE_REAL_ASSETS", raising=False)
    with pytest.raises(CourseError) as caught:
        validator.validate(course, **options)
    assert said in str(caught.value)


def test_a_folder_of_pictures_is_passed_on_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    found = validator._parameters("laptop", None, "embedded-glyphs", "my pictures")
    assert found == {"PROFILE": "laptop", "BACKBONE": "embedded-glyphs", "DATASET": str(tmp_path / "my pictures")}


@pytest.mark.parametrize(
    ("options", "backbone", "dataset"),
    [
        ({}, "efficientnet_lite0", "assets/ants_bees"),
        ({"backbone": "mobilenet_v2", "dataset": "mine"}, "mobilenet_v2", "mine"),
    ],
)
def test_the_profile_real_names_a_real_network_and_photographs(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict, backbone: str, dataset: str
) -> None:
    for folder in ("assets/ants_bees", "mine"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_REAL_ASSETS", str(tmp_path / "assets"))
    found = validator.validate(course, profile="real", **options)
    assert found.passed
    assert found.parameters == {"PROFILE": "real", "BACKBONE": backbone, "DATASET": str(tmp_path / dataset)}
    assert {result.allowed_seconds for result in found.results} == {profiles.PROFILES["real"].lesson_seconds}


def test_photographs_that_are_not_there_are_named(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_REAL_ASSETS", str(tmp_path))
    with pytest.raises(CourseError, match=r"no dataset '.*ants_bees', and no such folder"):
        validator.validate(course, profile="real")


def test_a_lesson_that_was_not_built_names_the_command(course: Path) -> None:
    (course / "lessons" / "01_doubling.ipynb").unlink()
    with pytest.raises(CourseError, match="course build"):
        validator.validate(course)


HOSTILE = "<script>alert('&')</script>\x00\x1b]]>"


def validation(*results: NotebookResult) -> Validation:
    return Validation({"PROFILE": "smoke"}, 1.0, list(results))


def failed() -> NotebookResult:
    cell = CellResult("a", 3, "failed", 1.0, 100.0)
    return NotebookResult("01_x", "learner", "failed", 1.0, 100.0, [cell], Failure("a", 3, HOSTILE, HOSTILE), [HOSTILE])


def test_reports_hold_whatever_a_cell_wrote(tmp_path: Path) -> None:
    html = as_html(validation(failed()))
    assert "<script>" not in html
    assert "http" not in html
    ((suite,),) = [list(ElementTree.fromstring(as_junit(validation(failed()))))]
    assert suite.get("failures") == "1"
    assert "<script>" in suite.find("testcase/failure").text


def test_a_lesson_over_its_budget_gets_a_warning_and_passes() -> None:
    smoke, cells = profiles.PROFILES["smoke"], [CellResult("a", 3, "passed", 30.5, 2100.0)]
    slow = NotebookResult("01_x", "learner", "passed", 31.0, 2100.0, cells, allowed_seconds=smoke.allowed(60))
    warnings = validator._over_budget(slow, smoke)
    assert [w.split(";")[0] for w in warnings] == ["took 31 s", "cell 3 (a) took 30 s", "held 2100 MB"]
    assert slow.passed


def test_a_lesson_that_announces_more_seconds_may_take_more_in_every_profile() -> None:
    assert [profiles.PROFILES[name].allowed(120) for name in ("smoke", "laptop")] == [40, 120]
    assert [profiles.PROFILES[name].allowed(20) for name in ("smoke", "laptop")] == [30, 90]
