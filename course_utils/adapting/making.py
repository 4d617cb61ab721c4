"""From a folder or a table to a folder that holds a model and explains it."""

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
from course_utils.adapting.folder_task import WORDS, FolderTask, Material, all_parts
from course_utils.adapting.learning import TuningSettings
from course_utils.adapting.picture_task import open_folder
from course_utils.adapting.result_files import write_card, write_page, write_predictions
from course_utils.adapting.sound_task import open_sounds
from course_utils.adapting.source_kinds import kind_of
from course_utils.adapting.text_task import open_texts
from course_utils.backbones import BackboneSpec, load_backbone, load_tokenizer, spec_of
from course_utils.backbones.minilm import vocabulary_file
from course_utils.errors import CourseError
from course_utils.files import require_writable

_FREE = 400 * 10**6  # bytes that a result may take
_KINDS: dict[str, Material] = {"pictures": "pictures", "sound": "sounds", "text": "texts"}
#: The network that is adapted if none is named.
_NETWORKS: dict[Material, str] = {"pictures": "efficientnet_lite0", "sounds": "whisper_tiny_en", "texts": "minilm"}


def adapt(
    folder: Path,
    out: Path,
    *,
    backbone: str | None = None,
    image_size: int | None = None,
    seed: int = 0,
    settings: TuningSettings | None = None,
    on_progress: Progress = lambda done, total, said: None,
) -> dict[str, Any]:
    """Make a model from pictures, recordings or texts, measure it once, and write all of it into a new folder.

    The test part is opened after everything has been chosen and its accuracy has been predicted.

    Args:
        folder: with a sub-folder of pictures or recordings for each class; or a CSV file of texts.
        out: a folder that does not exist yet; it appears only when everything in it is done.
        backbone: a network for them, by name. Default: the course's small one for this kind.
        image_size: side in pixels. Default: the one that the network was pretrained at.
        seed: decides how they are dealt, and the order of fine-tuning.
        settings: of fine-tuning, such as ``tune`` found. Default: the usual ones, where the advisor is for fine-tuning.
        on_progress: told about every step.

    Returns:
        What ``result.json`` holds.

    Raises:
        CourseError: ``out`` exists or cannot be written, the source is unusable (see ``open_folder``, ``open_sounds``
            and ``open_texts``), or the network takes something else.
        OSError: the disk is full.
    """
    started = time.process_time()
    _require_room(out)
    kind = kind_of(folder)
    backbone = backbone or _NETWORKS[kind]
    on_progress(0, 1, f"reading the {WORDS[kind][1]}")
    network = load_backbone(backbone, image_size=image_size)
    spec = spec_of(network)
    task = _open(folder, network, spec, backbone, seed)
    with _appearing(out) as draft:
        run = Adaptation(task, network, seed, on_progress, settings)
        choice = run.choose()
        result: dict[str, Any] = {
            "folder": task.folder.absolute().name,
            "class_names": list(task.class_names),
            "backbone": backbone,
            "source": _source(spec),
            "modality": task.modality,
            # the side of a picture, the samples of a wave, or the tokens of a text
            "size": int(task.parts["train"].inputs.shape[1]),
            "seed": seed,
            "parts": all_parts(task),
            "notes": list(task.notes),
            "strategy": asdict(choice),
            "settings": asdict(settings) if settings else None,
            **run.measure(),
        }
        write_predictions(draft / "predictions.csv", task, run.probabilities)
        exports = list(run.export(draft))
        page_problem = _add_page(draft, exports, task.modality)
        if task.modality == "texts":
            shutil.copyfile(vocabulary_file(), draft / "vocabulary.txt")
        result |= {"exports": [asdict(export) for export in exports], "page_problem": page_problem}
        result["seconds"] = round(time.process_time() - started, 1)
        write_card(draft, result, task, run.bins, run.compared)
        run.finish()
    return result


def _open(source: Path, network: Any, spec: BackboneSpec, backbone: str, seed: int) -> FolderTask:
    """Open a source as what the network takes.

    Raises:
        CourseError: the source holds something else, or can't be used.
    """
    kind = kind_of(source)
    if _KINDS[spec.modality] != kind:
        raise CourseError(
            f"{backbone} takes {_KINDS[spec.modality]}, not {kind}, which {source} holds. Leave --backbone out, or "
            "name another one."
        )
    if kind == "pictures":
        return open_folder(source, int(network.input_shape[1]), seed)
    if backbone != _NETWORKS[kind]:
        raise CourseError(f"{backbone} can't be adapted to {kind}: {_NETWORKS[kind]} can. Leave --backbone out.")
    return open_sounds(source, seed) if kind == "sounds" else open_texts(source, load_tokenizer(backbone), seed)


def _source(spec: BackboneSpec) -> str:
    licence = f"; licence of its weights: {spec.licence}" if spec.licence else ""
    return f"pretrained on {spec.source_data}{licence}"


def _add_page(folder: Path, exports: list[Export], modality: Material) -> str:
    """Add the page if there is an ONNX file for it; return why not, or nothing."""
    if any(export.problem for export in exports if export.format == "ONNX"):
        return "The page was left out, since it runs the ONNX file."
    if problem := copy_runtime(folder / "onnxruntime-web"):
        return problem
    write_page(folder, modality)
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
