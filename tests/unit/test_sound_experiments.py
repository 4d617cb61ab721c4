"""Features of sounds, the network from scratch, fine-tuning from one start, and the cells that are recorded."""

import numpy as np
import pytest
from pretrained_models import kept_model

from course_utils import figures
from course_utils.backbones.log_mel import band_centres, mel_filters
from course_utils.data import Split, load_sounds
from course_utils.data.spoken_digits import spoken_digits_folder
from course_utils.errors import CourseError
from course_utils.experiments import (
    SoundTuning,
    as_pictures,
    log_mel_features,
    log_mels,
    shifted_and_masked,
    sound_voices,
)
from course_utils.experiments.registry import EXPERIMENTS
from course_utils.experiments.sound_budgets import METHODS, OURS, budget_rows, clip_parts, labels_of
from course_utils.experiments.sound_features import all_clips, sounding_parts
from course_utils.experiments.sound_looks import picture_of
from course_utils.experiments.sound_probes import DAMAGES
from course_utils.experiments.sound_scratch import sound_cnn, train_sound_cnn


def tone(hertz: float, samples: int = 16_000) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(samples) / 16_000)).astype(np.float32)


def test_all_clips_are_in_the_order_of_their_numbers_whatever_the_split():
    clips = all_clips("vowels")
    assert clips.clips.tolist() == list(range(720))
    test = load_sounds("vowels", seed=3).test
    np.testing.assert_array_equal(clips.inputs[test.clips], test.inputs)
    np.testing.assert_array_equal(labels_of("vowels")[test.clips], test.labels)


def test_a_budget_s_parts_share_no_clip_and_only_heard_ones_share_a_voice():
    clips, parts = all_clips("glides"), clip_parts("glides", 5, seed=2)
    assert sum(map(len, parts)) == len(set(np.concatenate(parts))) == 720
    assert np.bincount(clips.labels[parts.few]).tolist() == [5] * 5
    voices = [set(clips.speakers[rows]) for rows in parts]
    assert voices[0] <= voices[1]
    assert not voices[1] & (voices[2] | voices[3])
    assert not voices[2] & voices[3]


def test_the_mean_of_a_voice_takes_the_voice_away_and_the_mean_of_one_word_the_word(monkeypatch):
    clips, rng = all_clips("vowels"), np.random.default_rng(0)
    who = np.unique(clips.speakers, return_inverse=True)[1]
    voices, words = rng.normal(size=(who.max() + 1, 2)), rng.normal(size=(5, 2))
    features = {"block": 10 * voices[who] + words[clips.labels]}  # a voice drowns what it says
    parts = clip_parts("vowels", 5, seed=1)
    one_voice = parts.unheard[who[parts.unheard] == who[parts.unheard[0]]]
    monkeypatch.setattr(sound_voices, "DIGITS", "vowels")
    monkeypatch.setattr(sound_voices, "clip_parts", lambda task, labels, seed: parts._replace(unheard=one_voice))
    monkeypatch.setattr(sound_voices, "COMPARED", (("ours", "made up", "block"),))
    monkeypatch.setattr(sound_voices, "features_of_task", lambda task, source: features)
    rows = sound_voices.measure_voices({"labels": 5, "seed": 1})
    accuracy = {row["less the mean of"]: row["accuracy"] for row in rows}
    assert accuracy["all clips"] == 1
    assert accuracy["nothing"] < 0.9
    assert accuracy["ten of one word"] < 0.9
    assert accuracy["ten clips"] > accuracy["ten of one word"]


def test_a_log_mel_as_a_picture_has_high_tones_at_the_top():
    low, high = as_pictures(log_mels(np.stack([tone(300), tone(4000)])), side=40)
    assert low.shape == (40, 40, 3)
    assert low.min() >= 0
    assert low.max() <= 255
    assert low.mean(axis=(1, 2)).argmax() > 30 > 20 > high.mean(axis=(1, 2)).argmax()


def test_features_of_log_mels_are_means_spreads_and_block_means_without_what_is_quiet():
    mels, waves = np.random.default_rng(0).normal(size=(3, 20, 80)), np.zeros((3, 3200), np.float32)
    waves[:, 640:1920] = tone(500, 1280)  # frames 4 to 11
    waves[1] = tone(500, 3200)
    found = log_mel_features(mels, waves)
    for row, heard in ((0, slice(4, 12)), (1, slice(0, 20))):
        np.testing.assert_allclose(found["loudness of the bands"][row, :80], mels[row, heard].mean(axis=0))
        np.testing.assert_allclose(found["loudness of the bands"][row, 80:], mels[row, heard].std(axis=0))
    assert found["coarse log-mel"].shape == found["stretched log-mel"].shape == (3, 5 * 40)
    np.testing.assert_allclose(found["coarse log-mel"][1, 41], mels[1, 4:8, 2:4].mean())


