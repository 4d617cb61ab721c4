"""The learning-rate range test (Smith 2017): one short run with an ever larger rate shows which rates are usable."""

import math
from collections.abc import Sequence

import keras
import numpy as np

from course_utils.data import Split, as_model_inputs
from course_utils.errors import CourseError
from course_utils.transfer.learning_rates import check_rate

_BLOWN_UP = 4  # times the lowest loss so far: no higher rate can be of use
_SMOOTHED_OVER = 5  # neighbouring steps


def rate_range_test(
    model: keras.Model,
    split: Split,
    *,
    lowest: float = 1e-6,
    highest: float = 1.0,
    steps: int = 60,
    batch_size: int = 32,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Train with a rate that grows by the same factor at every step, then restore everything.

    Afterwards the weights, the optimizer's state and its rate are what they were before.

    Args:
        model: compiled, with a number as learning rate and not a schedule.
        split: training pictures and labels; every batch is drawn at random.
        lowest, highest: first and last rate, above 0.
        steps: optimizer steps, 2 or more.
        batch_size: pictures per step; no more than there are.
        seed: decides which pictures come in which batch.

    Returns:
        A row per step, ``learning_rate`` and ``loss``: a batch's loss just before the step with that rate. The rows
        end early where the loss is not a finite number, or is above four times the lowest so far.

    Raises:
        CourseError: the model is not compiled or has a schedule, or an argument is out of range.
    """
    if not getattr(model, "compiled", False):
        raise CourseError("The model is not compiled. Call model.compile(optimizer, loss) first.")
    if check_rate(lowest, "lowest") >= check_rate(highest, "highest"):
        raise CourseError(f"lowest={lowest} must be below highest={highest}.")
    if steps < 2 or batch_size < 1 or len(split) == 0:
        raise CourseError(
            f"steps={steps} must be 2 or more, batch_size={batch_size} 1 or more, and split, which holds "
            f"{len(split)} pictures, must hold at least one."
        )
    if not model.built:
        model(as_model_inputs(split.inputs[:1]))
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    # Besides the weights, model.variables holds the states of the random generators in dropout and augmentation.
    variables = [*model.variables, *model.optimizer.variables]
    before = [keras.ops.convert_to_numpy(v).copy() for v in variables]
    try:
        return _climb(model, split, np.geomspace(lowest, highest, steps), batch_size, np.random.default_rng(seed))
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
        model.reset_metrics()


def _climb(
    model: keras.Model, split: Split, rates: np.ndarray, batch_size: int, rng: np.random.Generator
) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = []
    for rate in rates:
        try:
            model.optimizer.learning_rate = rate
        except TypeError as problem:
            raise CourseError(
                "The model was compiled with a schedule, which sets the rate itself; "
                "compile it with a number as learning_rate for the range test."
            ) from problem
        batch = rng.choice(len(split), min(batch_size, len(split)), replace=False)
        logs = model.train_on_batch(as_model_inputs(split.inputs[batch]), split.labels[batch], return_dict=True)
        loss = float(logs["loss"])
        if not math.isfinite(loss):
            break
        rows.append({"learning_rate": float(rate), "loss": loss})
        if loss > _BLOWN_UP * min(row["loss"] for row in rows):
            break
    return rows


def suggest_rate(rows: Sequence[dict[str, float]]) -> float:
    """Return the rate at which the smoothed loss falls fastest, but at most a tenth of the rate where it is lowest.

    Args:
        rows: what ``rate_range_test`` returned.

    Raises:
        CourseError: there are fewer than six rows, or the loss never fell.
    """
    if len(rows) <= _SMOOTHED_OVER:
        raise CourseError(
            f"rows has {len(rows)} steps, but a slope needs {_SMOOTHED_OVER + 1} or more: "
            "start from a lower rate or take more steps."
        )
    rates = np.array([row["learning_rate"] for row in rows])
    window = np.ones(_SMOOTHED_OVER)
    # At both ends, the mean is over fewer neighbours.
    loss = np.convolve([row["loss"] for row in rows], window, "same") / np.convolve(np.ones(len(rows)), window, "same")
    slope = np.gradient(loss, np.log(rates))
    if slope.min() >= 0:
        raise CourseError("The loss in rows never fell: start from a lower rate, or look for a mistake in the data.")
    return float(min(rates[slope.argmin()], rates[loss.argmin()] / 10))
