"""Recordings: provenance, checksums, and cells that can be run again."""

import json
import random
import subprocess
import sys
import zipfile
from itertools import count
from pathlib import Path

import pytest

from course_utils import assets
from course_utils.backbones import is_here
from course_utils.data import has_synthesiser
from course_utils.data.film_reviews import film_reviews_folder
from course_utils.data.spoken_digits import spoken_digits_folder
from course_utils.errors import CourseError
from course_utils.experiments import record as recorder
from course_utils.experiments import recorded, recorded_scratch, recordings, remedy
from course_utils.experiments.experiment import Experiment
from course_utils.experiments.registry import EXPERIMENTS


@pytest.fixture
def halves(monkeypatch):
    """An experiment of two cells, each of which gives 0.5."""
    cells = ({"labels": 1, "seed": 0}, {"labels": 1, "seed": 1})
    experiment = Experiment(cells, lambda cell: [{**cell, "accuracy": 0.5, "learning_rate": 1e-5}], ("accuracy",))
    monkeypatch.setitem(EXPERIMENTS, "halves", experiment)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_recording_ships_complete_and_says_how_it_was_made(name):
    experiment, rows = EXPERIMENTS[name], recorded(name)
    varied = list(experiment.cells[0])
    cells = [tuple(cell.values()) for cell in experiment.cells]
    assert {tuple(row[key] for key in varied) for row in rows} == set(cells)
    assert all(0 <= row[column] <= 1 for row in rows for column in experiment.accuracies)
    entry = assets.read_manifest(assets.RECORDINGS)[f"{name}.json"]
    assert entry.command == f"course record {name}"
    assert {"sha256", "bytes", "seeds", "date", "keras", "tensorflow", "machine", "licence"} <= set(entry.model_dump())


def test_a_task_without_a_recording_gives_no_rows():
    assert recorded_scratch("glyphs") == []


def test_a_recording_that_does_not_exist_lists_the_others():
    with pytest.raises(CourseError, match=r"no recording 'map-cats'\. Recordings: .*scratch-digits"):
        recorded("map-cats")


def test_a_changed_recording_is_refused(tmp_path, monkeypatch, halves):
    told = []
    path = recorder.record("halves", tmp_path, lambda *progress: told.append(progress))
    assert told == [(1, 2), (2, 2)]
    monkeypatch.setattr(recordings, "RECORDINGS", tmp_path)
    recordings._read.cache_clear()
    assert recorded("halves") == [{"labels": 1, "seed": s, "accuracy": 0.5, "learning_rate": 1e-5} for s in (0, 1)]
    better = json.loads(path.read_text())
    better["rows"][0]["accuracy"] = 0.6
    path.write_text(json.dumps(better))
    recordings._read.cache_clear()
    with pytest.raises(CourseError, match="checksum is not the one"):
        recorded("halves")
    recordings._read.cache_clear()


def test_an_interrupted_recording_goes_on_where_it_stopped(tmp_path, monkeypatch, halves):
    measured = []

    def measure(cell):
        if cell["seed"] and measured == [0]:
            measured.append("interrupted")
            raise KeyboardInterrupt
        measured.append(cell["seed"])
        return [{**cell, "accuracy": 0.5}]

    monkeypatch.setitem(EXPERIMENTS, "halves", Experiment(EXPERIMENTS["halves"].cells, measure, ("accuracy",)))
    with pytest.raises(KeyboardInterrupt):
        recorder.record("halves", tmp_path)
    journal = tmp_path / "halves.cells.jsonl"
    with journal.open("a") as file:
        file.write('[{"labels": 1, "se')  # torn while it was written
    path = recorder.record("halves", tmp_path)
    assert measured == [0, "interrupted", 1]
    assert [row["seed"] for row in json.loads(path.read_text())["rows"]] == [0, 1]
    assert not journal.exists()


def test_a_recording_begun_with_other_versions_is_not_continued(tmp_path, halves):
    (tmp_path / "halves.cells.jsonl").write_text('{"keras": "2.0", "tensorflow": "2.0", "machine": "abacus"}\n')
    with pytest.raises(CourseError, match=r"halves\.cells\.jsonl was begun with .*abacus.*delete the file"):
        recorder.record("halves", tmp_path)


def test_a_cell_run_again_holds_inside_its_band_and_not_outside(tmp_path, monkeypatch, halves):
    recorder.record("halves", tmp_path)
    monkeypatch.setattr(recordings, "RECORDINGS", tmp_path)
    recordings._read.cache_clear()
    (checked,) = recorder.check("halves", seed=0)
    assert checked.holds
    assert "labels 1, accuracy: 0.500 now, 0.500 .. 0.500 recorded: holds" in str(checked)
    worse = Experiment(EXPERIMENTS["halves"].cells, lambda cell: [{**cell, "accuracy": 0.4}], ("accuracy",))
    monkeypatch.setitem(EXPERIMENTS, "halves", worse)
    (checked,) = recorder.check("halves", seed=0)
    assert not checked.holds
    recordings._read.cache_clear()


def test_an_unknown_recording_lists_the_known_ones(tmp_path):
    with pytest.raises(
        CourseError, match="Known: scratch-shapes, scratch-photo-textures, scratch-photo-textures-96, scratch-digits"
    ):
        recorder.record("scratch-cats", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def _long(name: str, seed: int) -> bool:
    """Whether the cell that this seed draws trains a reader, which takes a quarter of an hour."""
    return random.Random(seed).choice(EXPERIMENTS[name].cells).get("method") == "reader + retrieved"


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted({name.split("-")[0] for name in EXPERIMENTS}))
def test_a_random_cell_run_again_lies_near_its_recorded_band(kind):
    """Covers one recording of each kind; ``course record --check`` runs a cell of every one."""
    name = random.choice([name for name in EXPERIMENTS if name.startswith(kind)])
    if name == "sound-synthetic" and not has_synthesiser():
        pytest.skip("there is no synthesiser on this computer")
    if kind == "recipes" and not is_here("mobilenet_v2"):
        pytest.skip("MobileNetV2's weights are not on this computer")
    if kind == "text" and not (is_here("minilm") and film_reviews_folder()):
        pytest.skip("MiniLM or the film reviews are not on this computer")
    if kind in ("sound", "envelopes") and not (is_here("whisper_tiny_en") and spoken_digits_folder()):
        pytest.skip("Whisper or the spoken digits are not on this computer")
    if kind == "language" and not (is_here("smollm2_135m") and is_here("minilm")):
        pytest.skip("SmolLM2 or MiniLM is not on this computer")
    seed = next(seed for seed in count(random.randrange(10**6)) if not _long(name, seed))
    for checked in recorder.check(name, seed):
        print(checked)
        assert checked.holds, checked


def test_a_remedy_that_does_not_exist_is_refused():
    with pytest.raises(CourseError, match=r"no remedy 'typo'\. Remedies: plain, freezing"):
        remedy("typo", 1)


@pytest.mark.slow
def test_the_recordings_and_weights_are_in_the_wheel(tmp_path):
    root = Path(assets.__file__).parents[1]
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for name in EXPERIMENTS:
        assert f"course_utils/recordings/{name}.json" in names
    assert "course_utils/recordings/manifest.json" in names
    assert "course_utils/backbones/weights/embedded-0.weights.h5" in names
    assert "course_utils/exercises/lesson_02/messages.toml" in names
    program = (
        "from course_utils.experiments import recorded; import course_utils;"
        "assert 'site' in course_utils.__file__; print(len(recorded('scratch-shapes')))"
    )
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path / "site", capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == len(recorded("scratch-shapes"))
