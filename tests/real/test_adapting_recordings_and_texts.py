"""``course adapt`` on spoken digits and on film reviews: as predicted, and the same in other programs."""

import csv

import pytest

from course_utils.adapting import adapt
from course_utils.backbones import is_here

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.tensorflow("ONNX and LiteRT files need TensorFlow")]


def check(result, least: float) -> None:
    assert result["test"]["accuracy"] >= least
    assert [export["problem"] for export in result["exports"]] == ["", "", ""]
    assert max(export["difference"] for export in result["exports"]) <= 1e-4


@pytest.mark.skipif(not is_here("whisper_tiny_en"), reason="Whisper's encoder is not on this computer")
def test_spoken_digits_are_told_apart_in_a_voice_never_heard(real_assets, tmp_path):
    folder = tmp_path / "digits"
    table = ["file,group"]
    for digit in "012":
        (folder / digit).mkdir(parents=True)
        for path in sorted((real_assets / "spoken_digits").glob(f"{digit}_*_[0-7].wav")):
            (folder / digit / path.name).symlink_to(path)
            table.append(f"{digit}/{path.name},{path.name.split('_')[1]}")
    (folder / "groups.csv").write_text("\n".join(table), encoding="utf-8")

    result = adapt(folder, tmp_path / "model")
    check(result, 0.7)  # guessing: 0.33
    assert result["predicted"]["high"] - result["predicted"]["low"] > 0.9  # one voice to predict from says nothing
    with (tmp_path / "model" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        voices = {part: set() for part in ("validation", "test")}
        for row in csv.DictReader(file):
            voices[row["part"]].add(row["file"].split("_")[1])
    assert not voices["validation"] & voices["test"]


@pytest.mark.skipif(not is_here("minilm"), reason="MiniLM is not on this computer")
def test_film_reviews_are_told_apart(real_assets, tmp_path):
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "label"])
        for label in ("pos", "neg"):
            lines = (real_assets / "rotten_tomatoes" / f"rt-polarity.{label}").read_text(encoding="utf-8").split("\n")
            table.writerows([line, label] for line in lines[:250])
    result = adapt(path, tmp_path / "model")
    check(result, 0.6)  # guessing: 0.5
    assert result["test"]["as_predicted"]
