"""``course advise``: which strategy, from the measured grid."""

import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils.cli.terminal import Json
from course_utils.errors import CourseError

if TYPE_CHECKING:
    from course_utils.advisor import Advice
    from course_utils.data import Dataset


def advise(
    labels: Annotated[int, typer.Option(metavar="N", help="How many labelled pictures you have, in all.")],
    classes: Annotated[int, typer.Option(metavar="K", help="How many classes they show.")],
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Your pictures, a folder per class, to measure how near."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say which strategy the nearest measured cells advise, how sure they are, and at what cost.

    Measured on a small network and pictures of 32 pixels; validation pictures of your own have the last word.

    Example: course advise --labels 300 --classes 2 --folder pictures
    """
    from course_utils.quiet import loading_keras

    if classes < 2 or labels < classes:
        raise CourseError(
            f"--labels {labels} --classes {classes} is impossible: there must be 2 or more classes, and at least one "
            "labelled picture of each."
        )
    with loading_keras():
        from course_utils import advisor
    per_class = labels / classes
    start = None if folder is None else _head_start(folder, per_class, classes)
    advice = advisor.advise(per_class, start)
    if as_json:
        _as_json(per_class, start, advice)
    else:
        _in_words(per_class, start, advice)


def _head_start(folder: Path, per_class: float, classes: int) -> float:
    """Measure a folder's head start with so many labels per class, or with as many as it has."""
    import numpy as np

    from course_utils.advisor import measure_head_start
    from course_utils.data import PictureWarning, load_dataset

    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always", PictureWarning)
        task: Dataset = load_dataset(folder, image_size=32)
    for note in noted:
        print(note.message, file=sys.stderr)
    if task.num_classes != classes:
        raise CourseError(
            f"{folder} holds {task.num_classes} classes ({', '.join(task.class_names)}), but --classes says {classes}. "
            "Leave out the folders that are no class, or correct the number."
        )
    smallest = int(np.bincount(task.train.labels).min())
    return measure_head_start(task, max(1, min(round(per_class), smallest)))


def _in_words(per_class: float, start: float | None, advice: "Advice") -> None:
    measured = "no head start measured (give --folder)" if start is None else f"head start {start:+.0f} points"
    print(f"{per_class:g} labels per class, {measured}: {advice.strategy or 'unknown'}")
    print(advice.why)
    features = min((option.multiplications for option in advice.options), default=1.0)
    for option in advice.options:
        mean, low, high = option.lead
        print(
            f"  {option.strategy:22} {mean:+6.1f} points over features ({low:+.1f} to {high:+.1f}), "
            f"{option.multiplications / features:,.0f} times the cost"
        )
    if len(advice.shortlist) > 1:
        print(f"About as good by these cells, so let your validation pictures choose: {', '.join(advice.shortlist)}")


def _as_json(per_class: float, start: float | None, advice: "Advice") -> None:
    import json

    found = {"labels_per_class": per_class, "head_start": start, **asdict(advice)}
    print(json.dumps(found, indent=2))
