"""``course shots`` runs the browser tests, and their result decides whether it succeeded."""

import subprocess

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
    (tmp_path / "map-light.png").touch()
    assert run(["shots", "--out", str(tmp_path)]) == 0
    ((command, more),) = started
    assert command[-2:] == ["--shots", str(tmp_path)]
    assert more["env"]["COURSE_REQUIRE_BROWSER"] == "1"
    assert "map-light.png" in capsys.readouterr().out


def test_a_failed_test_is_a_failed_command(tests_end, tmp_path, capsys):
    tests_end(1)
    assert run(["shots", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "A browser test of the labs failed" in said
    assert "Fix what failed, then run course shots again" in said


def test_missing_tools_are_named_with_their_fix(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(shots, "find_spec", lambda name: None if name == "playwright" else name)
    assert run(["shots", "--out", str(tmp_path)]) == 1
    assert "playwright is not installed. Fix:" in capsys.readouterr().err
