"""Exercise 11.e3: augmentation that leaves what is high above what is low, and what comes first before the rest."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_SOUNDS, _TIMES, _FRAMES, _BANDS = 8, 3, 40, 24
_QUIET, _LOUD = -1.0, 1.0
_LENGTH = 24  # frames that a glide lasts
_KEPT = 12  # of its frames that must still be heard
_FAR = 3.0  # bands that it may be moved
_CHANGED = 1e-3  # on average, or nothing was done


class PitchOrder(Exercise):
    """What the learner's augmentation makes of glides that rise or fall and fade."""

    id = "11.e3"
    points = 3
    fields = {"changed": f"float[{_SOUNDS},{_TIMES},{_FRAMES},{_BANDS}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        rising = rng.permutation(np.arange(_SOUNDS) % 2)
        return {"mels": np.stack([_glide(rng, bool(up)) for up in rising]), "order": int(rng.integers(2**31))}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        rng = np.random.default_rng(inputs["order"])
        return {"changed": np.stack([[_once(answer, mel, rng) for _ in range(_TIMES)] for mel in inputs["mels"]])}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        mels, changed = inputs["mels"], data["changed"]
        if not np.isfinite(changed).all():
            return wrong("not-finite")
        if np.abs(changed - mels[:, None]).mean() < _CHANGED:
            return wrong("unchanged")
        if all(np.array_equal(own[0], other) for own in changed for other in own[1:]):
            return wrong("same-each-time")
        codes = [_fault(mel, one) for mel, own in zip(mels, changed, strict=True) for one in own]
        for code in ("gone", "time-turned", "order-lost", "pitch-turned", "pitch-moved"):
            if code in codes:
                return wrong(code, number=codes.count(code), of=len(codes))
        return passed(of=len(codes))


def _glide(rng: np.random.Generator, up: bool) -> np.ndarray:
    """Draw the log-mel of one glide, float ``(frames, bands)``: it moves evenly and becomes quieter."""
    mel = _QUIET + 0.1 * rng.random((_FRAMES, _BANDS))
    start = int(rng.integers(6, _FRAMES - _LENGTH - 6 + 1))
    low, high = rng.uniform(4, 8), rng.uniform(15, 19)
    places = np.linspace(low, high, _LENGTH)
    for step, place in enumerate(places if up else places[::-1]):
        ridge = np.exp(-0.5 * ((np.arange(_BANDS) - place) / 1.2) ** 2)
        mel[start + step] += (_LOUD - _QUIET) * (1 - 0.5 * step / _LENGTH) * ridge
    return mel


def _once(answer: Callable[..., Any], mel: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    found = call(answer, mel.copy(), rng)
    require_something(found, "a log-mel like the one it was given")
    with learners_code():
        changed = np.asarray(found, dtype=float)
    if changed.shape != mel.shape:
        raise Unusable("other-shape", found=str(changed.shape), wanted=str(mel.shape))
    return changed


def _fault(mel: np.ndarray, changed: np.ndarray) -> str | None:
    """Return the code of what is wrong with one changed log-mel, or None."""
    before, after = _ridge(mel), _ridge(changed)
    if after is None or before is None:
        return "gone"
    pitch = [np.corrcoef(frames, bands)[0, 1] if np.ptp(bands) else 0.0 for frames, bands, _ in (before, after)]
    fading = np.corrcoef(after[0], after[2])[0, 1] if np.ptp(after[2]) else 0.0
    if fading > 0.5:
        return "time-turned"
    if pitch[0] * pitch[1] < -0.5:
        return "pitch-turned"
    if pitch[0] * pitch[1] < 0.5:
        return "order-lost"
    # The same moment of the glide is compared, wherever it was moved to: the middle of its range of bands.
    moved = np.median(after[1]) - np.median(before[1])
    return "pitch-moved" if abs(moved) > _FAR else None


def _ridge(mel: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return frames in which a glide is heard, its band in each, and how loud it is; None if it is hardly heard."""
    above = mel - np.median(mel)
    frames = np.flatnonzero(above.max(axis=1) > 0.4 * above.max())
    if above.max() < 0.1 or not _KEPT <= len(frames) <= _LENGTH + 6:
        return None
    return frames, above[frames].argmax(axis=1), above[frames].max(axis=1)
