"""Exercise 04.e2: a learning rate from the rows of a range test."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.learn.calling import call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong


class Curve(NamedTuple):
    """A synthetic range test: where the loss falls and where it blows up, as powers of ten of the rate."""

    name: str
    low: float
    high: float
    falls: float
    explodes: float
    start: float
    steps: int
    noise: float


# Few rates are right on the steep curves, so that no table of rates is right for the curves of two seeds.
_CURVES = (
    Curve("smooth", -6, 0, -3.5, -1.2, 0.7, 60, 0.0),
    Curve("noisy", -6, 0, -3.4, -1.2, 0.7, 150, 0.02),
    Curve("slow learner", -4, 2, -1.3, 1.0, 2.3, 160, 0.02),
    Curve("delicate", -8, -1, -5.4, -3.0, 2.1, 140, 0.02),
    Curve("steep up to the blow-up", -6, 0, -1.75, -1.0, 0.7, 120, 0.0),
    Curve("delicate and steep", -8, -1, -4.9, -4.15, 2.1, 140, 0.0),
    Curve("slow and steep", -4, 2, 0.0, 0.75, 2.3, 120, 0.0),
    Curve("still falling at the end", -6, -2, -3.6, 1.0, 0.7, 45, 0.01),
)


class RateChoice(Exercise):
    """The learner's rate for each curve."""

    id = "04.e2"
    points = 2
    fields = {"rate": f"float[{len(_CURVES)}]"}
    withheld = frozenset({"curves"})

    def challenge(self, seed: int) -> Inputs:
        drawn = curves(seed)
        return {"rows": [_rows(curve, seed) for curve in drawn], "curves": [curve._asdict() for curve in drawn]}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"rate": [number(call(answer, rows), "one learning rate") for rows in inputs["rows"]]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        picked = [
            _Picked(Curve(**curve), rate, *([row[column] for row in rows] for column in ("learning_rate", "loss")))
            for curve, rows, rate in zip(inputs["curves"], inputs["rows"], data["rate"].tolist(), strict=True)
        ]
        missed = [p for p in picked if not p.right]
        if not missed:
            return passed()
        return _same_mistake_everywhere(picked) or _noise_decided(missed) or _one_curve(missed[0])


def curves(seed: int) -> list[Curve]:
    """Draw the curves: each moved along the axis of rates by up to a factor of thirty, and all in random order."""
    rng = np.random.default_rng(seed)
    moves = rng.uniform(-1.5, 1.5, len(_CURVES))
    moved = [
        curve._replace(low=curve.low + by, high=curve.high + by, falls=curve.falls + by, explodes=curve.explodes + by)
        for curve, by in zip(_CURVES, moves.tolist(), strict=True)
    ]
    return [moved[i] for i in rng.permutation(len(moved))]


def window(curve: Curve) -> tuple[float, float]:
    """Return the range of right rates: from a tenth of the way down to a third of the rate with the lowest loss."""
    power = np.linspace(curve.low, curve.high, 2000)
    loss = _loss(curve, power)
    bottom = int(loss.argmin())
    first = int(np.argmax(loss[0] - loss > 0.1 * (loss[0] - loss[bottom])))
    return float(10 ** power[first]), float(10 ** power[bottom] / 3)


def _rows(curve: Curve, seed: int) -> list[dict[str, float]]:
    """Return rows like those of ``rate_range_test``, which end where the loss is four times its lowest."""
    power = np.linspace(curve.low, curve.high, curve.steps)
    rng = np.random.default_rng([seed, curve.steps])
    loss = _loss(curve, power) + curve.noise * curve.start * rng.normal(size=curve.steps)
    loss[curve.steps // 8] += 8 * curve.noise * curve.start  # a freak batch: the largest fall comes right after it
    rows: list[dict[str, float]] = []
    for rate, value in zip(10.0**power, np.maximum(loss, 0.02), strict=True):
        rows.append({"learning_rate": float(rate), "loss": float(value)})
        if value > 4 * min(row["loss"] for row in rows):
            break
    return rows


def _loss(curve: Curve, power: np.ndarray) -> np.ndarray:
    fallen = 1 / (1 + np.exp(-(power - curve.falls) / 0.3))
    return curve.start * (1 - 0.7 * fallen + np.exp((power - curve.explodes) / 0.15))


class _Picked(NamedTuple):
    """A rate that was picked, and the rows that it was picked from."""

    curve: Curve
    rate: float
    rates: list[float]
    losses: list[float]

    @property
    def right(self) -> bool:
        low, high = window(self.curve)
        return low <= self.rate <= high

    def is_one_of(self, values: list[float], rtol: float = 1e-5) -> bool:
        return bool(np.isclose(self.rate, values, rtol=rtol, atol=0).any())


def _same_mistake_everywhere(picked: list[_Picked]) -> Verdict | None:
    if all(p.rate.is_integer() and 0 <= p.rate < len(p.rates) for p in picked):
        return wrong("row-number")
    if all(p.is_one_of(p.losses, rtol=1e-9) for p in picked):
        return wrong("loss")
    below = [p.rate for p in picked if p.rate < 0]
    if below:
        return wrong("logarithm", found=below[0])
    if len({p.rate for p in picked}) == 1:
        return wrong("one-for-all", found=picked[0].rate)
    if all(p.is_one_of([p.rates[int(np.argmin(p.losses))]]) for p in picked):
        return wrong("lowest-loss")
    if all(p.is_one_of(p.rates[-1:]) for p in picked):
        return wrong("highest-rate")
    if all(p.is_one_of(p.rates[:1]) for p in picked):
        return wrong("lowest-rate")
    return None


def _noise_decided(missed: list[_Picked]) -> Verdict | None:
    """Tell whether the largest fall between neighbours was taken: right on a smooth curve, wrong on a noisy one."""
    if any(p.curve.name == "smooth" for p in missed):
        return None
    return wrong("noise") if any(p.curve.noise and _in_steepest_step(p) for p in missed) else None


def _in_steepest_step(picked: _Picked) -> bool:
    step = int(np.diff(picked.losses).argmin())
    return picked.is_one_of(picked.rates[step : step + 2])


def _one_curve(missed: _Picked) -> Verdict:
    low, high = window(missed.curve)
    if math.isnan(missed.rate):
        return wrong("not-a-number", curve=missed.curve.name)
    code = "too-low" if missed.rate < low else "too-high"
    return wrong(code, curve=missed.curve.name, found=missed.rate, low=low, high=high)
