"""``course shots`` runs the browser tests, and their result decides whether it succeeded."""

import os
import subprocess
from pathlib import Path

import pytest

from course_utils.cli import shots
from course_utils.cli.main import run


@pytest.fixture
def tests_end(monkeypatch):
    """Let the tests end with an exit code, and record how they were started."""
    started = []

    def ends(code):
        monkeypatch.setattr(shots, "find_spec", lambda name: name)
        monkeypatch.setattr(
            shots.subprocess,
            "run",
            lambda command, **more: started.append((command, more)) or subprocess.CompletedProcess(command, code),
        )
        return started

    return ends


def test_the_pictures_go_where_they_are_asked_for(tests_end, tmp_path, capsys):
    started = tests_end(0)
    for name in ("map-light.png", "freeze-lab-moving-light.webp", "of-last-year.png"):
        (tmp_path / name).touch()
    os.utime(tmp_path / "of-last-year.png", (0, 0))
    assert run(["shots", "--out", str(tmp_path)]) == 0
    ((command, more),) = started
    assert command[-2:] == ["--shots", str(tmp_path)]
    assert more["env"]["COURSE_REQUIRE_BROWSER"] == "1"
    said = capsys.readouterr().out
    assert "map-light.png" in said
    assert "freeze-lab-moving-light.webp" in said
    assert "of-last-year.png" not in said


def test_every_module_that_takes_pictures_runs(tests_end, tmp_path):
    started = tests_end(0)
    assert run(["shots", "--out", str(tmp_path)]) == 0
    ((command, _),) = started
    names = {Path(part).name for part in command if part.endswith(".py")}
    assert {"test_desk_in_jupyterlab.py", "test_freeze_lab_on_a_page.py", "test_moving_picture.py"} <= names
    assert "test_labs_elsewhere.py" not in names


def test_a_failed_test_is_a_failed_command(tests_end, tmp_path, capsys):
    tests_end(1)
    assert run(["shots", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "A browser test failed" in said
    assert "Fix what failed, then run course shots again" in said


def test_missing_tools_are_named_with_their_fix(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(shots, "find_spec", lambda name: None if name == "playwright" else name)
    assert run(["shots", "--out", str(tmp_path)]) == 1
    assert "playwright is not installed. Fix:" in capsys.readouterr().err
