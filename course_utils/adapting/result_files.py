"""The files of a result: its numbers, the card, and the programs that use the model."""

import base64
import csv
import json
import shutil
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from numpy.typing import NDArray

from course_utils.adapting.exporting import TOLERANCE
from course_utils.adapting.folder_task import WORDS, FolderTask, Material
from course_utils.adapting.measuring import BINS, Bin
from course_utils.backbones.log_mel import LogMel
from course_utils.data import SAMPLE_RATE, PartName
from course_utils.data.picture_files import counted
from course_utils.data.sounds import as_wav
from course_utils.figures import picture_grid, reliability_diagram, spectrograms
from course_utils.figures.words import percent

_TEMPLATES = Path(__file__).parent / "templates"
_ENGINE = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=select_autoescape(["html.jinja"]),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
)
#: Mistakes that are shown, the most confident first.
MOST_MISTAKES = 12
_LONGEST_NAME = 14  # characters of a class in a figure
_LONGEST_TEXT = 200  # characters of a text on the card
_LONGEST_HEARD = 3  # seconds of a recording that can be heard on the card: 130 kB in base64
#: What ``classify.py`` needs besides NumPy and what runs the model.
_ALSO: dict[Material, str] = {"pictures": "pillow", "sounds": "scipy, soundfile", "texts": "nothing else"}

#: How ``classify.py`` runs the model, by the file that it runs.
_RUNNERS = {
    "model.onnx": {
        "needs": "numpy, {also} and onnxruntime",
        "import_line": "import onnxruntime",
        "load": 'onnxruntime.InferenceSession(str(HERE / "model.onnx"), providers=["CPUExecutionProvider"])',
        "call": "MODEL.run(None, {MODEL.get_inputs()[0].name: prepared(given)[None]})[0][0]",
    },
    "model.keras": {
        "needs": "numpy, {also}, keras and tensorflow",
        "import_line": "import keras",
        "load": 'keras.models.load_model(HERE / "model.keras", compile=False)',
        "call": "np.asarray(MODEL.predict_on_batch(prepared(given)[None]))[0]",
    },
}


def write_predictions(path: Path, task: FolderTask, probabilities: Mapping[PartName, NDArray[Any]]) -> None:
    """Write a line for each picture: its part, file, label, the answer, and the probability of each class."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["part", "file", "label", "answer", *(f"p({name})" for name in task.class_names)])
        for part, rows in probabilities.items():
            answers = rows.argmax(1)
            for name, label, answer, row in zip(
                task.files[part], task.parts[part].labels, answers, rows.tolist(), strict=True
            ):
                table.writerow([part, name, task.class_names[label], task.class_names[answer], *row])


def confident_mistakes(task: FolderTask, probabilities: NDArray[Any]) -> list[dict[str, Any]]:
    """Return the test inputs that are answered wrong, with row, file and answer, the most confident first.

    Of a text there is what it says, too.
    """
    labels, answers, sure = task.parts["test"].labels, probabilities.argmax(1), probabilities.max(1)
    wrong = sorted(np.flatnonzero(answers != labels), key=lambda row: -sure[row])[:MOST_MISTAKES]
    texts = task.texts.get("test")
    return [
        {
            "row": int(row),
            "file": task.files["test"][row],
            "is": task.class_names[labels[row]],
            "says": task.class_names[answers[row]],
            "confidence": float(sure[row]),
            **({"text": textwrap.shorten(texts[row], _LONGEST_TEXT, placeholder=" ...")} if texts else {}),
        }
        for row in wrong
    ]


def write_card(folder: Path, result: Mapping[str, Any], task: FolderTask, bins: Sequence[Bin], compared: int) -> None:
    """Write ``result.json``, ``model_card.html``, ``README.md`` and ``classify.py`` into ``folder``."""
    (folder / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    thing, things = WORDS[task.modality]
    title = f"Test {things}: is it right when it is sure?"
    diagram = reliability_diagram([bin._asdict() for bin in bins], title=title)
    facts = {
        "r": result,
        "counted": counted,
        "percent": percent,
        "thing": thing,
        "things": things,
        "count": sum(part["count"] for part in result["parts"].values()),
        "modality": task.modality,
    }
    figures = {"reliability": _safe(diagram.html()), "mistakes": _safe(_mistakes(task, result["mistakes"]))}
    more: dict[str, Any] = {"percent": lambda share: percent(share).replace(" ", "\N{NO-BREAK SPACE}")}
    more["heard"] = _heard(task, result["mistakes"])
    more |= {"figures": figures, "bins": BINS, "tolerance": f"{TOLERANCE:g}", "compared": compared}
    fill("model_card.html", folder, facts | more)
    fill("README.md", folder, facts)
    whole = [export["file"] for export in result["exports"] if not export["problem"]]
    # Without the course, Keras lacks the layers of its networks for sounds and texts.
    runners = _RUNNERS if task.modality == "pictures" else {"model.onnx": _RUNNERS["model.onnx"]}
    runner = next((runners[file] for file in runners if file in whole), None)
    if runner:
        needs = runner["needs"].format(also=_ALSO[task.modality])
        fill("classify.py", folder, {**runner, "needs": needs, "modality": task.modality})


def write_page(folder: Path, modality: Material) -> None:
    """Write the page that classifies a picture, a recording or a text in the browser."""
    fill("index.html", folder, {"modality": modality})
    shutil.copyfile(_TEMPLATES / "page.js", folder / "page.js")
    shutil.copyfile(_TEMPLATES / f"page_{modality}.js", folder / "prepare.js")


def _mistakes(task: FolderTask, mistakes: Sequence[Mapping[str, Any]]) -> str:
    if not mistakes or task.modality == "texts":
        return ""
    captions = [f"{_short(mistake['says'])} {percent(mistake['confidence'])}" for mistake in mistakes]
    title = "What it says, and how sure it is: all wrong"
    shown = task.parts["test"].inputs[[mistake["row"] for mistake in mistakes]]
    with warnings.catch_warnings():  # the figures' font lacks emoji and some scripts; the list below names the classes
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        if task.modality == "pictures":
            return picture_grid(list(shown), captions, columns=4, title=title).html()
        mels = np.asarray(LogMel()(shown))
        named = {f"{at}: {caption}": mel for at, (caption, mel) in enumerate(zip(captions, mels, strict=True), 1)}
        return spectrograms(named, title=title).html()


def _heard(task: FolderTask, mistakes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sound for each mistake, as the model heard it, as a data address; none if they are long or no sounds."""
    waves = task.parts["test"].inputs
    if task.modality != "sounds" or waves.shape[1] > _LONGEST_HEARD * SAMPLE_RATE:
        return []
    files = [as_wav(waves[mistake["row"]]) for mistake in mistakes]
    return [f"data:audio/wav;base64,{base64.b64encode(file).decode()}" for file in files]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _safe(html: str) -> Markup:
    return Markup(html)  # a Picture escapes its texts itself


def fill(name: str, folder: Path, facts: Mapping[str, Any]) -> None:
    text = _ENGINE.get_template(f"{name}.jinja").render(facts)
    (folder / name).write_text(text, encoding="utf-8", newline="\n")
