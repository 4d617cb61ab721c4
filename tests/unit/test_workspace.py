"""The learner's copy of the lessons: new lessons arrive, and the learner's work is never lost."""

import errno
import json
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from course_utils.cli import commands
from course_utils.cli.workspace import BACKUPS, RECORD, Change, refresh, restart
from course_utils.errors import CourseError

NOON = datetime(2030, 1, 2, 12, 0, 0)


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    folder = tmp_path / "leçons du cours"
    folder.mkdir()
    for name in ("00_start_here", "02_feature_extraction"):
        (folder / f"{name}.ipynb").write_text(f"{name} v1")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "my work"


def test_the_first_time_every_lesson_is_added(lessons: Path, workspace: Path) -> None:
    assert [change.kind for change in refresh(lessons, workspace)] == ["added", "added"]
    assert (workspace / "00_start_here.ipynb").read_text() == "00_start_here v1"


def test_a_second_time_nothing_happens(lessons: Path, workspace: Path) -> None:
    refresh(lessons, workspace)
    assert refresh(lessons, workspace) == []


def test_an_untouched_lesson_follows_the_course(lessons: Path, workspace: Path) -> None:
    refresh(lessons, workspace)
    (lessons / "00_start_here.ipynb").write_text("v2")
    assert refresh(lessons, workspace) == [Change("00_start_here.ipynb", "updated")]
    assert (workspace / "00_start_here.ipynb").read_text() == "v2"


def test_a_changed_lesson_stays_and_is_named_each_time_the_course_has_a_newer_one(
    lessons: Path, workspace: Path
) -> None:
    refresh(lessons, workspace)
    (workspace / "00_start_here.ipynb").write_text("mine")
    assert refresh(lessons, workspace) == []
    (lessons / "00_start_here.ipynb").write_text("v2")
    for _ in range(2):
        assert refresh(lessons, workspace) == [Change("00_start_here.ipynb", "kept")]
    assert (workspace / "00_start_here.ipynb").read_text() == "mine"


@pytest.mark.parametrize("record", [None, "{", "[]"])
def test_without_a_readable_record_whatever_differs_is_kept(lessons: Path, workspace: Path, record: str | None) -> None:
    refresh(lessons, workspace)
    (workspace / "00_start_here.ipynb").write_text("mine")
    (workspace / RECORD).unlink()
    if record is not None:
        (workspace / RECORD).write_text(record)
    assert refresh(lessons, workspace) == [Change("00_start_here.ipynb", "kept")]
    assert (workspace / "00_start_here.ipynb").read_text() == "mine"


STEPS = st.lists(
    st.tuples(st.sampled_from(["learner", "course", "refresh", "restart"]), st.text(max_size=3)), max_size=12
)


@given(STEPS)
def test_whatever_happens_what_the_learner_wrote_last_is_in_the_workspace_or_a_backup(steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lessons, workspace = Path(folder, "lessons"), Path(folder, "workspace")
        lessons.mkdir()
        source, target = lessons / "00_start_here.ipynb", workspace / "00_start_here.ipynb"
        source.write_text("v1")
        refresh(lessons, workspace)
        written = None
        for step, text in steps:
            if step == "learner":
                written = f"mine {text}".encode()
                target.write_bytes(written)
            elif step == "course":
                source.write_bytes(f"course {text}".encode())
            elif step == "refresh":
                refresh(lessons, workspace)
            else:
                restart(lessons / "00_start_here.ipynb", workspace, NOON)
            kept = [path.read_bytes() for path in [target, *workspace.glob(f"{BACKUPS}/*")]]
            assert written is None or written in kept


def test_a_restart_keeps_a_backup_and_never_overwrites_one(lessons: Path, workspace: Path) -> None:
    refresh(lessons, workspace)
    texts = ["first try", "second try"]
    backups = []
    for text in texts:
        (workspace / "02_feature_extraction.ipynb").write_text(text)
        backups.append(restart(lessons / "02_feature_extraction.ipynb", workspace, NOON))
    assert (workspace / "02_feature_extraction.ipynb").read_text() == "02_feature_extraction v1"
    assert [backup.read_text() for backup in backups if backup] == texts
    assert "2030-01-02-120000" in str(backups[0])


def test_a_restarted_lesson_counts_as_untouched(lessons: Path, workspace: Path) -> None:
    assert restart(lessons / "02_feature_extraction.ipynb", workspace, NOON) is None
    (lessons / "02_feature_extraction.ipynb").write_text("v2")
    assert Change("02_feature_extraction.ipynb", "updated") in refresh(lessons, workspace)


def test_the_course_itself_is_not_a_workspace(lessons: Path) -> None:
    for folder in (lessons, lessons.parent):
        with pytest.raises(CourseError, match="--workspace DIR"):
            refresh(lessons, folder)


def test_a_file_is_not_a_workspace(lessons: Path, workspace: Path) -> None:
    workspace.write_text("a file")
    for folder in (workspace, workspace / "inside"):
        with pytest.raises(CourseError, match="is a file"):
            refresh(lessons, folder)


def test_a_read_only_workspace_is_named_with_the_fix(
    lessons: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(CourseError, match=r"cannot be written.*--workspace DIR"):
        refresh(lessons, workspace)


def test_a_full_disk_leaves_the_old_copy_and_no_half_written_file(
    lessons: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(lessons, workspace)
    (lessons / "00_start_here.ipynb").write_text("v2")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = sorted(workspace.iterdir())
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space") as caught:
        refresh(lessons, workspace)
    assert caught.value.filename == str(workspace / "00_start_here.ipynb")
    assert sorted(workspace.iterdir()) == before
    assert (workspace / "00_start_here.ipynb").read_text() == "00_start_here v1"


def test_a_new_workspace_gets_a_learners_number_and_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr("course_utils.cli.jupyterlab_server.serve", lambda *args, **kwargs: 0)
    folder = tmp_path / "mine"
    numbers = []
    for _ in range(2):
        with pytest.raises(typer.Exit):
            commands.lab(workspace=folder, browser=False)
        numbers.append(json.loads((folder / ".course_progress.json").read_bytes())["learner"])
    assert numbers[0] == numbers[1] > 0


def test_an_older_workspace_keeps_its_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr("course_utils.cli.jupyterlab_server.serve", lambda *args, **kwargs: 0)
    (tmp_path / RECORD).write_text("{}")
    with pytest.raises(typer.Exit):
        commands.lab(workspace=tmp_path, browser=False)
    assert not (tmp_path / ".course_progress.json").exists()
