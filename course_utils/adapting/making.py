"""From a folder of pictures to a folder that holds a model and explains it."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_utils.adapting.adaptation import Adaptation, Progress
from course_utils.adapting.browser_runtime import copy_runtime
from course_utils.adapting.exporting import Export
from course_utils.adapting.folder_task import all_parts, open_folder
from course_utils.adapting.learning import TuningSettings
from course_utils.adapting.result_files import write_card, write_page, write_predictions
from course_utils.backbones import BackboneSpec, load_backbone, spec_of
from course_utils.errors import CourseError
from course_utils.files import require_writable

_FREE = 200 * 10**6  # bytes that a result may take


def adapt(
    folder: Path,
    out: Path,
    *,
    backbone: str = "efficientnet_lite0",
    image_size: int | None = None,
    seed: int = 0,
    settings: TuningSettings | None = None,
    on_progress: Progress = lambda done, total, said: None,
) -> dict[str, Any]:
    """Make a model from a folder of pictures, measure it once, and write all of it into a new folder.

    The test part is opened after everything has been chosen and its accuracy has been predicted.

    Args:
        folder: with a sub-folder of pictures for each class.
        out: a folder that does not exist yet; it appears only when everything in it is done.
        backbone: a network for pictures, by name.
        image_size: side in pixels. Default: the one that the network was pretrained at.
        seed: decides how the pictures are dealt, and the order of fine-tuning.
        settings: of fine-tuning, such as ``tune`` found. Default: the usual ones, where the advisor is for fine-tuning.
        on_progress: told about every step.

    Returns:
        What ``result.json`` holds.

    Raises:
        CourseError: ``out`` exists or cannot be written, the folder is unusable (see ``open_folder``), or the network
            takes no pictures.
        OSError: the disk is full.
    """
    started = time.process_time()
    _require_room(out)
    on_progress(0, 1, "reading the pictures")
    network = load_backbone(backbone, image_size=image_size)
    spec = spec_of(network)
    if spec.modality != "pictures":
        raise CourseError(f"{backbone} takes {spec.modality}, not pictures. Leave --backbone out, or name another one.")
    task = open_folder(folder, int(network.input_shape[1]), seed)
    with _appearing(out) as draft:
        run = Adaptation(task, network, seed, on_progress, settings)
        choice = run.choose()
        result: dict[str, Any] = {
            "folder": task.folder.absolute().name,
            "class_names": list(task.class_names),
            "backbone": backbone,
            "source": _source(spec),
            "image_size": int(network.input_shape[1]),
            "seed": seed,
            "parts": all_parts(task),
            "notes": list(task.notes),
            "strategy": asdict(choice),
            "settings": asdict(settings) if settings else None,
            **run.measure(),
        }
        exports = list(run.export(draft))
        page_problem = _add_page(draft, exports)
        result |= {"exports": [asdict(export) for export in exports], "page_problem": page_problem}
        result["seconds"] = round(time.process_time() - started, 1)
        write_predictions(draft / "predictions.csv", task, run.probabilities)
        write_card(draft, result, task, run.bins, run.compared)
        run.finish()
    return result


def _source(spec: BackboneSpec) -> str:
    licence = f"; licence of its weights: {spec.licence}" if spec.licence else ""
    return f"pretrained on {spec.source_data}{licence}"


def _add_page(folder: Path, exports: list[Export]) -> str:
    """Add the page if there is an ONNX file for it; return why not, or nothing."""
    if any(export.problem for export in exports if export.format == "ONNX"):
        return "The page was left out, since it runs the ONNX file."
    if problem := copy_runtime(folder / "onnxruntime-web"):
        return problem
    write_page(folder)
    return ""


def _require_room(out: Path) -> None:
    """Refuse a result folder that is there already, or can't be written, before the long part."""
    if out.exists() or out.is_symlink():
        raise CourseError(f"{out} exists already, and is never overwritten. Name another folder with --out.")
    require_writable(out.parent, "Name another folder with --out.")
    nearest = next(path for path in out.absolute().parents if path.exists())
    if (free := shutil.disk_usage(nearest).free) < _FREE:
        raise CourseError(
            f"The disk of {nearest} is nearly full: a result takes up to {_FREE / 1e6:.0f} MB, and {free / 1e6:.0f} MB "
            "are free. Free some space, or name a folder on another disk with --out."
        )


@contextmanager
def _appearing(out: Path) -> Iterator[Path]:
    """Yield a hidden folder that becomes ``out`` if the block succeeds, and vanishes otherwise, also after Ctrl-C."""
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=out.parent, prefix=".course-adapt-"))
    try:
        yield draft
        draft.chmod(0o755)
        draft.rename(out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
