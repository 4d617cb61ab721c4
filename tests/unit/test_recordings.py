"""Recordings: provenance, checksums, and a record that can be made again."""

import json
import random

import pytest

from course_utils.errors import CourseError
from course_utils.run import record as recorder
from course_utils.transfer import recorded_scratch, recordings, scratch_accuracy
from course_utils.worlds import assets, load_dataset


@pytest.mark.parametrize("task", recorder.BUDGETS)
def test_every_recording_ships_complete_and_says_how_it_was_made(task):
    rows = recorded_scratch(task)
    wanted = {(n, s) for n in recorder.BUDGETS[task] for s in recorder.SEEDS}
    assert {(row["labels"], row["seed"]) for row in rows} == wanted
    assert all(0 <= row["accuracy"] <= 1 for row in rows)
    entry = assets.manifest(assets.RECORDINGS)[f"scratch-{task}.json"]
    assert entry["command"] == f"course record scratch-{task}"
    assert {"sha256", "bytes", "date", "keras", "tensorflow", "machine", "licence"} <= set(entry)


def test_a_task_without_a_recording_gives_no_rows():
    assert recorded_scratch("faces") == []


def test_a_touched_up_recording_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder, "BUDGETS", {"digits": (1,)})
    monkeypatch.setattr(recorder, "SEEDS", range(2))
    monkeypatch.setattr(recorder, "scratch_accuracy", lambda *arguments: 0.5)
    told = []
    path = recorder.record("scratch-digits", tmp_path, lambda *progress: told.append(progress))
    assert told == [(1, 2), (2, 2)]
    monkeypatch.setattr(recordings, "RECORDINGS", tmp_path)
    recordings._read.cache_clear()
    assert [row["accuracy"] for row in recorded_scratch("digits")] == [0.5, 0.5]
    better = json.loads(path.read_text())
    better["rows"][0]["accuracy"] = 0.6
    path.write_text(json.dumps(better))
    recordings._read.cache_clear()
    with pytest.raises(CourseError, match="checksum is not the one"):
        recorded_scratch("digits")
    recordings._read.cache_clear()


def test_an_unknown_recording_lists_the_known_ones(tmp_path):
    with pytest.raises(CourseError, match="Known: scratch-shapes, scratch-photo-textures, scratch-digits"):
        recorder.record("scratch-cats", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_random_cell_run_again_lies_near_its_recorded_band():
    task = random.choice(list(recorder.BUDGETS))
    labels = random.choice([n for n in recorder.BUDGETS[task] if n <= 20])
    band = [row["accuracy"] for row in recorded_scratch(task) if row["labels"] == labels]
    again = scratch_accuracy(load_dataset(task), labels, seed=0)
    print(f"{task}, {labels} labels: {again:.3f} now, {min(band):.3f} .. {max(band):.3f} recorded")
    # Another machine rounds otherwise, so the band gets a margin of 8 points on both sides.
    assert min(band) - 0.08 <= again <= max(band) + 0.08
