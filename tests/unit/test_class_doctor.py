"""``course class doctor``: what protects the machine on which a class is graded."""

import json
from pathlib import Path

import pytest
from sandboxed import skip_without_sandbox

from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.execution.sandbox.attempts import ATTEMPTS
from course_utils.grading import learners_sandbox
from course_utils.grading.classroom import CONFIG


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / CONFIG).write_text("")
    (tmp_path / "source").mkdir()
    return tmp_path


def test_every_protection_is_named_and_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skip_without_sandbox()
    assert run(["class", "doctor", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(ATTEMPTS) + 2
    assert not [line for line in lines if line.startswith("FAILED")]
    assert "held    find secrets" in "\n".join(lines)


def test_a_hole_fails(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    skip_without_sandbox()
    monkeypatch.setattr(learners_sandbox, "models_folder", lambda: folder)  # so it is bound at /models
    monkeypatch.setattr(learners_sandbox, "_MODELS", folder)
    assert run(["class", "doctor", str(folder), "--json"]) == 1
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert not found["find secrets"]["held"]
    assert str(folder) in found["find secrets"]["said"]


def test_without_a_sandbox_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise CourseError("bubblewrap is not installed. Install it: apt install bubblewrap")

    monkeypatch.setattr(learners_sandbox, "require_sandbox", refuse)
    assert run(["class", "doctor"]) == 1
    assert capsys.readouterr().out.startswith("FAILED  sandbox")


def test_another_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["class", "doctor", str(tmp_path)]) == 1
    assert "is not a class folder" in capsys.readouterr().err