def test_the_same_word_looks_the_same_however_late_it_is_said():
    early, late = (np.concatenate([np.zeros(n), tone(500, 3200), np.zeros(6400 - n)]) for n in (640, 5760))
    waves = np.stack([early, late]).astype(np.float32)
    mels = log_mels(waves)
    np.testing.assert_allclose(*log_mel_features(mels, waves)["stretched log-mel"], atol=0.05)
    np.testing.assert_allclose(*as_pictures(sounding_parts(mels, waves), side=40), atol=10)
    assert np.abs(np.subtract(*log_mel_features(mels, waves)["coarse log-mel"])).max() > 0.5


def test_centres_are_where_the_filters_peak():
    frequencies = np.linspace(0, 8000, 201)
    peaks = frequencies[mel_filters().argmax(axis=0)]
    assert np.abs(peaks - band_centres()).max() <= 40 / 2 + 20


def test_the_augmentation_moves_and_hides_but_keeps_the_order_of_pitch():
    mel = np.full((1, 100, 80), -1.0, np.float32)
    mel[0, np.arange(30, 60), np.arange(20, 50)] = 1  # rises
    for seed in range(30):
        (changed,) = shifted_and_masked(mel, np.random.default_rng(seed))
        frames, bands = np.nonzero(changed > 0)
        assert len(frames) >= 10
        assert (np.diff(bands[np.argsort(frames, kind="stable")]) > 0).all()
    assert mel.max() == 1  # the given one is left alone


def test_the_network_from_scratch_learns_what_a_line_of_code_could_tell():
    rng = np.random.default_rng(0)
    waves = np.stack([tone(hertz * rng.uniform(0.9, 1.1)) for hertz in [300, 3000] * 8])
    few = Split(log_mels(waves), np.array([0, 1] * 8))
    model = train_sound_cnn(few, 2, 3e-3, seed=0, steps=40)
    assert (model.predict(few.inputs, verbose=0).argmax(axis=1) == few.labels).all()
    assert 50_000 < sound_cnn(10, 1e-3, 0).count_params() < 150_000


def test_every_recorded_cell_has_a_seed_and_is_there_once():
    for name in (name for name in EXPERIMENTS if name.startswith("sound-")):
        cells = [tuple(cell.items()) for cell in EXPERIMENTS[name].cells]
        assert len(set(cells)) == len(cells)
        assert all("seed" in cell for cell in EXPERIMENTS[name].cells)


def test_a_wrong_rate_doubles_the_pitch_and_backwards_twice_is_the_same():
    wave = tone(500)[None]
    fast = DAMAGES["wrong sample rate"](wave)
    assert np.abs(np.fft.rfft(fast[0, :8000])).argmax() * 2 == 1000
    np.testing.assert_array_equal(DAMAGES["backwards"](DAMAGES["backwards"](wave)), wave)


def test_a_picture_is_one_character_a_point_with_the_tone_in_its_band():
    picture = picture_of(tone(1000))
    rows = np.array([int(character, 36) for character in picture]).reshape(50, 40)
    band = int(rows.mean(axis=0).argmax())
    assert abs(band_centres().reshape(40, 2).mean(axis=1)[band] - 1000) < 80


def test_every_fine_tuning_run_begins_at_the_same_weights_and_leaves_lower_blocks_alone():
    kept_model("whisper_tiny_en")
    waves = np.stack([tone(300), tone(2000), tone(310), tone(2100)])
    few = Split(waves, np.array([0, 1, 0, 1]))
    tuning, after = SoundTuning(2), []
    before = tuning.network.get_layer("block2_wide").get_weights()[0]
    for _ in range(2):
        tuning.run(few, 1e-3, seed=0, epochs=1)
        after.append(tuning.network.get_layer("block4_wide").get_weights()[0])
    np.testing.assert_allclose(*after, atol=1e-5)
    np.testing.assert_array_equal(tuning.network.get_layer("block2_wide").get_weights()[0], before)
    assert tuning.accuracy(few) == 1


def test_a_spectrogram_without_sounds_or_with_other_bands_is_refused():
    with pytest.raises(CourseError, match="There is no sound to draw"):
        figures.spectrograms({})
    with pytest.raises(CourseError, match=r"a has the shape \(10, 40\); a log-mel is \(frames, 80\)"):
        figures.spectrograms({"a": np.zeros((10, 40))})


@pytest.mark.slow
def test_a_budget_of_real_digits_is_measured_with_every_method():
    kept_model("whisper_tiny_en")
    if not spoken_digits_folder():
        pytest.skip("the spoken digits are not on this computer: set COURSE_REAL_ASSETS")
    rows = {row["method"]: row for row in budget_rows("spoken_digits", 5, 0)}
    assert set(rows) == set(METHODS)
    assert rows[OURS]["accuracy"] > 0.8 > rows["log-mel"]["accuracy"]
