"""A folder of small drawn pictures, and the result of ``course adapt`` on it."""

from pathlib import Path

from PIL import Image

from course_utils import load_dataset
from course_utils.adapting import adapt

#: Names that break what does not escape them: as HTML, as CSV, in a console.
CLASSES = ("a, b & <b>", "🐜 ants")


def write_drawings(folder: Path, per_class: int = 25) -> Path:
    """Write two kinds of drawn shapes, with awkward names."""
    shapes = load_dataset("shapes").train
    for label, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        for number, picture in enumerate(shapes.inputs[shapes.labels == label][:per_class]):
            Image.fromarray(picture).save(folder / name / f"{number:02}.png")
    return folder


def adapted(parent: Path, **settings) -> tuple[Path, dict]:
    """Adapt the embedded network to such a folder; return the result's folder and what was returned."""
    out = parent / "result"
    result = adapt(write_drawings(parent / "drawings"), out, backbone="embedded", **settings)
    return out, result
