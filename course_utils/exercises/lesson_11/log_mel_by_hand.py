"""Exercise 11.e1: a log-mel spectrogram from its definition."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_WINDOW, _HOP, _FRAMES, _BANDS = 64, 24, 20, 12
_SAMPLES = _WINDOW + (_FRAMES - 1) * _HOP
_RATE = 8_000
FLOOR = 1e-10
_CLOSE = 1e-4


class LogMelByHand(Exercise):
    """The log-mel that the learner computes of a wave which ends in silence."""

    id = "11.e1"
    points = 3
    fields = {"mel": f"float[{_FRAMES},{_BANDS}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        time = np.arange(_SAMPLES) / _RATE
        tones = [np.sin(2 * np.pi * hertz * time) for hertz in rng.uniform(200, 3800, 4)]
        wave = np.tensordot(rng.uniform(0.1, 0.3, 4), tones, 1) + rng.normal(0, 0.05, _SAMPLES)
        wave[-3 * _WINDOW :] = 0  # digital silence, in which a logarithm needs a floor
        corners = np.sort(rng.uniform(1, _WINDOW // 2, _BANDS + 2))
        bins = np.arange(_WINDOW // 2 + 1)
        filters = [np.interp(bins, corners[band : band + 3], [0, 1, 0]) for band in range(_BANDS)]
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
        # a broad part in every band, so that none is empty
        return {"wave": wave, "window": window, "filters": np.stack(filters, axis=1) + 0.01}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        found = call(answer, inputs["wave"].copy(), inputs["window"].copy(), _HOP, inputs["filters"].copy())
        require_something(found, "an array, frames x bands")
        with learners_code():
            mel = np.asarray(found)
        if np.iscomplexobj(mel):
            raise Unusable("complex-numbers")
        if mel.shape == (_BANDS, _FRAMES):
            raise Unusable("turned")
        if mel.shape != (_FRAMES, _BANDS):
            raise Unusable("other-shape", found=str(mel.shape), wanted=str((_FRAMES, _BANDS)))
        return {"mel": mel.astype(float)}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found, window, filters = data["mel"], inputs["window"], inputs["filters"]
        cut = np.lib.stride_tricks.sliding_window_view(inputs["wave"], _WINDOW)[::_HOP]

        def mel(frames: np.ndarray, power: float = 2.0) -> np.ndarray:
            loudness: np.ndarray = np.abs(np.fft.rfft(frames)) ** power @ filters
            return loudness

        right = np.log10(np.maximum(mel(cut * window), FLOOR))
        if _alike(found, right):
            return passed()
        sound = np.abs(cut).max(axis=1) > 0  # frames in which there is something to hear
        if _alike(found[sound], right[sound]):
            return wrong("no-floor")
        with np.errstate(all="ignore"):
            mistakes = {
                "natural-logarithm": np.log(mel(cut * window)),
                "decibels": 10 * np.log10(mel(cut * window)),
                "amplitude": np.log10(mel(cut * window, 1.0)),
                "no-window": np.log10(mel(cut)),
                "no-logarithm": mel(cut * window),
                "logarithm-first": np.log10(np.maximum(np.abs(np.fft.rfft(cut * window)) ** 2, FLOOR)) @ filters,
            }
        for code, guess in mistakes.items():
            if _alike(found[sound], guess[sound]):
                return wrong(code)
        return wrong("other-numbers")


def _alike(found: np.ndarray, right: np.ndarray) -> bool:
    return bool(np.isfinite(found).all() and np.abs(found - right).max() < _CLOSE)
