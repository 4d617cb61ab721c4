"""One's own voice: takes on the disk, what is learned from them, and what the page asks of the kernel."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_utils.data import SAMPLE_RATE, load_own_sounds
from course_utils.data.sounds import as_wav, read_sound
from course_utils.errors import CourseError
from course_utils.labs import own_voice
from course_utils.labs.voice_lab import listener, takes
from course_utils.labs.voice_lab.listener import Listener
from course_utils.labs.voice_lab.takes import Takes

WORDS = ("yes", "no")


@pytest.fixture(autouse=True)
def _without_whisper(monkeypatch):
    monkeypatch.setattr(listener, "is_here", lambda name: False)


def tone(pitch: float, *, rate: int = SAMPLE_RATE, seconds: float = 0.6, loud: float = 0.3) -> np.ndarray:
    return (loud * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """The lab, with the messages that it sends to the page."""
    lab = own_voice(tmp_path / "my_voice", WORDS)
    lab.sent = []
    monkeypatch.setattr(lab, "send", lab.sent.append)
    return lab


def says(lab, sample_rate: int = 48_000, *, wave: np.ndarray, command: str = "take", **more: object) -> dict:
    """Send what the page sends after a recording; return the answer."""
    lab._hear(lab, {"command": command, "rate": sample_rate, **more}, [memoryview(wave.tobytes())])
    return lab.sent[-1]


def taught(lab):
    for pitch in (200, 210, 220):
        says(lab, word="yes", wave=tone(pitch, rate=48_000))
        says(lab, word="no", wave=tone(3 * pitch, rate=48_000))
    lab._hear(lab, {"command": "teach"}, [])
    return lab.sent[-1]


def test_a_take_is_a_second_at_16_khz_in_its_words_folder(lab):
    answer = says(lab, word="no", wave=tone(440, rate=48_000))
    assert [len(word["takes"]) for word in answer["words"]] == [0, 1]
    (path,) = (lab.takes.folder / "no").iterdir()
    wave, rate = soundfile.read(path)
    assert (rate, len(wave)) == (SAMPLE_RATE, SAMPLE_RATE)
    assert np.abs(np.fft.rfft(wave)).argmax() == pytest.approx(440, abs=2)


def test_the_takes_are_what_the_lesson_and_course_adapt_read(lab):
    taught(lab)
    sounds, words = load_own_sounds(lab.takes.folder)
    assert words == ("no", "yes")
    assert np.bincount(sounds.labels).tolist() == [3, 3]


@pytest.mark.parametrize(
    ("wave", "why"),
    [
        (np.zeros(48_000, np.float32), "is silent. Check the microphone"),
        (tone(440, rate=48_000, seconds=0.01), "too short"),
    ],
)
def test_a_bad_take_is_refused_in_a_sentence_and_leaves_nothing(lab, wave, why):
    answer = says(lab, word="yes", wave=wave)
    assert not answer["kept"]
    assert re.search(why, answer["words"])
    assert not lab.takes.folder.exists()


def test_a_full_disk_is_a_sentence_and_the_round_can_go_on(lab, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(takes, "write_atomically", full)
    answer = says(lab, word="yes", wave=tone(440, rate=48_000))
    assert "can't be written (No space left on device). Make room" in answer["words"]
    monkeypatch.undo()
    assert lab.takes.files("yes") == []


def test_a_clipped_take_is_kept_with_a_warning(lab):
    answer = says(lab, word="yes", wave=np.sign(tone(300, rate=48_000)))
    assert answer["kept"]
    assert answer["words"].startswith("yes.wav is clipped")
    assert len(lab.takes.files("yes")) == 1


def test_added_files_of_any_kind_become_takes_and_others_are_named(lab):
    stereo = io.BytesIO()
    soundfile.write(stereo, np.stack([tone(440, rate=8000)] * 2, axis=1), 8000, format="FLAC")
    lab._hear(lab, {"command": "file", "word": "no", "name": "../no 1.flac"}, [memoryview(stereo.getvalue())])
    assert [path.name for path in lab.takes.files("no")] == ["take_001.wav"]
    lab._hear(lab, {"command": "file", "word": "no", "name": "notes.txt"}, [memoryview(b"hello")])
    assert lab.sent[-1]["words"].startswith("notes.txt is no sound file")
    lab._hear(lab, {"command": "file", "word": "maybe", "name": "a.wav"}, [memoryview(as_wav(tone(440)))])
    assert "choose one of yes, no" in lab.sent[-1]["words"]
    assert sorted(path.name for path in lab.takes.folder.iterdir()) == ["no"]


def test_a_take_is_removed_and_the_next_one_gets_a_free_name(lab):
    for _ in range(2):
        says(lab, word="yes", wave=tone(300, rate=48_000))
    lab._hear(lab, {"command": "remove", "word": "yes", "name": "take_001.wav"}, [])
    assert [take["name"] for take in lab.sent[-1]["words"][0]["takes"]] == ["take_002.wav"]
    lab._hear(lab, {"command": "remove", "word": "yes", "name": "../../elsewhere.wav"}, [])
    says(lab, word="yes", wave=tone(300, rate=48_000))
    assert [path.name for path in lab.takes.files("yes")] == ["take_001.wav", "take_002.wav"]


def test_it_learns_the_words_and_knows_a_new_take(lab):
    answer = taught(lab)
    assert answer["rounds"] == {"log-mel": (6, 6)}
    told = says(lab, command="listen", wave=tone(205, rate=48_000))["told"]["log-mel"]
    assert [word for word, _ in told] == ["yes", "no"]
    assert sum(share for _, share in told) == pytest.approx(1)
    json.dumps(lab.sent, allow_nan=False)


def test_a_network_that_is_fetched_after_it_learned_waits_for_the_next_time(lab, monkeypatch):
    taught(lab)
    features = listener._features
    monkeypatch.setattr(listener, "_features", lambda waves: {"Whisper": waves} | features(waves))
    assert list(says(lab, command="listen", wave=tone(205, rate=48_000))["told"]) == ["log-mel"]


def test_it_says_which_word_lacks_takes(lab):
    says(lab, word="yes", wave=tone(300, rate=48_000))
    lab._hear(lab, {"command": "teach"}, [])
    assert lab.sent[-1] == {
        "kind": "problem",
        "words": "Fewer than two takes of yes, no: record another round.",
        "kept": False,
    }


def test_before_it_learned_it_does_not_listen(lab):
    before = list(lab.sent)
    lab._hear(lab, {"command": "listen", "rate": 48_000}, [memoryview(tone(300).tobytes())])
    assert lab.sent == before


def test_a_file_that_is_no_sound_is_shown_without_a_wave_and_named_when_it_learns(lab):
    taught(lab)
    (lab.takes.folder / "no" / "broken.wav").write_bytes(b"RIFF")
    assert [take["wave"] == "" for take in lab.snapshot()["words"][1]["takes"]] == [True, False, False, False]
    lab._hear(lab, {"command": "teach"}, [])
    assert lab.sent[-1]["words"].startswith("broken.wav is no sound file")


def test_a_round_is_guessed_from_the_other_rounds_alone():
    """Where takes say nothing of their word, a probe that had seen them would know them all the same."""
    waves = np.stack([tone(pitch, seconds=1.0) for pitch in np.geomspace(100, 4000, 12)])
    far_apart = np.tile(np.arange(4), 3)
    side_by_side = np.repeat(np.arange(4), 3)
    assert Listener(waves, side_by_side, "abcd").rounds["log-mel"][0] > 8
    assert Listener(waves, far_apart, "abcd").rounds["log-mel"][0] < 6


def test_words_that_are_there_already_are_used(tmp_path):
    for word in ("left", "right"):
        (tmp_path / word).mkdir()
    assert own_voice(tmp_path).takes.words == ("left", "right")
    assert len(own_voice(tmp_path / "new").takes.words) == 10
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "words", [["yes"], ["yes", "Yes"], ["a/b", "c"], ["..", "c"], ["", "c"], [str(number) for number in range(21)]]
)
def test_words_that_can_not_be_folders_are_refused(tmp_path, words):
    with pytest.raises(CourseError):
        Takes(tmp_path, words)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "my_voice").write_text("")
    with pytest.raises(CourseError, match="is a file"):
        own_voice(tmp_path / "my_voice")


@given(arrays(np.float32, st.integers(1, 500), elements=st.floats(-1, 1, width=32)), st.sampled_from([8000, 48_000]))
def test_a_wave_survives_its_wav_file(wave, rate):
    kept, kept_rate = soundfile.read(io.BytesIO(as_wav(wave, rate)), dtype="float32")
    assert kept_rate == rate
    np.testing.assert_allclose(kept, wave, atol=2**-15)


def test_without_a_front_end_it_says_where_it_can_be_used(lab):
    assert "open this lesson in JupyterLab" in lab.static()["text/plain"]
    assert "<p>" in lab.static()["text/html"]


def test_it_has_no_run_to_start(lab):
    with pytest.raises(CourseError, match="teach"):
        lab.start()


def test_a_written_take_reads_back_as_it_was(tmp_path):
    takes = Takes(tmp_path, WORDS)
    path, odd = takes.add("yes", "one.wav", as_wav(tone(300, seconds=1.0)))
    assert odd == ""
    np.testing.assert_allclose(read_sound(Path(path)), tone(300, seconds=1.0), atol=1e-4)
