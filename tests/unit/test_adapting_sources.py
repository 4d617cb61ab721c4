"""What ``course adapt`` makes of folders of recordings and tables of texts: everything that may be odd about them."""

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile
from adapted_kinds import write_vowels
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_folders import noise

from course_utils.adapting.exportable import MatrixLogMel
from course_utils.adapting.making import adapt
from course_utils.adapting.picture_task import open_folder
from course_utils.adapting.sound_task import open_sounds
from course_utils.adapting.text_task import open_texts
from course_utils.backbones.log_mel import LogMel
from course_utils.data import PARTS, SAMPLE_RATE
from course_utils.errors import CourseError


class Letters:
    """A tokenizer whose tokens are letters."""

    padding = 0

    def __call__(self, texts, length):
        rows = [[ord(c) for c in text][:length] for text in texts]
        return np.array([row + [0] * (length - len(row)) for row in rows], np.int32)

    def pieces(self, text):
        return list(text)


def table(path: Path, rows, header=("text", "label"), separator=",", encoding="utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows([header, *rows])
    return path


def messages(count: int = 8) -> list[tuple[str, str]]:
    return [(f"{word} number {n} of them", word) for word in ("good", "bad") for n in range(count)]


# Texts -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("separator", "name"), [(",", ""), (";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_any_usual_separator_is_read_and_said(tmp_path, separator, name, encoding) -> None:
    path = table(tmp_path / "t.csv", messages(), separator=separator, encoding=encoding)
    task = open_texts(path, Letters(), 0)
    assert task.class_names == ("bad", "good")
    assert sum(len(task.parts[part]) for part in PARTS) == 16
    assert task.modality == "texts"
    assert [note for note in task.notes if "separated" in note] == (
        [f"The columns are separated by {name}."] if name else []
    )
    for part in PARTS:
        for text, label in zip(task.texts[part], task.parts[part].labels, strict=True):
            assert text.startswith(task.class_names[label])


def test_texts_with_commas_quotes_and_lines_stay_whole_and_classes_keep_their_names(tmp_path) -> None:
    rows = [(f'He said "no,\nnever" {n}', "a, b & <b>") for n in range(4)] + [(f"yes {n}", "🐜") for n in range(4)]
    task = open_texts(table(tmp_path / "t.csv", rows), Letters(), 0)
    assert set(task.class_names) == {"a, b & <b>", "🐜"}
    assert any("never" in text and "\n" in text for part in PARTS for text in task.texts[part])


def test_missing_labels_and_texts_are_left_out_and_said(tmp_path) -> None:
    rows = [*messages(), ("no label", ""), ("", "good"), ("", "")]
    notes = " ".join(open_texts(table(tmp_path / "t.csv", rows), Letters(), 0).notes)
    assert "1 text without a label left out" in notes
    assert "1 label without a text left out" in notes


def test_copies_in_other_letters_stay_in_one_part(tmp_path) -> None:
    rows = [*messages(10), *[(text.upper() + "  ", label) for text, label in messages(10)]]
    for seed in range(4):
        task = open_texts(table(tmp_path / "t.csv", rows), Letters(), seed)
        folded = [{" ".join(text.casefold().split()) for text in task.texts[part]} for part in PARTS]
        assert len(set.union(*folded)) == sum(map(len, folded))
        assert any("20 texts are there twice: line" in note for note in task.notes)


def test_a_text_with_two_labels_is_learned_by_nobody(tmp_path) -> None:
    rows = [*messages(), ("both ways", "good"), ("Both  ways", "bad")]
    task = open_texts(table(tmp_path / "t.csv", rows), Letters(), 0)
    assert not any("both" in text.lower() for part in PARTS for text in task.texts[part])
    assert any("2 texts left out" in note and "line 18" in note for note in task.notes)


def test_groups_stay_together(tmp_path) -> None:
    rows = [(f"{word} {n}", word, f"writer{n // 3}") for word in ("good", "bad") for n in range(30)]
    task = open_texts(table(tmp_path / "t.csv", rows, header=("Text", "Label", "Group")), Letters(), 1)
    writers = [{int(text.split()[1]) // 3 for text in task.texts[part]} for part in PARTS]
    assert len(set.union(*writers)) == sum(map(len, writers))
    assert task.unit_count("train") == len(writers[0])


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        (messages(), ("sentence", "label"), "lacks the column text; it has: sentence, label"),
        ([(text, "one") for text, _ in messages()], ("text", "label"), "has 1 class"),
        (
            [*messages(), ("rare", "rare")],
            ("text", "label"),
            "1 text of rare that can be used",
        ),
        ([*messages(), *[("the same", "rare")] * 5], ("text", "label"), "copies are never split"),
        ([], ("text", "label"), "has 0 classes"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_a_sentence(tmp_path, rows, header, said) -> None:
    with pytest.raises(CourseError, match=said):
        open_texts(table(tmp_path / "t.csv", rows, header), Letters(), 0)


def test_a_table_in_another_encoding_is_refused(tmp_path) -> None:
    path = table(tmp_path / "t.csv", [*messages(), ("schön", "good")], encoding="latin-1")
    with pytest.raises(CourseError, match="is not in UTF-8"):
        open_texts(path, Letters(), 0)


def test_a_text_with_a_line_separator_of_unicode_stays_whole(tmp_path) -> None:
    rows = [*messages(), ("good\u2028as one\x0cline", "good")]
    task = open_texts(table(tmp_path / "t.csv", rows), Letters(), 0)
    assert any(text == rows[-1][0] for part in PARTS for text in task.texts[part])


def test_a_quotation_mark_that_is_never_closed_is_refused_in_a_sentence(tmp_path) -> None:
    path = table(tmp_path / "t.csv", messages())
    path.write_text(path.read_text() + '"never closed,good\n' + "word " * 50_000)
    with pytest.raises(CourseError, match=r"from line 1[0-9] on .* quotation mark"):
        open_texts(path, Letters(), 0)


def test_long_texts_are_cut_and_said(tmp_path) -> None:
    rows = [*messages(30), ("x" * 10_000, "good")]
    task = open_texts(table(tmp_path / "t.csv", rows), Letters(), 0)
    assert task.parts["train"].inputs.shape[1] < 40
    assert any("longer than" in note and "cut off" in note for note in task.notes)


# Sounds ----------------------------------------------------------------------------------------------
@pytest.fixture
def vowels(tmp_path) -> Path:
    return write_vowels(tmp_path / "vowels", takes=1, classes=2)


def test_speakers_of_the_table_stay_together(vowels) -> None:
    task = open_sounds(vowels, 0)
    who = [{name.partition("/")[2].partition("_")[0] for name in task.files[part]} for part in PARTS]
    assert len(set.union(*who)) == sum(map(len, who))
    assert task.parts["train"].inputs.shape[1] == SAMPLE_RATE
    assert task.parts["train"].inputs.dtype == np.float32


def test_any_usual_format_is_read_and_what_is_none_is_said(vowels) -> None:
    (vowels / "groups.csv").unlink()
    folder = next(path for path in vowels.iterdir() if path.is_dir())
    rng = np.random.default_rng(0)
    tone = 0.3 * rng.standard_normal((48_000, 2))
    soundfile.write(folder / "stereo.wav", tone, 48_000, subtype="PCM_24")
    soundfile.write(folder / "eight.flac", tone[:8_000, 0], 8_000)
    soundfile.write(folder / "music.mp3", tone[:, 0], 44_100)
    soundfile.write(folder / "loud.wav", np.sign(tone[:, 0]), 16_000)
    soundfile.write(folder / "silent.wav", np.zeros(16_000), 16_000)
    soundfile.write(folder / "click.wav", tone[:80, 0], 8_000)
    (folder / "letter.wav").write_text("dear sir")
    task = open_sounds(vowels, 0)
    read = {name.rpartition("/")[2] for part in PARTS for name in task.files[part]}
    assert {"stereo.wav", "eight.flac", "music.mp3", "loud.wav"} <= read
    assert not {"silent.wav", "click.wav", "letter.wav"} & read
    notes = " ".join(task.notes)
    assert "3 of 31 recordings left out" in notes
    assert "1 recording clipped" in notes


def test_an_hour_is_left_out_and_a_long_recording_keeps_its_loudest_part(vowels) -> None:
    (vowels / "groups.csv").unlink()
    folder = next(path for path in vowels.iterdir() if path.is_dir())
    quiet = np.full(5 * SAMPLE_RATE, 0.001, np.float32)
    quiet[3 * SAMPLE_RATE : 4 * SAMPLE_RATE] = 0.5
    soundfile.write(folder / "long.wav", quiet, SAMPLE_RATE, subtype="FLOAT")
    soundfile.write(folder / "hour.wav", np.full(3600 * 4000, 0.1, np.float32), 4000)
    task = open_sounds(vowels, 0)
    found = {name: wave for part in PARTS for name, wave in zip(task.files[part], task.parts[part].inputs, strict=True)}
    assert found[f"{folder.name}/long.wav"].min() > 0.4
    assert f"{folder.name}/hour.wav" not in found
    assert "Cut it into a file for each word" in " ".join(task.notes)


def test_copies_of_a_recording_stay_in_one_part(vowels) -> None:
    (vowels / "groups.csv").unlink()
    for folder in (path for path in vowels.iterdir() if path.is_dir()):
        for path in sorted(folder.iterdir()):
            path.with_name(f"copy of {path.name}").write_bytes(path.read_bytes())
    task = open_sounds(vowels, 2)
    names = [{name.replace("copy of ", "") for name in task.files[part]} for part in PARTS]
    assert len(set.union(*names)) == sum(map(len, names))


def test_a_recording_that_was_saved_again_stays_with_its_copy_and_is_told(vowels) -> None:
    (vowels / "groups.csv").unlink()
    for path in sorted(vowels.glob("*/*.wav")):
        wave, rate = soundfile.read(path, dtype="float32")
        soundfile.write(path.with_name(f"quieter {path.stem}.flac"), 0.4 * wave, rate)
    for seed in range(3):
        task = open_sounds(vowels, seed)
        originals = ([Path(name.replace("quieter ", "")) for name in task.files[part]] for part in PARTS)
        names = [{path.with_suffix("") for path in found} for found in originals]
        assert len(set.union(*names)) == sum(map(len, names))
        assert any("pairs of recordings are nearly the same" in note for note in task.notes)


def test_a_recording_in_two_classes_is_told(vowels) -> None:
    (vowels / "groups.csv").unlink()
    path = sorted(vowels.glob("ee/*.wav"))[0]
    wave, rate = soundfile.read(path, dtype="float32")
    soundfile.write(vowels / "eh" / "again.wav", 0.5 * wave, rate)
    notes = " ".join(open_sounds(vowels, 0).notes)
    assert f"The same recording is in two classes: ee/{path.name} and eh/again.wav" in notes


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: noise(0).save(f / "ee" / "a.png"), "mixes .* recordings with 1 file of pictures"),
        (lambda f: (f / "ee" / "words.txt").write_text("ee"), "with 1 file of texts"),
        (lambda f: [path.unlink() for path in f.glob("eh/*")], "recordings of 1 class"),
        (lambda f: [path.unlink() for path in sorted(f.glob("eh/*"))[2:]], "2 recordings of eh"),
    ],
)
def test_a_folder_of_sounds_that_cannot_be_used_is_refused_in_a_sentence(vowels, spoil, said) -> None:
    (vowels / "groups.csv").unlink()
    spoil(vowels)
    with pytest.raises(CourseError, match=said):
        open_sounds(vowels, 0)


def test_pictures_are_asked_of_a_folder_of_pictures_alone(vowels) -> None:
    with pytest.raises(CourseError, match="holds sounds, not pictures"):
        open_folder(vowels, 32, 0)


@pytest.mark.parametrize(("name", "said"), [("nowhere", "There is no folder"), ("a.zip", "is a file, but")])
def test_a_source_that_is_none_is_refused_before_the_work(tmp_path, name, said) -> None:
    if "." in name:
        (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(CourseError, match=said):
        adapt(tmp_path / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# What other programs run -------------------------------------------------------------------------------
@settings(max_examples=15, deadline=None)
@given(st.integers(400, 4000), st.integers(0, 2**32 - 1), st.floats(1e-3, 1))
def test_the_log_mel_of_exported_models_is_the_log_mel(samples: int, seed: int, loudness: float) -> None:
    waves = (loudness * np.random.default_rng(seed).normal(0, 0.2, (2, samples))).astype(np.float32)
    np.testing.assert_allclose(np.asarray(MatrixLogMel()(waves)), np.asarray(LogMel()(waves)), atol=1e-4)
