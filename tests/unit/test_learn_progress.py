"""The learner's record: it survives whatever happens to its file, and the cards report what is in it."""

import errno
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.learn import check, hint, overview, predict, progress, progress_card, reveal, review, solution


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


@pytest.fixture(autouse=True)
def _a_new_session(monkeypatch):
    for name in ("_memory", "_untouchable", "_told"):
        monkeypatch.setattr(progress, name, type(getattr(progress, name))())


def answer_something():
    return check("00.e1", lambda accuracy, classes: accuracy * classes)


def folder_of(record):
    return {path.name: path.read_bytes() for path in record.parent.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is damaged"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "it is damaged"),
        (b"[" * 100_000, "it is damaged"),
        (b'{"version": true, "checks": {}}', "it is damaged"),
        (b'{"version": 2, "checks": {"00.q1": 3}}', "it is damaged"),
        (b'{"version": 4, "checks": {}}', "a newer version of the course wrote it"),
        (b" " * 6_000_000, "it is far too large"),
    ],
)
def test_what_is_not_a_record_is_kept_as_a_backup_and_a_new_one_is_started(record, content, reason):
    record.write_bytes(content)
    said = answer_something().note
    assert reason in said
    assert "kept as progress.json.backup-1" in said
    assert folder_of(record)["progress.json.backup-1"] == content
    assert json.loads(record.read_text())["checks"]["00.e1"]["outcome"] == "passed"
    assert answer_something().note == ""


def test_backups_never_overwrite_each_other(record):
    for content in (b"one", b"two", b"three"):
        record.write_bytes(content)
        answer_something()
    kept = folder_of(record)
    assert [kept[f"progress.json.backup-{number}"] for number in (1, 2, 3)] == [b"one", b"two", b"three"]


def test_a_record_of_version_1_is_converted_and_kept_as_it_was(record):
    old = {
        "version": 1,
        "checks": {"00.q1": {"attempts": 2, "outcome": "passed", "points": 1.0}},
        "hints": {"00.e1": {"seen": 2}},
        "predictions": {"00.scratch": {"guess": 60.0, "unit": "percent", "measured": 28.0}},
    }
    record.write_text(json.dumps(old))
    before = record.read_bytes()
    shown = repr(overview())
    assert "kept as progress.json.backup-1" in shown
    assert "1 of 6 points" in shown
    assert "32 points too high" in shown
    assert folder_of(record)["progress.json.backup-1"] == before
    new = json.loads(record.read_text())
    assert {part: new[part] for part in ("checks", "hints", "predictions")} == {
        p: old[p] for p in old if p != "version"
    }
    assert "Hint 3 of 3" in repr(hint("00.e1"))
    assert len(folder_of(record)) == 2


def test_attempts_and_hints_have_a_time_and_no_more_of_them_than_fifty(record, monkeypatch):
    record.write_text('{"version": 3, "checks": {}, "hints": {}}')  # of the time before the times
    for second in range(60):
        monkeypatch.setattr(progress.time, "time", lambda second=second: 1_800_000_000.5 + second)
        answer_something()
    hint("00.e1")
    moments = [1_800_000_000 + second for second in range(11, 60)]
    assert json.loads(record.read_text())["times"] == {"00.e1": [*moments, moments[-1]]}


def test_what_others_wrote_into_the_record_stays(record):
    record.write_text(json.dumps({"version": 1, "learner": 7, "checks": {}, "hints": {}, "predictions": {}}))
    answer_something()
    assert json.loads(record.read_text())["learner"] == 7


def test_a_folder_in_place_of_the_record_is_left_alone(record):
    record.mkdir()
    (record / "mine.txt").write_text("mine")
    assert "can't be saved" in answer_something().note
    assert answer_something().note == ""
    assert (record / "mine.txt").read_text() == "mine"
    assert [path.name for path in record.parent.iterdir()] == ["progress.json"]
    assert "1 of 1 right" in repr(progress_card("00"))


