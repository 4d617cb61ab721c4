"""``course adapt`` on recordings and on texts: the whole way, and the program that uses the result."""

import base64
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile
from adapted_kinds import DESKS, write_messages, write_vowels

from course_utils.adapting import adapt, result_files
from course_utils.adapting.exporting import TOLERANCE
from course_utils.backbones import is_here, load_tokenizer
from course_utils.backbones.minilm import vocabulary_file
from course_utils.data import SAMPLE_RATE

pytestmark = [pytest.mark.slow, pytest.mark.tensorflow("ONNX and LiteRT files are written on TensorFlow")]

HARD = (
    "A fine film.",
    "naïve café, Ünïcödé!",
    "don't-stop; re-read (twice)...",
    "emoji 🎬🎬 and 中文字 mixed",
    "tabs\tand\nlines\r\nand\u00a0spaces",
    "zero\u200bwidth and \x07bell",
    "electroencephalographically antidisestablishmentarianism",
    "x" * 150,
    "ΑΣ ΟΔΟΣ, Straße, İstanbul",
    "1,234.56 $ ^ ~ `code` a_b",
    "مرحبا بالعالم — हिन्दी",
    "?",
)


def clean() -> dict[str, str]:
    """Return an environment in which Python does not see the course."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module", params=["sounds", "texts"])
def made(request, tmp_path_factory) -> tuple[Path, Path, dict]:
    """Return the source, the folder of a whole run, and what was returned."""
    network = {"sounds": "whisper_tiny_en", "texts": "minilm"}[request.param]
    if not is_here(network):
        pytest.skip(f"{network} is not on this computer")
    parent = tmp_path_factory.mktemp(request.param)
    source = write_vowels(parent / "vowels") if request.param == "sounds" else write_messages(parent / "messages.csv")
    return source, parent / "result", adapt(source, parent / "result")


def test_it_is_measured_explained_and_exported(made) -> None:
    _, folder, result = made
    assert result["test"]["accuracy"] > 1.5 / len(result["class_names"])
    assert result["predicted"]["low"] <= result["predicted"]["high"]
    for export in result["exports"]:
        assert export["problem"] == ""
        assert export["difference"] <= TOLERANCE
    card = (folder / "model_card.html").read_text(encoding="utf-8")
    things = {"sounds": "recordings", "texts": "texts"}[result["modality"]]
    assert f"test {things}" in card
    assert "pictures" not in card.replace("The advisor knows pictures alone", "")
    assert "<b>" not in card
    assert "://" not in card


def test_a_mistaken_recording_can_be_heard_and_a_mistaken_text_read(made) -> None:
    _, folder, result = made
    card = (folder / "model_card.html").read_text(encoding="utf-8")
    if result["modality"] == "sounds":
        sounds = re.findall(r'src="data:audio/wav;base64,([^"]+)"', card)
        assert len(sounds) == len(result["mistakes"])
        for sound in sounds:
            wave, rate = soundfile.read(io.BytesIO(base64.b64decode(sound)))
            assert (len(wave), rate) == (result["size"], SAMPLE_RATE)
    else:
        assert card.count("<q>") == len(result["mistakes"])
        assert "<audio" not in card


def test_nothing_of_one_group_is_in_two_parts(made) -> None:
    source, folder, result = made
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parts = {part: [row["file"] for row in rows if row["part"] == part] for part in ("validation", "test")}
    if result["modality"] == "sounds":
        groups = {part: {name.rpartition("/")[2].partition("_")[0] for name in files} for part, files in parts.items()}
    else:
        with source.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            group = {f"line {table.line_num}": row["group"] for row in table}
        groups = {part: {group[name] for name in files} for part, files in parts.items()}
    assert groups["test"]
    assert not groups["test"] & groups["validation"]


def test_the_program_in_the_folder_answers_as_the_card_says_without_the_course(made) -> None:
    source, folder, result = made
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "test"][:5]
    if result["modality"] == "sounds":
        given = [str(source / row["file"]) for row in rows]
    else:
        with source.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            lines = {f"line {table.line_num}": row["text"] for row in table}
        given = [lines[row["file"]] for row in rows]
    script = "import sys, json, classify; print(json.dumps([classify.classify(one) for one in sys.argv[1:]]))"
    said = subprocess.run(
        [sys.executable, "-c", script, *given], capture_output=True, text=True, check=True, cwd=folder, env=clean()
    )
    for row, chances in zip(rows, json.loads(said.stdout), strict=True):
        for name, chance in chances.items():
            assert chance == pytest.approx(float(row[f"p({name})"]), abs=TOLERANCE)


def test_awkward_names_of_classes_reach_the_card_as_text(made) -> None:
    _, folder, result = made
    if result["modality"] != "texts":
        pytest.skip("the vowels have plain names")
    assert set(result["class_names"]) == set(DESKS)
    assert "a, b &amp; &lt;b&gt;" in (folder / "model_card.html").read_text(encoding="utf-8")


@pytest.mark.skipif(not is_here("minilm"), reason="MiniLM is not on this computer")
def test_the_program_and_the_page_cut_texts_as_the_network_learned_them(tmp_path) -> None:
    length = 24
    expected = load_tokenizer("minilm")(list(HARD), length).tolist()
    shutil.copyfile(vocabulary_file(), tmp_path / "vocabulary.txt")
    (tmp_path / "result.json").write_text(json.dumps({"size": length, "class_names": ["a", "b"]}))
    runner = {"import_line": "", "load": "None", "call": "[0, 1]", "needs": "", "modality": "texts"}
    result_files.fill("classify.py", tmp_path, runner)
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps(HARD), encoding="utf-8")
    script = (
        "import json, classify\n"
        "print(json.dumps([classify.prepared(t).tolist() for t in json.load(open('texts.json', encoding='utf-8'))]))"
    )
    by_python = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path, env=clean()
    )
    assert json.loads(by_python.stdout) == expected
    if (node := shutil.which("node")) is None:
        pytest.skip("node is not installed here")
    shutil.copyfile(Path(result_files.__file__).parent / "templates" / "page_texts.js", tmp_path / "prepare.mjs")
    program = (
        "import { readFileSync } from 'node:fs';\n"
        "import { tokens, vocabulary } from './prepare.mjs';\n"
        "const pieces = vocabulary(readFileSync('vocabulary.txt', 'utf-8'));\n"
        f"const texts = JSON.parse(readFileSync('texts.json', 'utf-8'));\n"
        f"console.log(JSON.stringify(texts.map((text) => tokens(text, pieces, {length}))));\n"
    )
    (tmp_path / "run.mjs").write_text(program, encoding="utf-8")
    by_node = subprocess.run([node, "run.mjs"], capture_output=True, text=True, check=True, cwd=tmp_path)
    for text, found, wanted in zip(HARD, json.loads(by_node.stdout), expected, strict=True):
        assert found == wanted, text
