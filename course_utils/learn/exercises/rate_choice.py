"""Exercise 03.e3: a learning rate from the rows of a range test."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.learn.exercise import Evidence, Verdict, call
from course_utils.learn.exercises.returned import RIGHT, WRONG, number


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
    seed: int


CURVES = (
    Curve("smooth", -6, 0, -3.5, -1.2, 0.7, 60, 0.0, 0),
    Curve("noisy", -6, 0, -3.4, -1.2, 0.7, 60, 0.015, 1),
    Curve("slow learner", -4, 2, -1.3, 1.0, 2.3, 80, 0.02, 2),
    Curve("delicate", -8, -1, -5.4, -3.0, 2.1, 50, 0.02, 3),
    Curve("still falling at the end", -6, -2, -3.6, 1.0, 0.7, 45, 0.01, 4),
)


def rows_of(curve: Curve) -> list[dict[str, float]]:
    """Rows as ``rate_range_test`` gives them: they end where the loss is four times its lowest."""
    power = np.linspace(curve.low, curve.high, curve.steps)
    rng = np.random.default_rng(curve.seed)
    loss = _loss(curve, power) + curve.noise * curve.start * rng.normal(size=curve.steps)
    rows: list[dict[str, float]] = []
    for rate, value in zip(10.0**power, np.maximum(loss, 0.02), strict=True):
        rows.append({"learning_rate": float(rate), "loss": float(value)})
        if value > 4 * min(row["loss"] for row in rows):
            break
    return rows


def _loss(curve: Curve, power: np.ndarray) -> np.ndarray:
    fallen = 1 / (1 + np.exp(-(power - curve.falls) / 0.3))
    return curve.start * (1 - 0.7 * fallen + np.exp((power - curve.explodes) / 0.15))


def window(curve: Curve) -> tuple[float, float]:
    """The rates that are right: from where a tenth of the fall is done, to a third of where the loss is lowest."""
    power = np.linspace(curve.low, curve.high, 2000)
    loss = _loss(curve, power)
    bottom = int(loss.argmin())
    first = int(np.argmax(loss[0] - loss > 0.1 * (loss[0] - loss[bottom])))
    return float(10 ** power[first]), float(10 ** power[bottom] / 3)


def evidence(pick_rate: Callable[..., Any]) -> Evidence:
    """The learner's rate for each curve, and what the curve is like."""
    found: Evidence = {}
    for curve in CURVES:
        rows = rows_of(curve)
        losses = [row["loss"] for row in rows]
        rates = [row["learning_rate"] for row in rows]
        steps = np.diff(losses)
        found[curve.name] = {
            "rate": number(call(pick_rate, [dict(row) for row in rows]), "one learning rate"),
            "window": window(curve),
            "lowest_loss_at": rates[int(np.argmin(losses))],
            "rates": rates,
            "losses": losses,
            "steepest_single_step": [rates[int(steps.argmin())], rates[int(steps.argmin()) + 1]],
        }
    return found


def verdict(evidence: Evidence) -> Verdict:
    curves = list(evidence.values())
    picked = [curve["rate"] for curve in curves]
    wrong = {name: c for name, c in evidence.items() if not c["window"][0] <= c["rate"] <= c["window"][1]}
    if not wrong:
        return Verdict(RIGHT, "On every curve your rate lies where the loss falls, well below where it is lowest.")
    if all(float(c["rate"]).is_integer() and 0 <= c["rate"] < len(c["rates"]) for c in curves):
        return Verdict(WRONG, "You gave back the number of a row. Give back the rate in that row.")
    if all(np.isclose(c["rate"], c["losses"], rtol=1e-9).any() for c in curves):
        return Verdict(WRONG, "You gave back a loss. Give back the learning rate of that row.")
    if len(set(picked)) == 1:
        words = f"You gave back {picked[0]:g} for every curve. Which rate is right depends on the network and the data:"
        return Verdict(WRONG, f"{words} read it off the rows.")
    if all(np.isclose(c["rate"], c["lowest_loss_at"]) for c in curves):
        return Verdict(
            WRONG,
            "That is the rate where the loss is lowest. It is about to blow up there: stay at a third of it or below.",
        )
    if all(np.isclose(c["rate"], c["rates"][-1]) for c in curves):
        return Verdict(WRONG, "That is the last and highest rate, where the loss has blown up.")
    if all(np.isclose(c["rate"], c["rates"][0]) for c in curves):
        return Verdict(WRONG, "That is the lowest rate of the test, where nothing is learned yet.")
    name, curve = next(iter(wrong.items()))
    if "smooth" not in wrong and any(np.isclose(c["rate"], c["steepest_single_step"]).any() for c in wrong.values()):
        return Verdict(
            WRONG,
            "You took the largest fall between two neighbouring steps, which noise decides. Smooth the losses first,"
            " over five steps or more.",
        )
    low, high = curve["window"]
    side = "too low: the loss hardly falls there" if curve["rate"] < low else "too high: it is too near to the blow-up"
    words = f"On the curve '{name}' your {curve['rate']:.2g} is {side}."
    return Verdict(WRONG, f"{words} Rates from {low:.1g} to {high:.1g} are right.")