@pytest.mark.skipif(os.name != "posix", reason="links need a permission on Windows")
def test_a_link_to_the_record_stays_a_link(record):
    elsewhere = record.parent / "synced"
    elsewhere.mkdir()
    record.symlink_to(elsewhere / "progress.json")
    answer_something()
    assert record.is_symlink()
    assert json.loads((elsewhere / "progress.json").read_text())["checks"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_in_place_of_the_record_is_neither_read_nor_replaced(record):
    os.mkfifo(record)
    assert "can't be saved" in answer_something().note
    assert record.is_fifo()


def test_a_file_that_cannot_be_read_is_not_overwritten(record, monkeypatch):
    record.write_text("precious")
    monkeypatch.setattr(
        Path, "read_bytes", lambda self: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    assert "can't be saved" in answer_something().note
    monkeypatch.undo()
    assert record.read_text() == "precious"


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_locked_file_stays_as_it_is_and_the_session_goes_on(record, monkeypatch, version):
    record.write_text(json.dumps({"version": version, "checks": {}, "hints": {}, "predictions": {}}))
    before = folder_of(record)
    opened = Path.open

    def locked(self, mode="r", *arguments, **more):
        if "a" in mode:  # as the system does to a user without permission to write
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return opened(self, mode, *arguments, **more)

    monkeypatch.setattr(Path, "open", locked)
    assert "can't be saved" in answer_something().note
    assert answer_something().note == ""
    assert folder_of(record) == before
    assert "1 of 1 right" in repr(progress_card("00"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ids = st.sampled_from(["00.q1", "00.e1", "01.q1", "01", "02", "x"])
fields = st.sampled_from(
    ["points", "outcome", "attempts", "last", "missed", "seen", "guess", "unit", "measured", "asked", "answered"]
)
entries = st.dictionaries(ids, st.dictionaries(fields, json_values, max_size=5), max_size=3)


PARTS = ("checks", "hints", "predictions", "reviews", "solutions")


@given(st.fixed_dictionaries({"version": st.sampled_from([1, 2, 3])}, optional=dict.fromkeys(PARTS, entries)))
def test_no_record_however_odd_raises(tmp_path_factory, content):
    place = tmp_path_factory.mktemp("odd") / "progress.json"
    place.write_text(json.dumps(content))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROGRESS", str(place))
        for card in (overview(), progress_card("00"), review("02", "a"), hint("00.e1"), solution("00.e1")):
            assert card._repr_html_()
        answer_something()
        check("00.q1", "zz")
        predict("x", percent=3)
        assert repr(reveal("x", 0.5))
    assert json.loads(place.read_text())["checks"]["00.e1"]["attempts"] >= 1


@pytest.mark.parametrize("odd", ["Infinity", "NaN", "1" + 400 * "0", "-3", '"2"', "null"])
def test_odd_numbers_in_the_record_neither_raise_nor_earn_points(record, odd):
    entry = f'{{"points": {odd}, "attempts": {odd}, "last": {odd}}}'
    record.write_text(f'{{"version": 2, "checks": {{"00.q1": {entry}}}, "hints": {{"00.e1": {{"seen": {odd}}}}}}}')
    check("00.q1", "zz")
    assert "Hint 1 of 3" in repr(hint("00.e1"))
    assert json.loads(record.read_text())["checks"]["00.q1"]["attempts"] >= 1


def test_no_entry_is_worth_more_than_its_question(record):
    record.write_text(json.dumps({"version": 2, "checks": {"00.q1": {"points": 99, "outcome": "passed"}}}))
    assert "1 of 6 points" in repr(overview())


def test_the_points_of_the_lesson_are_shown_as_they_are_earned():
    assert "1 of 1 point; 1 of 6 points in lesson 00 so far" in repr(answer_something())
    wrong = repr(check("00.e1", lambda accuracy, classes: accuracy))
    assert "0 of 1 point; 1 of 6 points in lesson 00 so far" in wrong  # the best attempt counts
    assert "so far" not in repr(check("00.e1"))


def test_the_overview_says_what_is_done_what_to_revisit_and_what_was_off():
    assert "Nothing is answered yet" in repr(overview())
    answer_something()
    check("01.e1", lambda responses: 3)
    for id, guess, measured in (("00.scratch", 60, 0.28), ("00.transfer", 95, 0.94)):
        predict(id, percent=guess)
        reveal(id, measured)
    predict("01.best-block", block="block4")
    reveal("01.best-block", "block3")
    predict("02.never-run", times=3)
    shown = repr(overview())
    assert "lesson 00  1 of 6 done, 1 of 6 points" in shown
    assert "Worth another look: 01.e1." in shown
    assert "00.scratch: you said 60 %, and it was 28 %: 32 points too high." in shown
    assert "01.best-block: you said block4, and it was block3." in shown
    assert "00.transfer" not in shown
    assert "02.never-run" not in shown


@pytest.mark.parametrize("id", [2, None, ["02.e1"], "2.e1", "", "../etc", "²", "02", b"02.e1", 2.1])
def test_an_unknown_id_gets_one_sentence(id):
    for ask in (check, hint, solution):
        with pytest.raises(CourseError, match=r"There is no|Lesson 02 has no"):
            ask(id)
    with pytest.raises(CourseError, match="There is no lesson"):
        progress_card(f"{id}!")
