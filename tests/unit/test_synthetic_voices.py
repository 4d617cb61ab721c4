"""A synthesiser's voices: as many as asked for, each says every word; without one, a sentence with the fix."""

import sys

import numpy as np
import pytest

from course_utils.data import draw_voices, has_synthesiser, synthetic_words
from course_utils.errors import CourseError


def test_voices_differ_and_a_seed_draws_them_again():
    voices = draw_voices(60, seed=3)
    assert len(set(voices)) == 60
    assert voices == draw_voices(60, seed=3)
    assert voices != draw_voices(60, seed=4)
    assert len({(voice.accent, voice.speaker) for voice in voices}) == 48, "all there are"
    assert all(120 <= voice.rate < 200 and 20 <= voice.pitch < 80 for voice in voices)


def test_without_a_synthesiser_it_says_how_to_get_one(monkeypatch):
    from course_utils.data import synthetic_voices

    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    monkeypatch.setattr(synthetic_voices.importlib.util, "find_spec", lambda name: None)
    synthetic_voices._library.cache_clear()
    assert not has_synthesiser()
    with pytest.raises(CourseError, match="pip install espeakng-loader"):
        synthetic_words(["one"], draw_voices(1))


@pytest.mark.parametrize(("words", "voices"), [([], 1), (["one"], 0), (["one", " "], 1)])
def test_nothing_to_say_or_nobody_to_say_it_is_refused(words, voices):
    with pytest.raises(CourseError, match="must not be empty"):
        synthetic_words(words, draw_voices(voices))


def test_every_voice_says_every_word():
    if not has_synthesiser():
        pytest.skip("there is no synthesiser on this computer")
    voices = draw_voices(3)
    spoken = synthetic_words(["one", "seven"], voices)
    assert spoken.inputs.shape == (6, 16_000)
    assert spoken.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert list(spoken.speakers) == [str(voice) for voice in voices] * 2
    assert (np.abs(spoken.inputs).max(axis=1) > 0.1).all()
    assert np.abs(spoken.inputs[0] - spoken.inputs[1]).max() > 0.1
