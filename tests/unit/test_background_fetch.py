"""The offer to fetch real networks when the course is first opened: asked once, and never waited for."""

import subprocess
from pathlib import Path

import pytest

from course_utils.cli import background_fetch
from course_utils.pretrained.lock import locked_models


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were started, in an empty store; none is run."""
    commands: list[list[str]] = []

    def start(command: list[str], **options: object) -> None:
        assert options["start_new_session"]
        commands.append(command)

    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(subprocess, "Popen", start)
    return commands


def test_the_offer_says_how_much_and_starts_one_process(started: list[list[str]], tmp_path: Path) -> None:
    asked: list[str] = []
    said: list[str] = []
    background_fetch.offer(lambda question: not asked.append(question), said.append)
    megabytes = sum(m.wheels[0].bytes for m in locked_models().values() if not m.installed) / 1e6
    assert f"({megabytes:.0f} MB)" in asked[0]
    assert [command[-3:] for command in started] == [["models", "fetch", "--small"]]
    assert str(tmp_path / "models" / "fetch.log") in said[0]


@pytest.mark.parametrize("ask", [None, lambda question: False])
def test_a_no_or_nobody_to_ask_fetches_nothing_and_names_the_command(started: list[list[str]], ask) -> None:
    said: list[str] = []
    background_fetch.offer(ask, said.append)
    assert started == []
    assert "course models fetch --small" in said[0]


def test_what_is_here_is_not_offered(started: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_fetch, "kept_receipt", lambda name: object())
    background_fetch.offer(lambda question: pytest.fail("asked"), lambda text: pytest.fail("said"))
    assert started == []


def test_a_folder_that_cannot_be_written_stops_nothing(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "file"))
    said: list[str] = []
    assert background_fetch.offer(lambda question: True, said.append) is None
    assert started == []
    assert "COURSE_MODELS" in said[0]
