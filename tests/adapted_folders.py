"""A folder of small drawn pictures, and the result of ``course adapt`` on it."""

from pathlib import Path

import numpy as np
from PIL import Image

from course_utils import load_dataset
from course_utils.adapting import adapt

#: Names that break what does not escape them: as HTML, as CSV, in a console.
CLASSES = ("a, b & <b>", "🐜 ants")


def write_drawings(folder: Path, per_class: int = 25, mislabelled: int = 5) -> Path:
    """Write two kinds of drawn shapes, with awkward names; some of the first kind lie in the folder of the second."""
    shapes = load_dataset("shapes").train
    for label, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        for number, picture in enumerate(shapes.inputs[shapes.labels == label][:per_class]):
            Image.fromarray(picture).save(folder / name / f"{number:02}.png")
    first = np.flatnonzero(shapes.labels == 0)
    for row in first[per_class : per_class + mislabelled]:
        Image.fromarray(shapes.inputs[row]).save(folder / CLASSES[1] / f"mislabelled{row}.png")
    return folder


def adapted(parent: Path, **settings) -> tuple[Path, dict]:
    """Adapt the embedded network to such a folder; return the result's folder and what was returned."""
    out = parent / "result"
    result = adapt(write_drawings(parent / "drawings"), out, backbone="embedded", **settings)
    return out, result
