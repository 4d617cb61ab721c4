"""From a folder of pictures to a folder with a search and what survived of its gain."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_utils.adapting.folder_tuning import FRESH_SEEDS, STUDY, FolderTuning, TuningProgress
from course_utils.adapting.learning import USUAL
from course_utils.adapting.picture_task import open_folder
from course_utils.adapting.result_files import fill
from course_utils.backbones import load_backbone, spec_of
from course_utils.errors import CourseError
from course_utils.figures import line_chart
from course_utils.files import require_writable


def tune(
    folder: Path,
    out: Path,
    *,
    trials: int = 20,
    backbone: str = "efficientnet_lite0",
    image_size: int | None = None,
    seed: int = 0,
    on_progress: TuningProgress = lambda done, total, said: None,
) -> dict[str, Any]:
    """Search the settings of fine-tuning, and train the best again with fresh seeds; or go on with an earlier search.

    Args:
        folder: with a sub-folder of pictures for each class.
        out: of the search; made if it isn't there.
        trials: how many there shall be in all, 1 or more; more than before adds some.
        backbone: a network for pictures, by name.
        image_size: side in pixels. Default: the one that the network was pretrained at.
        seed: decides how the pictures are dealt, what is tried, and how trials are trained.
        on_progress: told about every run.

    Returns:
        What ``result.json`` holds.

    Raises:
        CourseError: too few trials, ``out`` holds something else, its study is locked, damaged or of another folder,
            or the folder of pictures is unusable.
        OSError: the disk is full.
    """
    if trials < 1:
        raise CourseError(f"--trials {trials} is too few: give 1 or more.")
    if out.exists() and not out.is_dir():
        raise CourseError(f"{out} is a file. Name a folder with --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / STUDY).exists():
        raise CourseError(f"{out} holds other things, but no search. Name another folder with --out.")
    require_writable(out, "Name another folder with --out.")
    on_progress(0, trials, "reading the pictures")
    network = load_backbone(backbone, image_size=image_size)
    if (modality := spec_of(network).modality) != "pictures":
        raise CourseError(f"{backbone} takes {modality}, not pictures. Leave --backbone out, or name another one.")
    size = int(network.input_shape[1])
    task = open_folder(folder, size, seed)
    out.mkdir(parents=True, exist_ok=True)
    facts = {"backbone": backbone, "image_size": size, "seed": seed}
    run = FolderTuning(task, network, out, facts, seed)
    run.prepare(on_progress)
    before = run.done()
    run.search(trials, on_progress)
    finals = run.finals(on_progress)
    result = {
        "folder": task.folder.absolute().name,
        **facts,
        "before": before,
        "trials": run.trials(),
        "pictures": {"train": len(run.train), "judging": len(run.judging), "aside": len(run.aside)},
        "finals": finals,
        "best": _best(finals),
        "gain": _gain(finals),
        "notes": list(task.notes),
    }
    _write(out, result)
    return result


def _best(finals: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the plainest that nothing beats by more than its seeds differ: frozen, the usual settings, then trials.

    Compared on the pictures that the search saw, with fresh seeds.
    """
    frozen, *trials, usual = finals
    settled = frozen
    for row in (usual, *sorted(trials, key=lambda trial: float(trial["again"]))):
        if settled["again"] - row["again"] > row["spread"]:
            settled = row
    return settled


def _gain(finals: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return by how much the loss of the search's winner was below that of what needs no search, the better of two."""
    frozen, winner, *_, usual = finals
    plain = min(frozen, usual, key=lambda row: float(row["again"]))
    return {
        "over": plain["name"],
        "searched": plain["again"] - winner["searched"],
        "again": plain["again"] - winner["again"],
        "aside": plain["aside"] - winner["aside"],
    }


def _write(out: Path, result: dict[str, Any]) -> None:
    (out / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    settings = result["best"]["settings"]
    (out / "best.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    with (out / "trials.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ["trial", "loss", "stopped", *asdict(USUAL)])
        table.writeheader()
        table.writerows(result["trials"])
    lowest, rows = float("inf"), []
    for trial in (trial for trial in result["trials"] if trial["loss"] is not None):
        lowest = min(lowest, trial["loss"])
        at = {"trial": trial["trial"]}
        rows += [{**at, "loss": trial["loss"], "line": "each trial"}, {**at, "loss": lowest, "line": "lowest so far"}]
    chart = (
        line_chart(rows, x="trial", y="loss", by="line", x_label="trial", y_label="validation loss", title="The search")
        if len(rows) > 2
        else None
    )
    fill("tuning_report.html", out, {"r": result, "chart": chart, "fresh": FRESH_SEEDS})
