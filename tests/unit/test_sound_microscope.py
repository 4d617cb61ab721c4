"""The sound microscope: what the page gets, the widget's controls, and what stands without a front end."""

import base64
import json

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.experiments import recorded
from course_utils.experiments.sound_looks import LOOKED_IN, looked_at
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.sound_lab.sound_microscope import TABLE, as_text, page_data
from course_utils.labs.sound_lab.sound_microscope_widget import SoundMicroscope

LOOKS, PROBES = recorded("sound-looks"), recorded("sound-layers")


def test_the_page_gets_every_sound_in_every_layer():
    data = page_data(LOOKS, PROBES)
    assert len(json.dumps(data, allow_nan=False)) < 300_000
    assert tuple(TABLE["layers"]) == LOOKED_IN
    assert len(data["sounds"]) == len(data["vowels"]) * len(data["voices"]) == 25
    for number, sound in enumerate(data["sounds"]):
        assert len(sound["picture"]) == TABLE["frames"] * TABLE["bands"]
        assert [len(near) for near in sound["near"]] == [25] * len(LOOKED_IN)
        assert all(near[number] == 100 for near in sound["near"])
    assert {(TABLE["start"][what]) for what in ("vowel", "voice")} <= {*data["vowels"], *data["voices"]}
    assert data["probes"]["digit"][0] is None
    assert data["probes"]["digit"][-1] > data["probes"]["digit"][1]


def test_the_recorded_looks_are_of_the_sounds_that_are_drawn():
    assert [(row["vowel"], row["voice"]) for row in LOOKS] == [
        (["ee", "eh", "ah", "aw", "oo"][label], voice)
        for label, voice in zip(looked_at().labels, looked_at().speakers, strict=True)
    ]


def test_a_wave_is_sent_at_half_the_rate_without_the_quiet_around_it():
    time = np.arange(8000) / 16_000
    wave = np.concatenate([np.zeros(4000), 0.3 * np.sin(2 * np.pi * 200 * time), np.zeros(4000)])
    samples = np.frombuffer(base64.b64decode(as_text(wave)), np.int8)
    assert abs(len(samples) - 4000) < 40
    assert samples.max() == 127
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    assert abs(spectrum.argmax() * 8000 / len(samples) - 200) < 3


@pytest.mark.parametrize(("name", "value"), [("vowel", "uh"), ("voice", "voice 02"), ("layer", 6), ("guess", "both")])
def test_a_setting_that_no_control_has_is_refused(name, value):
    lab = SoundMicroscope(LOOKS, PROBES)
    with pytest.raises(CourseError):
        setattr(lab, name, value)


def test_without_a_recording_it_says_so_and_draws_nothing():
    lab = SoundMicroscope([], [], "There is no recording.")
    assert lab.static()["text/plain"] == "There is no recording."


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = SoundMicroscope(LOOKS, PROBES)._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "How near other sounds are" in bundle["text/plain"]
