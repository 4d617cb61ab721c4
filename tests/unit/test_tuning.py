"""``course tune`` on small folders: trials, what survives with fresh seeds, going on, and what may go wrong."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import optuna
import pytest
from adapted_folders import write_drawings
from hypothesis import given
from hypothesis import strategies as st

from course_utils.adapting import tune
from course_utils.adapting.folder_tuning import FINALISTS, STUDY, FolderTuning, _halves, _process, _row
from course_utils.adapting.learning import USUAL
from course_utils.adapting.tune_folder import _best
from course_utils.backbones import is_here
from course_utils.cli.main import run
from course_utils.data import Split
from course_utils.errors import CourseError

SMALL = {"backbone": "embedded", "image_size": 32}


@pytest.fixture(scope="module")
def drawings(tmp_path_factory) -> Path:
    return write_drawings(tmp_path_factory.mktemp("tuning") / "drawings")


@pytest.fixture(scope="module")
def made(drawings) -> tuple[Path, dict]:
    """The folder of a search with three trials, and what was returned."""
    out = drawings.parent / "drawings-tuning"
    return out, tune(drawings, out, trials=3, **SMALL)


@pytest.fixture
def without_training(monkeypatch):
    """Let a run of fine-tuning take no time: its loss depends on the rate alone."""
    monkeypatch.setattr(FolderTuning, "_trial", lambda self, trial, settings: settings.learning_rate)
    monkeypatch.setattr(FolderTuning, "_again", lambda self, settings, seed: (settings.learning_rate, 1.0, 0.5))


def test_the_folder_holds_every_trial_the_best_settings_and_a_report(made) -> None:
    out, result = made
    with (out / "trials.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(result["trials"]) == 3
    for row, trial in zip(rows, result["trials"], strict=True):
        assert float(row["learning_rate"]) == trial["learning_rate"]
        assert trial["stopped"] or float(row["loss"]) == trial["loss"] > 0
    assert json.loads((out / "best.json").read_text(encoding="utf-8")) == result["best"]["settings"]
    report = (out / "tuning_report.html").read_text(encoding="utf-8")
    assert "The test part was not read." in report
    assert "://" not in report


def test_finalists_are_trained_again_beside_the_usual_settings_and_frozen_features(made) -> None:
    finals = made[1]["finals"]
    assert finals[0]["name"] == "frozen features"
    assert finals[-1]["name"] == "usual settings"
    assert finals[-1]["settings"]["learning_rate"] == USUAL.learning_rate
    assert len(finals) == 2 + FINALISTS
    searched = [row["searched"] for row in finals[1:-1]]
    assert searched == sorted(trial["loss"] for trial in made[1]["trials"] if trial["loss"] is not None)[:FINALISTS]
    assert made[1]["best"] in finals


def test_the_gain_is_said_as_found_with_fresh_seeds_and_set_aside(drawings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(FolderTuning, "_trial", lambda self, trial, settings: 0.25)
    losses = {True: (1.0, 2.0, 0.5), False: (0.75, 2.5, 0.5)}  # again, set aside, accuracy
    monkeypatch.setattr(FolderTuning, "_again", lambda self, settings, seed: losses[settings == USUAL])
    monkeypatch.setattr(FolderTuning, "_frozen", lambda self: _row("frozen features", None, None, [(3.0, 3.0, 0.5)]))
    gain = tune(drawings, tmp_path / "out", trials=2, **SMALL)["gain"]
    assert gain == {"over": "usual settings", "searched": 0.75, "again": 0.25, "aside": -0.5}
    report = " ".join((tmp_path / "out" / "tuning_report.html").read_text(encoding="utf-8").split())
    assert "the winner's loss was 0.750 lower than that of the usual settings, the better" in report
    assert "With fresh seeds it was 0.250 lower, and on the pictures that were set aside 0.500 higher" in report


def test_half_of_the_validation_pictures_judge_and_half_are_set_aside(made) -> None:
    counts = made[1]["pictures"]
    assert abs(counts["judging"] - counts["aside"]) <= 4  # halves of each class
    assert min(counts.values()) > 0


def test_the_same_call_goes_on_and_draws_other_settings(drawings, tmp_path, without_training) -> None:
    first = tune(drawings, tmp_path / "out", trials=3, **SMALL)
    second = tune(drawings, tmp_path / "out", trials=6, **SMALL)
    assert second["before"] == 3
    assert second["trials"][:3] == first["trials"]
    assert len({trial["learning_rate"] for trial in second["trials"]}) == 6
    assert tune(drawings, tmp_path / "out", trials=6, **SMALL)["trials"] == second["trials"]


def test_a_trial_that_was_interrupted_does_not_count(drawings, tmp_path, monkeypatch, without_training) -> None:
    calls = []

    def interrupted(self, trial, settings):
        calls.append(settings)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return settings.learning_rate

    monkeypatch.setattr(FolderTuning, "_trial", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tune(drawings, tmp_path / "out", trials=3, **SMALL)
    found = tune(drawings, tmp_path / "out", trials=3, **SMALL)
    assert found["before"] == 1
    assert len(found["trials"]) == 3
    assert len(calls) == 4


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills a process by a signal")
def test_a_process_that_was_killed_costs_its_last_trial_alone(drawings, tmp_path, without_training) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from course_utils.adapting import tune\n"
        "from course_utils.adapting.folder_tuning import FolderTuning\n"
        "def trial(self, trial, settings):\n"
        "    if self.done() == 2:\n"
        "        Path(sys.argv[3]).touch()\n"
        "        time.sleep(600)\n"
        "    return settings.learning_rate\n"
        "FolderTuning._trial = trial\n"
        "tune(Path(sys.argv[1]), Path(sys.argv[2]), trials=5, backbone='embedded', image_size=32)\n"
    )
    busy = tmp_path / "busy"
    process = subprocess.Popen([sys.executable, "-c", script, drawings, tmp_path / "out", busy])
    try:
        deadline = time.monotonic() + 120
        while not busy.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            os.sched_yield()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    found = tune(drawings, tmp_path / "out", trials=5, **SMALL)
    assert found["before"] == 2
    assert len(found["trials"]) == 5


def test_another_folder_or_seed_is_refused(made, drawings, tmp_path) -> None:
    with pytest.raises(CourseError, match="another seed"):
        tune(drawings, made[0], trials=4, seed=1, **SMALL)
    other = write_drawings(tmp_path / "other")
    next(other.glob("*/*.png")).unlink()
    with pytest.raises(CourseError, match="another set of pictures"):
        tune(other, made[0], trials=4, **SMALL)


def test_a_locked_study_is_said_to_be_locked(made, drawings) -> None:
    holder = sqlite3.connect(made[0] / STUDY)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CourseError, match="is locked: another program"):
            tune(drawings, made[0], trials=9, **SMALL)
    finally:
        holder.close()


def test_a_study_at_which_another_process_is_at_work_is_refused(drawings, tmp_path, monkeypatch, without_training):
    out = tmp_path / "out"
    tune(drawings, out, trials=1, **SMALL)
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        study = optuna.load_study(study_name=None, storage=f"sqlite:///{out / STUDY}")
        study.ask().set_user_attr("process", _process(other.pid))
        with pytest.raises(CourseError, match=f"is in use: process {other.pid} runs a trial"):
            tune(drawings, out, trials=2, **SMALL)
    finally:
        other.communicate(b"\n")
    assert len(tune(drawings, out, trials=2, **SMALL)["trials"]) == 2


@pytest.mark.parametrize(
    ("spoil", "settings", "said"),
    [
        (lambda out: None, {"trials": 0}, "is too few"),
        (lambda out: out.write_text("a file"), {}, "is a file"),
        (lambda out: (out.mkdir(), (out / "letter.txt").write_text("dear")), {}, "holds other things"),
        (lambda out: (out.mkdir(), (out / STUDY).write_text("no database " * 100)), {}, "damaged, or no search"),
        (lambda out: None, {"backbone": "minilm"}, "not pictures"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(drawings, tmp_path, spoil, settings, said) -> None:
    spoil(tmp_path / "out")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    if settings.get("backbone") == "minilm":
        if not is_here("minilm"):
            pytest.skip("MiniLM is not on this computer")
        settings = {**settings, "image_size": None}
    with pytest.raises(CourseError, match=said):
        tune(drawings, tmp_path / "out", **{**SMALL, "trials": 2, **settings})
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_the_command_says_what_survived_and_adapt_takes_its_settings(made, drawings, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    common = ["--backbone", "embedded", "--size", "32"]
    assert run(["tune", str(drawings), "--out", str(made[0]), "--trials", "3", *common]) == 0
    said = capsys.readouterr().out
    assert "usual settings:" in said
    assert "on what was set aside" in said
    best = tmp_path / "best.json"
    settings = {"blocks": 1, "learning_rate": 1e-4, "weight_decay": 0.01, "batch_size": 8, "augment": False}
    best.write_text(json.dumps(settings))
    assert run(["adapt", str(drawings), "--out", "model", "--settings", str(best), *common]) == 0
    assert json.loads((tmp_path / "model" / "result.json").read_text(encoding="utf-8"))["settings"]["batch_size"] == 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("{", "holds no settings"),
        ('{"blocks": 0}', "holds no settings"),
        ("null", "fine-tuning did not pay"),
    ],
)
def test_settings_that_are_none_are_refused(drawings, tmp_path, capsys, content, said) -> None:
    path = tmp_path / "best.json"
    if content is not None:
        path.write_text(content)
    assert run(["adapt", str(drawings), "--out", str(tmp_path / "model"), "--settings", str(path)]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5)), min_size=6, max_size=20), st.integers(0, 5))
def test_halves_keep_units_together_and_every_picture_once(groups, seed) -> None:
    labels = np.repeat([label for label, _ in groups], [size for _, size in groups])
    units = np.repeat(np.arange(len(groups)), [size for _, size in groups])
    whole = Split(np.arange(len(labels)), labels)
    first, second = _halves(whole, units, seed)
    assert sorted([*first.inputs, *second.inputs]) == list(range(len(labels)))
    assert not set(units[first.inputs]) & set(units[second.inputs])
    for label in set(labels.tolist()):
        largest = max(size for one, size in groups if one == label)
        assert abs((first.labels == label).sum() - (second.labels == label).sum()) <= largest


@pytest.mark.parametrize(
    ("usual", "trial", "settled"),
    [
        ([0.9, 0.9, 0.9], [0.8, 0.8, 0.8], "trial 0"),
        ([0.9, 0.9, 0.9], [0.7, 0.9, 1.0], "usual settings"),
        ([0.5, 1.0, 1.4], [0.9, 1.0, 1.2], "frozen features"),
    ],
)
def test_what_is_plainer_stays_unless_it_is_beaten_by_more_than_seeds_differ(usual, trial, settled) -> None:
    rows = [("frozen features", None, [1.0]), ("trial 0", USUAL, trial), ("usual settings", USUAL, usual)]
    finals = [_row(name, settings, None, [(loss, 1.0, 0.5) for loss in losses]) for name, settings, losses in rows]
    assert _best(finals)["name"] == settled
