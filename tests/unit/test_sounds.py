"""Sound files and tasks: every usual format becomes the same wave, bad ones say why, nobody is in two parts."""

import shutil
import warnings

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.data import (
    PARTS,
    SAMPLE_RATE,
    SoundWarning,
    load_own_sounds,
    load_sounds,
    one_window,
    read_sound,
    sound_names,
)
from course_utils.data.drawn_sounds import VOWELS, draw_glides, draw_vowels
from course_utils.data.spoken_digits import spoken_digits_folder
from course_utils.errors import CourseError

DRAWN = ("vowels", "glides")


def tone(rate: int, seconds: float = 0.5, hertz: float = 440.0, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def loudest_hertz(wave: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(wave)).argmax() * SAMPLE_RATE / len(wave))


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 48_000])
def test_any_rate_becomes_16_khz_at_the_same_pitch_and_length(tmp_path, rate):
    soundfile.write(tmp_path / "a.wav", tone(rate), rate)
    wave = read_sound(tmp_path / "a.wav")
    assert wave.dtype == np.float32
    assert abs(len(wave) - 8000) <= 2
    assert abs(loudest_hertz(wave) - 440) < 3
    assert abs(np.abs(wave[1000:-1000]).max() - 0.5) < 0.02


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.wav", {"subtype": "PCM_16"}),
        ("a.wav", {"subtype": "PCM_24"}),
        ("a.wav", {"subtype": "FLOAT"}),
        ("a.wav", {"subtype": "PCM_U8"}),
        ("a.flac", {}),
        ("a.ogg", {}),
        ("a.mp3", {}),
    ],
)
def test_every_usual_format_gives_the_same_tone(tmp_path, name, options):
    soundfile.write(tmp_path / name, tone(16_000), 16_000, **options)
    assert abs(loudest_hertz(read_sound(tmp_path / name)) - 440) < 5


def test_what_is_above_the_new_limit_does_not_fold_back(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(48_000, hertz=300) + tone(48_000, hertz=13_000), 48_000)
    spectrum = np.abs(np.fft.rfft(read_sound(tmp_path / "a.wav")))
    folded = round(3000 * len(spectrum) / 8000)  # where 13 kHz would appear at 16 kHz
    assert spectrum[folded - 20 : folded + 20].max() < 0.01 * spectrum.max()


def test_channels_are_averaged(tmp_path):
    left, right = tone(16_000, hertz=300), tone(16_000, hertz=700)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], axis=1), 16_000, subtype="FLOAT")
    np.testing.assert_allclose(read_sound(tmp_path / "a.wav"), (left + right) / 2, atol=1e-6)


@pytest.mark.parametrize(
    ("wave", "rate", "says"),
    [
        (np.zeros(8000), 16_000, "a.wav is silent"),
        (tone(16_000, 0.01), 16_000, "lasts 10 ms, too short"),
        (np.zeros(0), 16_000, "lasts 0 ms, too short"),
        (tone(4000, 3600), 4000, "lasts 3,600 s; at most 60 s are read"),
        (tone(1000), 1000, "has 1,000 samples per second"),
        (np.array([0.1, np.nan] * 4000), 16_000, "samples that are no numbers"),
    ],
)
def test_what_cannot_be_used_gets_a_sentence(tmp_path, wave, rate, says):
    soundfile.write(tmp_path / "a.wav", wave, rate, subtype="FLOAT")
    with pytest.raises(CourseError, match=says):
        read_sound(tmp_path / "a.wav")


