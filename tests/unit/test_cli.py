"""The command line: help with an example for each command, and every error one sentence with a fix."""

import errno
import json
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from course_utils import checkout, files
from course_utils.cli import jupyterlab_server as lab
from course_utils.cli import main
from course_utils.errors import CourseError

COMMANDS = [["lab"], ["doctor"], ["build"], ["validate"], ["class", "init"], ["pretrain"], ["bench"], ["advise"]]


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let ``course doctor`` end with ``error``."""

    def broken() -> None:
        raise error

    monkeypatch.setattr("course_utils.doctor.run_checks", broken)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_a_help_with_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([*command, "--help"]) == 0
    assert f"Example: course {' '.join(command)}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lob"], "No such command 'lob'. Did you mean 'lab'? See: course --help"),
        (["doctor", "--jsno"], "No such option: --jsno"),
        (["lab", "--workspace"], "requires an argument"),
        (["doctor", "me"], "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            CourseError("No dataset 'x'. The datasets are: shapes."),
            "No dataset 'x'. The datasets are: shapes.",
        ),
        (
            OSError(errno.ENOSPC, "No space left", "/tmp/a file"),
            "The disk is full: /tmp/a file could not be written",
        ),
        (
            OSError(errno.EROFS, "Read-only file system", "/c/x"),
            "/c/x cannot be used (Read-only file system)",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/c/x"),
            "Change its permissions, or name another",
        ),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "/c/x"),
            "/c/x: No such file or directory.",
        ),
        (MemoryError(), "not enough free memory"),
        (TypeError("bad"), "The course itself failed (TypeError: bad). Run 'course doctor'"),
    ],
)
def test_an_error_is_one_line_without_a_traceback(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COURSE_DEBUG", raising=False)
    fail_with(monkeypatch, error)
    assert main.run(["doctor"]) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1


def test_a_maintainer_can_ask_for_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_DEBUG", "1")
    fail_with(monkeypatch, TypeError("bad"))
    assert main.run(["doctor"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_is_exit_code_130_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(monkeypatch, KeyboardInterrupt())
    assert main.run(["doctor"]) == 130
    assert capsys.readouterr().err == "Stopped. Nothing was left half-written.\n"


def test_the_library_without_the_course_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkout, "__file__", str(tmp_path / "course_utils" / "checkout.py"))
    with pytest.raises(CourseError, match="Clone the course's repository"):
        checkout.find_checkout()


def test_a_port_that_is_in_use_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(lab, "FIRST_PORT", taken.getsockname()[1])
        assert lab.free_port() != taken.getsockname()[1]


def test_jupyterlab_opens_the_notebook_in_a_folder_with_spaces_and_accents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = tmp_path / "mes leçons à moi"
    workspace.mkdir()
    (workspace / "00_start_here.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    statuses = []

    def visit(message: str) -> None:
        url = next(word for word in message.split() if word.startswith("http://127.0.0.1:"))
        for address in (url, url.replace("/lab/tree/", "/api/contents/")):
            with urllib.request.urlopen(address, timeout=30) as answer:
                statuses.append(answer.status)
        raise KeyboardInterrupt  # what Ctrl-C does to the wait that follows

    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "no settings"))
    assert lab.serve(workspace, "00_start_here.ipynb", browser=False, say=visit) == 0
    assert statuses == [200, 200]


def test_a_jupyterlab_that_cannot_start_points_at_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "SETTINGS", ["--no-such-option"])
    with pytest.raises(CourseError, match=lab.LOG):
        lab.serve(tmp_path, "00_start_here.ipynb", browser=False)


@pytest.mark.parametrize("command", [["pretrain", "embedded", "--out"], ["validate", "--report"]], ids=lambda c: c[0])
def test_a_long_run_does_not_start_where_its_result_cannot_be_written(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a file").write_text("")
    assert main.run([*command, str(tmp_path / "a file")]) == 1
    assert "a file is a file" in capsys.readouterr().err

    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.tempfile, "TemporaryFile", full)
    assert main.run([*command, str(tmp_path / "new" / "folder")]) == 1
    assert f"{tmp_path} cannot be written (No space left on device)" in capsys.readouterr().err


def test_the_result_of_validate_decides_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from course_utils.validation import validate
    from course_utils.validation.results import NotebookResult, Validation

    asked = {}

    def stand_in(root: Path, lessons: list[str], **options: object) -> Validation:
        asked.update(options, lessons=lessons)
        outcome = "passed" if lessons == ["00"] else "failed"
        return Validation({}, 3.0, [NotebookResult("00_start_here", "solution", outcome, 3.0, 800.0)])

    monkeypatch.setattr(validate, "validate", stand_in)
    assert main.run(["validate", "00", "--profile", "laptop", "--jobs", "2", "--seed", "3"]) == 0
    assert (asked["profile"], asked["jobs"], asked["seed"]) == ("laptop", 2, 3)
    assert "1 of 1 notebooks passed" in capsys.readouterr().out
    assert main.run(["validate", "02", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["passed"] is False
    assert main.run(["validate", "--profile", "desktop"]) == 2
    assert "'smoke', 'laptop', 'real', 'gpu'" in capsys.readouterr().err


def test_build_writes_and_check_lists_what_is_stale_or_unfit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from course_utils.authoring import build
    from course_utils.authoring.gates import examine
    from course_utils.authoring.gates.subject import Finding

    found: list[Finding] = []

    def stand_in(root: Path, on_progress: Callable[[int, int], None]) -> list[examine.Examination]:
        on_progress(1, 1)
        return [examine.Examination("02_x", "18 of 18 points", tuple(found))]

    monkeypatch.setattr(examine, "examine", stand_in)
    stale = ["lessons/02_feature_extraction.ipynb"]
    monkeypatch.setattr(build, "stale", lambda root: stale)
    monkeypatch.setattr(build, "build", lambda root: [root / name for name in stale])
    assert main.run(["build", "--check"]) == 1
    assert "stale: lessons/02_feature_extraction.ipynb" in capsys.readouterr().out
    assert main.run(["build"]) == 0
    assert capsys.readouterr().out == f"wrote {Path(stale[0])}\n"
    stale.clear()
    assert main.run(["build", "--check"]) == 0
    assert "02_x: 18 of 18 points\n" in capsys.readouterr().out
    found.append(Finding("02_x", "02.e1", "it serves no objective."))
    assert main.run(["build", "--check"]) == 1
    assert "failed: 02_x, 02.e1: it serves no objective.\n" in capsys.readouterr().out
