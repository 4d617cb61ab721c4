"""Exercise 03.e3: a learning rate from the rows of a range test."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG, number
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Verdict, call


class _Curve(NamedTuple):
    """A synthetic range test: where the loss falls and where it blows up, as powers of ten of the rate."""

    name: str
    low: float
    high: float
    falls: float
    explodes: float
    start: float
    steps: int
    noise: float


_CURVES = (
    _Curve("smooth", -6, 0, -3.5, -1.2, 0.7, 60, 0.0),
    _Curve("noisy", -6, 0, -3.4, -1.2, 0.7, 150, 0.02),
    _Curve("slow learner", -4, 2, -1.3, 1.0, 2.3, 160, 0.02),
    _Curve("delicate", -8, -1, -5.4, -3.0, 2.1, 140, 0.02),
    _Curve("steep up to the blow-up", -6, 0, -1.75, -1.0, 0.7, 120, 0.0),
    _Curve("still falling at the end", -6, -2, -3.6, 1.0, 0.7, 45, 0.01),
)


FIELDS = {"rate": f"float[{len(_CURVES)}]"}


def curves(seed: int) -> list[_Curve]:
    """The curves, each moved along the axis of rates by up to a factor of two."""
    rng = np.random.default_rng(seed)
    moves = rng.uniform(-0.3, 0.3, len(_CURVES))
    return [
        curve._replace(low=curve.low + by, high=curve.high + by, falls=curve.falls + by, explodes=curve.explodes + by)
        for curve, by in zip(_CURVES, moves, strict=True)
    ]


def rows_of(curve: _Curve, seed: int) -> list[dict[str, float]]:
    """Rows as ``rate_range_test`` gives them: they end where the loss is four times its lowest."""
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


def _loss(curve: _Curve, power: np.ndarray) -> np.ndarray:
    fallen = 1 / (1 + np.exp(-(power - curve.falls) / 0.3))
    return curve.start * (1 - 0.7 * fallen + np.exp((power - curve.explodes) / 0.15))


def window(curve: _Curve) -> tuple[float, float]:
    """The rates that are right: from where a tenth of the fall is done, to a third of where the loss is lowest."""
    power = np.linspace(curve.low, curve.high, 2000)
    loss = _loss(curve, power)
    bottom = int(loss.argmin())
    first = int(np.argmax(loss[0] - loss > 0.1 * (loss[0] - loss[bottom])))
    return float(10 ** power[first]), float(10 ** power[bottom] / 3)


def evidence(pick_rate: Callable[..., Any], seed: int) -> Evidence:
    """The learner's rate for each curve."""
    return {"rate": [number(call(pick_rate, rows_of(curve, seed)), "one learning rate") for curve in curves(seed)]}


class _Picked(NamedTuple):
    """A rate that was picked, and the rows that it was picked from."""

    rate: float
    window: tuple[float, float]
    rates: list[float]
    losses: list[float]

    @property
    def right(self) -> bool:
        return self.window[0] <= self.rate <= self.window[1]


def verdict(evidence: Evidence, seed: int) -> Verdict:
    picked = {}
    for curve, rate in zip(curves(seed), evidence["rate"].tolist(), strict=True):
        rows = rows_of(curve, seed)
        rates, losses = ([row[column] for row in rows] for column in ("learning_rate", "loss"))
        picked[curve.name] = _Picked(rate, window(curve), rates, losses)
    wrong = {name: p for name, p in picked.items() if not p.right}
    if not wrong:
        return Verdict(RIGHT, "On every curve your rate lies where the loss falls, well below where it is lowest.")
    if all(p.rate.is_integer() and 0 <= p.rate < len(p.rates) for p in picked.values()):
        return Verdict(WRONG, "You gave back the number of a row. Give back the rate in that row.")
    if all(np.isclose(p.rate, p.losses, rtol=1e-9).any() for p in picked.values()):
        return Verdict(WRONG, "You gave back a loss. Give back the learning rate of that row.")
    below = [p.rate for p in picked.values() if p.rate < 0]
    if below:
        return Verdict(
            WRONG,
            f"No rate is below 0, and you gave back {below[0]:.2g}, which looks like the logarithm of one. Give back"
            " the rate itself.",
        )
    if len({p.rate for p in picked.values()}) == 1:
        return Verdict(
            WRONG,
            f"You gave back {picked['smooth'].rate:g} for every curve. Which rate is right depends on the network and"
            " the data: read it off the rows.",
        )
    if all(np.isclose(p.rate, p.rates[int(np.argmin(p.losses))]) for p in picked.values()):
        return Verdict(
            WRONG,
            "That is the rate where the loss is lowest. It is about to blow up there: stay at a third of it or below.",
        )
    if all(np.isclose(p.rate, p.rates[-1]) for p in picked.values()):
        return Verdict(WRONG, "That is the last and highest rate, where the loss has blown up.")
    if all(np.isclose(p.rate, p.rates[0]) for p in picked.values()):
        return Verdict(WRONG, "That is the lowest rate of the test, where nothing is learned yet.")
    noisy = [wrong[curve.name] for curve in _CURVES if curve.noise and curve.name in wrong]
    if "smooth" not in wrong and any(map(_in_steepest_step, noisy)):
        return Verdict(
            WRONG,
            "You took the largest fall between two neighbouring steps, which noise decides. Smooth the losses first,"
            " over five steps or more.",
        )
    name, missed = next(iter(wrong.items()))
    low, high = missed.window
    side = "too low: the loss hardly falls there" if missed.rate < low else "too high: it is too near to the blow-up"
    words = f"On the curve '{name}' your rate of {missed.rate:.2g} is {side}."
    return Verdict(WRONG, f"{words} Rates from {low:.1g} to {high:.1g} are right.")


def _in_steepest_step(picked: _Picked) -> bool:
    step = int(np.diff(picked.losses).argmin())
    return bool(np.isclose(picked.rate, picked.rates[step : step + 2]).any())