@pytest.mark.parametrize("content", [b"", b"These are words, not sounds.\n" * 100, b"RIFF\xff\xff\xff\xffWAVEfmt "])
def test_a_file_that_is_no_sound_is_told_whatever_its_name(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(CourseError, match=r"a\.wav is no sound file, whatever its name says"):
        read_sound(tmp_path / "a.wav")


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(CourseError, match="There is no file"):
            read_sound(path)


def test_a_clipped_recording_warns_and_is_read(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.clip(tone(16_000, level=3.0), -1, 1), 16_000)
    with pytest.warns(SoundWarning, match=r"a\.wav is clipped"):
        assert len(read_sound(tmp_path / "a.wav")) == 8000
    soundfile.write(tmp_path / "b.wav", tone(16_000, level=0.9), 16_000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_sound(tmp_path / "b.wav")


@settings(max_examples=50)
@given(st.integers(1, 3000), st.integers(1, 2000))
def test_a_window_keeps_the_loudest_part_and_fills_up_with_silence(length, wanted):
    rng = np.random.default_rng(length)
    wave = rng.normal(size=length)
    window = one_window(wave, wanted)
    assert window.shape == (wanted,)
    if length <= wanted:
        np.testing.assert_array_equal(window, np.pad(wave, (0, wanted - length)).astype(np.float32))
        return
    energies = [np.square(wave[start : start + wanted]).sum() for start in range(length - wanted + 1)]
    assert np.square(window, dtype=float).sum() >= max(energies) * (1 - 1e-5) or length - wanted < 1


# Tasks ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", [0, 5, 13])
@pytest.mark.parametrize("name", DRAWN)
def test_nobody_is_in_two_parts_and_every_class_is_in_each(name, seed):
    task = load_sounds(name, seed)
    parts = [getattr(task, part) for part in PARTS]
    names = [set(part.speakers) for part in parts]
    assert sum(map(len, names)) == len(set.union(*names)) == 12
    clips = np.concatenate([part.clips for part in parts])
    assert sorted(clips) == list(range(720))
    for part in parts:
        assert set(part.labels) == set(range(5))
        assert part.inputs.shape[1:] == (SAMPLE_RATE,)


@pytest.mark.parametrize("name", DRAWN)
def test_as_many_seeds_as_speakers_test_each_of_them_equally_often(name):
    tested = [who for seed in range(12) for who in set(load_sounds(name, seed).test.speakers)]
    assert {tested.count(who) for who in tested} == {2}
    assert len(set(tested)) == 12


def test_a_split_by_clip_has_every_voice_in_every_part():
    task = load_sounds("vowels", by="clip")
    assert all(len(set(getattr(task, part).speakers)) == 12 for part in PARTS)
    assert not set(task.train.clips) & set(task.test.clips)


def test_drawn_sounds_are_the_same_every_time_and_no_two_are_alike():
    for draw in (draw_vowels, draw_glides):
        one, other = draw(), draw()
        np.testing.assert_array_equal(one.waves, other.waves)
        assert len(np.unique(one.waves[:, 3000:9000:50], axis=0)) == 720
        assert np.abs(one.waves).max() <= 0.7


def test_a_drawn_vowel_resonates_at_its_formants():
    sounds = draw_vowels()
    below = {vowel: [] for vowel in VOWELS}
    for wave, label in zip(sounds.waves, sounds.labels, strict=True):
        power = np.abs(np.fft.rfft(wave)) ** 2  # a bin is one hertz
        below[VOWELS[label]].append(power[1500:3300].sum() / power[100:1500].sum())
    means = {vowel: np.mean(found) for vowel, found in below.items()}
    assert means["ee"] > means["ah"] > means["oo"]  # the second formant falls from 2,290 to 1,090 to 870 Hz


def test_a_rising_glide_rises_and_a_falling_one_falls():
    sounds = draw_glides()
    for label, sign in ((0, 1), (1, -1)):
        for wave in sounds.waves[sounds.labels == label][::20]:
            loud = np.flatnonzero(np.abs(wave) > 0.05)
            halves = np.array_split(wave[loud[0] : loud[-1]], 4)
            crossings = [np.sum(np.diff(np.sign(half)) != 0) / len(half) for half in (halves[0], halves[-1])]
            assert np.sign(crossings[1] - crossings[0]) == sign


def test_an_unknown_task_and_another_split_are_refused():
    with pytest.raises(CourseError, match="Known: vowels, glides, spoken_digits"):
        load_sounds("songs")
    with pytest.raises(CourseError, match="must be 'speaker' or 'clip'"):
        load_sounds("vowels", by="word")


def test_the_digits_are_read_where_they_are(monkeypatch):
    if not spoken_digits_folder():
        pytest.skip("the spoken digits are not on this computer: set COURSE_REAL_ASSETS")
    task = load_sounds("spoken_digits")
    assert task.class_names[7] == "seven"
    assert sorted(len(getattr(task, part)) for part in PARTS) == [250, 250, 500]
    tested = {who for seed in range(4) for who in load_sounds("spoken_digits", seed).test.speakers}
    assert len(tested) == 4


def test_digits_that_are_not_here_say_how_to_get_them(monkeypatch, tmp_path):
    from course_utils.data.spoken_digits import spoken_digits

    monkeypatch.delenv("COURSE_REAL_ASSETS", raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    with pytest.raises(CourseError, match=r"data\.download_dataset\('spoken_digits'\)"):
        spoken_digits()
    assert "spoken_digits" in sound_names()


# The learner's own ------------------------------------------------------------------------------------
def spoken(folder, words=("no", "yes"), takes=3):
    for number, word in enumerate(words):
        (folder / word).mkdir(parents=True)
        for take in range(takes):
            soundfile.write(folder / word / f"{take}.wav", tone(44_100, hertz=300 + 200 * number), 44_100)
    return folder


def test_a_folder_of_ones_own_is_read_word_by_word(tmp_path):
    folder = spoken(tmp_path / "mine")
    (folder / "notes.txt").write_text("mine")
    (folder / "empty").mkdir()
    clips, words = load_own_sounds(folder)
    assert words == ("no", "yes")
    assert clips.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert clips.inputs.shape == (6, SAMPLE_RATE)
    assert set(clips.speakers) == {"you"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: shutil.rmtree(folder), "There is no folder"),
        (lambda folder: shutil.rmtree(folder / "no"), "has sounds of 1 words"),
        (lambda folder: [(folder / "no" / f"{take}.wav").unlink() for take in (0, 1)], "There is one take of no"),
        (lambda folder: (folder / "no" / "0.wav").write_text("hello"), r"0\.wav is no sound file"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(tmp_path, change, says):
    folder = spoken(tmp_path / "mine")
    change(folder)
    with pytest.raises(CourseError, match=says):
        load_own_sounds(folder)


def test_a_folder_with_too_many_files_is_refused_before_they_are_read(tmp_path):
    folder = spoken(tmp_path / "mine")
    for number in range(1000):
        (folder / "no" / f"more{number}.wav").touch()
    with pytest.raises(CourseError, match="holds 1,006 sounds; at most 1,000"):
        load_own_sounds(folder)
