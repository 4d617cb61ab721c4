"""``course adapt`` on small folders: the whole way, and everything that may go wrong on it."""

import csv
import errno
import json
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from adapted_folders import CLASSES, adapted, write_drawings
from picture_folders import noise, write
from sklearn.metrics import accuracy_score

from course_utils.adapting import adapt as run_adapt
from course_utils.adapting import exporting, open_folder
from course_utils.adapting import folder_task as looking
from course_utils.adapting.adaptation import Adaptation
from course_utils.adapting.exporting import TOLERANCE, export_model
from course_utils.adapting.measuring import expected_calibration_error
from course_utils.backbones import load_backbone
from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.transfer import with_head

pytestmark = pytest.mark.tensorflow("ONNX and LiteRT files are written on TensorFlow")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The result of one whole run: its folder, and what was returned."""
    return adapted(tmp_path_factory.mktemp("adapting"))


@pytest.fixture
def predictions(made) -> list[dict[str, str]]:
    with (made[0] / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_number_of_the_card_can_be_computed_again_from_the_predictions(made, predictions) -> None:
    result = json.loads((made[0] / "result.json").read_text(encoding="utf-8"))
    assert result == json.loads(json.dumps(made[1]))
    for part in ("validation", "test"):
        rows = [row for row in predictions if row["part"] == part]
        assert len(rows) == result[part]["count"]
        right = accuracy_score([row["label"] for row in rows], [row["answer"] for row in rows])
        assert right == pytest.approx(result[part]["accuracy"])
    chances = np.array([[float(row[f"p({name})"]) for name in CLASSES] for row in rows])
    labels = np.array([CLASSES.index(row["label"]) for row in rows])
    assert expected_calibration_error(chances, labels) == pytest.approx(result["test"]["calibration_error"])
    wrong = sorted(
        (row for row in rows if row["label"] != row["answer"]), key=lambda row: -float(row[f"p({row['answer']})"])
    )
    assert wrong  # some drawings are in the wrong folder
    assert [mistake["file"] for mistake in result["mistakes"]] == [row["file"] for row in wrong][:12]


def test_no_picture_is_in_two_parts_and_all_are_in_one(made, predictions) -> None:
    files = [row["file"] for row in predictions]
    assert len(set(files)) == len(files)
    assert sum(part["count"] for part in made[1]["parts"].values()) == 55


def test_every_format_is_written_and_equal_to_the_model(made) -> None:
    folder, result = made
    assert [export["format"] for export in result["exports"]] == ["Keras", "ONNX", "LiteRT"]
    for export in result["exports"]:
        assert export["problem"] == ""
        assert export["difference"] <= TOLERANCE
        assert export["bytes"] == (folder / export["file"]).stat().st_size
    model = keras.models.load_model(folder / "model.keras", compile=False)
    assert not model.compiled
    assert not [layer.name for layer in model.layers if "random" in layer.name.lower()]  # nothing that augments


def test_the_program_in_the_folder_classifies_raw_files_as_the_card_says(made, predictions, tmp_path) -> None:
    folder = made[0]
    tests = [row for row in predictions if row["part"] == "test"]
    files = [str(folder.parent / "drawings" / row["file"]) for row in tests]
    script = (
        f"import sys, json; sys.path.insert(0, {str(folder)!r}); import classify\n"
        "print(json.dumps([classify.classify(file) for file in sys.argv[1:]]))"
    )
    said = subprocess.run([sys.executable, "-c", script, *files], capture_output=True, text=True, check=True)
    for row, chances in zip(tests, json.loads(said.stdout), strict=True):
        assert list(chances) == list(CLASSES)
        for name in CLASSES:
            assert chances[name] == pytest.approx(float(row[f"p({name})"]), abs=TOLERANCE)
    shown = subprocess.run(
        [sys.executable, folder / "classify.py", files[0]], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert f"{files[0]}: {tests[0]['answer']} (" in shown.stdout


def test_the_card_escapes_the_names_of_classes_and_loads_nothing(made) -> None:
    card = (made[0] / "model_card.html").read_text(encoding="utf-8")
    assert "a, b &amp; &lt;b&gt;" in card
    assert "<b>" not in card
    assert "🐜 ants" in card
    assert "://" not in card
    assert "🐜 ants" in (made[0] / "README.md").read_text(encoding="utf-8")


def test_the_test_part_stays_closed_until_its_accuracy_is_predicted(tmp_path) -> None:
    task = open_folder(write_drawings(tmp_path / "drawings"), 32, seed=0)

    class Closed:
        def __len__(self) -> int:
            return 20

        def __getattr__(self, name: str):
            raise AssertionError(f"the test part's {name} was read")

    task.parts["test"] = Closed()
    run = Adaptation(task, load_backbone("embedded"), 0, lambda done, total, said: None)
    assert run.choose().because
    with pytest.raises(AssertionError, match="was read"):
        run.measure()


@pytest.mark.parametrize(
    ("shortlist", "because"),
    [
        (["features, last block", "everything"], "Fine-tuning the last blocks from the fitted head gained"),
        (["features, last block", "from scratch"], "fine-tuning was more than 2 points behind, so none was tried"),
        ([], "the safest way was taken: frozen features"),
    ],
)
def test_fine_tuning_is_tried_where_the_grid_says_that_it_is_about_as_good(
    tmp_path, monkeypatch, shortlist, because
) -> None:
    task = open_folder(write_drawings(tmp_path / "drawings", per_class=8, mislabelled=0), 32, seed=0)
    monkeypatch.setattr(Adaptation, "_advice", lambda self: (shortlist, "As measured."))
    made = Adaptation(task, load_backbone("embedded"), 0, lambda done, total, said: None).choose()
    assert made.advised == (shortlist[0] if shortlist else None)
    assert because in made.because


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_what_is_interrupted_leaves_nothing(tmp_path, monkeypatch, error) -> None:
    def failing(model, folder, inputs, plain):
        (folder / "model.keras").write_bytes(b"half a mod")
        raise error

    monkeypatch.setattr(Adaptation, "_advice", lambda self: ((), "I don't know."))
    monkeypatch.setattr("course_utils.adapting.adaptation.export_model", failing)
    with pytest.raises(type(error)):
        adapted(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["drawings"]


def test_a_result_is_never_overwritten(tmp_path) -> None:
    (tmp_path / "result").mkdir()
    with pytest.raises(CourseError, match=r"exists already.*--out"):
        adapted(tmp_path)


def test_a_full_disk_is_noticed_before_the_work(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=5 * 10**6))
    with pytest.raises(CourseError, match=r"nearly full.*400 MB, and 5 MB"):
        adapted(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("missing", "There is no folder"),
        ("file", "is a file.*one sub-folder per class"),
        ("empty", "0 sub-folders"),
        ("one class", "1 sub-folder"),
        ("one each", "has 1 picture; a class needs at least 3"),
        ("sounds", "holds sounds"),
        ("texts", "holds texts"),
        ("mixed", r"mixes 8 pictures with 1 file of sounds \(\.wav\)"),
        ("unreadable", "0 pictures that can be read"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_in_a_sentence(tmp_path, wrong, said) -> None:
    folder = tmp_path / "pictures"
    if wrong in ("one class", "one each", "mixed", "unreadable"):
        write(
            folder, {"a": 1, "b": 1} if wrong == "one each" else {"a": 4} | ({"b": 4} if wrong != "one class" else {})
        )
    elif wrong in ("empty", "sounds", "texts"):
        folder.mkdir()
    if wrong == "file":
        folder.write_text("text,label")
    for kind, ending in (("sounds", "wav"), ("texts", "csv"), ("mixed", "wav")):
        if wrong == kind:
            (folder / "a").mkdir(exist_ok=True)
            (folder / "a" / f"one.{ending}").write_bytes(b"1")
    if wrong == "unreadable":
        for path in folder.glob("b/*"):
            path.write_bytes(b"no picture")
    with pytest.raises(CourseError, match=said) as raised:
        open_folder(folder, 8, 0)
    assert "\n" not in str(raised.value)


def test_copies_and_tiny_classes_are_reported_and_copies_stay_in_one_part(tmp_path) -> None:
    folder = write(tmp_path / "pictures", {"a": 12, "b": 12})
    for number in range(4):
        noise(number).save(folder / "a" / f"copy{number}.png")
    task = open_folder(folder, 8, 0)
    assert any("there twice" in note for note in task.notes)
    assert any(f"fewer than {looking._FEW} pictures of a" in note for note in task.notes)
    part_of = {name: part for part, names in task.files.items() for name in names}
    assert all(part_of[f"a/{number:02}.png"] == part_of[f"a/copy{number}.png"] for number in range(4))


def test_a_network_for_texts_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("course_utils.adapting.making.load_backbone", lambda name, image_size: object())
    monkeypatch.setattr("course_utils.adapting.making.spec_of", lambda model: SimpleNamespace(modality="text"))
    with pytest.raises(CourseError, match="minilm takes texts, not pictures"):
        run_adapt(write_drawings(tmp_path / "drawings"), tmp_path / "result", backbone="minilm")


@pytest.fixture(scope="module")
def small_model():
    return with_head(load_backbone("embedded"), 2)


PICTURES = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)


def test_a_missing_package_costs_its_format_alone(small_model, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(exporting, "find_spec", lambda name: None if name == "ai_edge_litert" else object())
    problems = {export.format: export.problem for export in export_model(small_model, tmp_path, PICTURES)}
    assert problems["Keras"] == problems["ONNX"] == ""
    assert "ai_edge_litert is not installed: pip install 'transfer-learning-course[export]'" in problems["LiteRT"]
    assert {path.name for path in tmp_path.iterdir()} == {"model.keras", "model.onnx"}


@pytest.mark.parametrize("fault", ["fails", "differs", "is not a number"])
def test_a_file_that_is_wrong_is_not_kept_and_the_others_are(small_model, tmp_path, monkeypatch, fault) -> None:
    def load(path):
        if fault == "fails":
            raise RuntimeError("unknown operation\nat line 3")
        return lambda inputs: np.full((len(inputs), 2), np.nan if fault == "is not a number" else 0.1)

    keras_target, onnx, _ = exporting._TARGETS
    broken = exporting._Target(onnx.format, onnx.file, (), lambda model, path: path.write_bytes(b"x"), load)
    monkeypatch.setattr(exporting, "_TARGETS", (keras_target, broken))
    kept, lost = export_model(small_model, tmp_path, PICTURES)
    assert kept.problem == ""
    assert lost.problem.startswith("ONNX was left out")
    assert "\n" not in lost.problem
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_a_full_disk_ends_the_export(small_model, tmp_path, monkeypatch) -> None:
    def full(model, path):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(
        exporting, "_TARGETS", (exporting._Target("Keras", "model.keras", (), full, lambda path: None),)
    )
    with pytest.raises(OSError, match="No space"):
        list(export_model(small_model, tmp_path, PICTURES))


def test_the_command_answers_with_its_exit_codes(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["adapt"]) == 2
    assert run(["adapt", "nowhere"]) == 1
    assert "There is no folder" in capsys.readouterr().err
    write_drawings(tmp_path / "drawings", per_class=8)
    assert run(["adapt", "drawings", "--backbone", "embedded", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["out"] == "drawings-model"
    assert (tmp_path / "drawings-model" / "model_card.html").exists()
