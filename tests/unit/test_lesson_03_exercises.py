"""Lesson 03's exercises: right answers in several styles pass, wrong ones fail with the message that names them."""

import keras
import numpy as np
import pytest

from course_utils.learn.desk import load_exercises
from course_utils.learn.exercises import rate_choice, training_budget
from course_utils.transfer import suggest_rate, unfreeze_top
from course_utils.worlds import blocks

layers = keras.layers


def outcome(id, answer):
    return load_exercises("03")[id].check(answer)


def stub(*args, **kwargs):
    raise NotImplementedError


@pytest.mark.parametrize("id", [*load_exercises("03")])
def test_the_untouched_stub_is_unattempted_and_nonsense_is_told(id):
    def only_pass(*args):
        """The stub that the lesson holds."""
        pass

    assert outcome(id, stub).outcome == "unattempted"
    assert outcome(id, only_pass).outcome == "unattempted"
    for nonsense in (lambda *a, **k: "text", lambda *a, **k: object(), lambda: 1, 7):
        result = outcome(id, nonsense)
        assert result.outcome in ("wrong", "error")
        assert result.points == 0
    assert len(load_exercises("03")[id].hints) >= 3


# 03.e1 -----------------------------------------------------------------------------------------------
def thaw(
    backbone,
    k,
    *,
    whole=True,
    norm=False,
    freeze_rest=True,
    chosen=lambda grouped, k: grouped[len(grouped) - k :],
    named=lambda layer: bool(layer.trainable_weights),
):
    if whole:
        backbone.trainable = True
    grouped = list(blocks(backbone).values())
    if freeze_rest:
        for layer in backbone.layers:
            layer.trainable = False
            if whole:
                backbone._trainable = True
    names = []
    for layer in (layer for block in chosen(grouped, k) for layer in block):
        layer.trainable = norm or not isinstance(layer, layers.BatchNormalization)
        if named(layer):
            names.append(layer.name)
    return names


def by_name(backbone, k):
    count = len(blocks(backbone))
    backbone.trainable = True
    for layer in backbone.layers:
        top = layer.name.startswith(tuple(f"block{i}_" for i in range(count - k + 1, count + 1)) or ("-",))
        layer.trainable = top and "norm" not in layer.name
    return {layer.name for layer in backbone.layers if layer.trainable_weights}


def freeze_by_hand(backbone, k):
    backbone.trainable = False
    backbone.trainable = True
    *_, names = [None, []]
    for number, members in enumerate(reversed(blocks(backbone).values())):
        for layer in members:
            if number >= k or isinstance(layer, layers.BatchNormalization):
                layer.trainable = False
            elif layer.weights:
                names.append(layer.name)
    return tuple(names)


def still_frozen_whole(backbone, k):
    for block in list(blocks(backbone).values())[-k:] if k else []:
        for layer in block:
            layer.trainable = "norm" not in layer.name
    return [f"block{i}_conv" for i in range(4 - k, 4)]


def only_switches_on(backbone, k):
    frozen = not backbone.trainable
    names = unfreeze_top(backbone, k)
    if not frozen:
        for layer in backbone.layers:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return names


def block_names(backbone, k):
    unfreeze_top(backbone, k)
    return list(blocks(backbone))[3 - k :]


@pytest.mark.parametrize("right", [unfreeze_top, thaw, by_name, freeze_by_hand])
def test_thawing_right(right):
    assert outcome("03.e1", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda b, k: thaw(b, k, norm=True), "BatchNorm layers became trainable"),
        (lambda b, k: setattr(b, "trainable", True) or [], "BatchNorm layers became trainable"),
        (still_frozen_whole, "`backbone.trainable` is still False"),
        (lambda b, k: thaw(b, k, chosen=lambda grouped, k: grouped[-k:]), "whole list"),
        (lambda b, k: thaw(b, k, chosen=lambda grouped, k: grouped[:k]), "nearest the input"),
        (only_switches_on, "lower blocks stayed trainable"),
        (block_names, "names of blocks"),
        (lambda b, k: thaw(b, k, named=lambda layer: True), "have weights"),
        (lambda b, k: unfreeze_top(b, k)[:1] and ["block3_conv"], "what can be trained is"),
        (lambda b, k: unfreeze_top(b, min(k + 1, 3)), "can be trained; it should be"),
        (lambda b, k: unfreeze_top(b, k) and None, "gave back nothing"),
    ],
)
def test_thawing_wrong(wrong, says):
    result = outcome("03.e1", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 03.e2 -----------------------------------------------------------------------------------------------
class Scaling(keras.callbacks.Callback):
    """What the lesson asks for, and the ways to get it wrong."""

    def __init__(self, backbone, factor, *, of=None, copy=True, step=True, turned=False):
        super().__init__()
        self.weights, self.factor = (of or backbone).trainable_weights, 1 - factor if turned else factor
        self.copy, self.step = copy, step

    def on_train_batch_begin(self, batch, logs=None):
        self.before = [w.numpy().copy() if self.copy else w for w in self.weights]

    def on_train_batch_end(self, batch, logs=None):
        for weight, was in zip(self.weights, self.before, strict=True):
            now = keras.ops.convert_to_numpy(weight)
            was = keras.ops.convert_to_numpy(was)
            weight.assign(was + self.factor * (now - was) if self.step else self.factor * now)


def with_lambda(backbone, factor):
    kept = {}
    return keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: kept.update(w=backbone.get_weights()),
        on_train_batch_end=lambda batch, logs: backbone.set_weights(
            [(1 - factor) * a + factor * b for a, b in zip(kept["w"], backbone.get_weights(), strict=True)]
        ),
    )


def rolling(backbone, factor):
    class Rolling(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.last = backbone.get_weights()

        def on_train_batch_end(self, batch, logs=None):
            now = backbone.get_weights()
            self.last = [a + factor * (b - a) for a, b in zip(self.last, now, strict=True)]
            backbone.set_weights(self.last)

    return Rolling()


class Epochs(Scaling):
    on_epoch_begin = Scaling.on_train_batch_begin
    on_epoch_end = Scaling.on_train_batch_end

    def on_train_batch_begin(self, batch, logs=None): ...

    def on_train_batch_end(self, batch, logs=None): ...


class Everything(Scaling):
    def on_train_begin(self, logs=None):
        self.weights = self.model.trainable_weights


class Head(Scaling):
    def on_train_begin(self, logs=None):
        self.weights = self.model.layers[-1].trainable_weights


@pytest.mark.parametrize("right", [Scaling, with_lambda, rolling])
def test_two_speeds_right(right):
    assert outcome("03.e2", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda b, f: keras.callbacks.Callback(), "as fast as without your callback"),
        (lambda b, f: Scaling(b, 0.0), "didn't move at all"),
        (lambda b, f: Epochs(b, f), "once an epoch"),
        (lambda b, f: Everything(b, f), "slowed down as well"),
        (lambda b, f: Head(b, f), "slowed down the head"),
        (lambda b, f: Scaling(b, f, turned=True), "kept 0.9 of each step"),
        (lambda b, f: Scaling(b, f, step=False), "you scaled the weights"),
        (lambda b, f: Scaling(b, f**2), "away from where it should be"),
        (lambda b, f: [f].clear(), "gave back nothing"),
    ],
)
def test_two_speeds_wrong(wrong, says):
    result = outcome("03.e2", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 03.e3 -----------------------------------------------------------------------------------------------
def columns(rows):
    return np.array([r["learning_rate"] for r in rows]), np.array([r["loss"] for r in rows])


def smoothed(losses, width=7):
    return np.convolve(np.pad(losses, width // 2, mode="edge"), np.ones(width) / width, "valid")


def steepest(rows):
    rates, losses = columns(rows)
    smooth = smoothed(losses)
    return rates[np.gradient(smooth, np.log(rates))[: smooth.argmin() + 1].argmin()]


def tenth_of_lowest(rows):
    rates, losses = columns(rows)
    return rates[smoothed(losses).argmin()] / 10


def half_way_down(rows):
    rates, losses = columns(rows)
    smooth = smoothed(losses)
    return rates[np.argmax(smooth < (smooth[0] + smooth.min()) / 2)]


def raw_steepest(rows):
    rates, losses = columns(rows)
    return rates[np.diff(losses).argmin()]


@pytest.mark.parametrize("right", [suggest_rate, steepest, tenth_of_lowest, half_way_down])
def test_pick_rate_right(right):
    assert outcome("03.e3", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda rows: min(rows, key=lambda r: r["loss"])["learning_rate"], "loss is lowest"),
        (lambda rows: rows[-1]["learning_rate"], "highest rate"),
        (lambda rows: rows[0]["learning_rate"], "nothing is learned yet"),
        (lambda rows: 3e-4, "for every curve"),
        (lambda rows: int(np.argmin([r["loss"] for r in rows])), "number of a row"),
        (lambda rows: min(r["loss"] for r in rows), "gave back a loss"),
        (raw_steepest, "Smooth the losses first"),
        (lambda rows: tenth_of_lowest(rows) * 8, "too near to the blow-up"),
        (lambda rows: tenth_of_lowest(rows) / 100, "hardly falls"),
    ],
)
def test_pick_rate_wrong(wrong, says):
    result = outcome("03.e3", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


def test_the_curves_are_drawn_apart_and_their_windows_are_wide():
    for curve in rate_choice.CURVES:
        low, high = rate_choice.window(curve)
        assert high / low > 3, curve.name


# 03.e4 -----------------------------------------------------------------------------------------------
RIGHT = {
    "pictures": 3_040,
    "weights": 281_698,
    "statistics_moved": False,
    "backbone_moved": True,
    "finite": True,
    "accuracy": 0.89,
}


def test_a_run_inside_the_budget_that_reaches_the_goal_is_right():
    assert training_budget.verdict(RIGHT).share == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"weights": 0}, "Not one weight"),
        ({"finite": False, "accuracy": 0.5}, "blew up"),
        ({"pictures": 6_080}, "budget is 3,200"),
        ({"weights": 576_610}, "budget is 300,000"),
        ({"statistics_moved": True}, "moving statistics moved"),
        ({"accuracy": 0.80, "backbone_moved": False, "weights": 514}, "Only the head has learned"),
        ({"accuracy": 0.80}, "*early* layers"),
    ],
)
def test_a_run_that_breaks_the_budget_or_misses_the_goal_is_told(change, says):
    share, message = training_budget.verdict(RIGHT | change)
    assert share == 0
    assert says in message


def untrained(model, pictures, labels):
    """Returns without a step."""
    return model


def one_step_of_everything(model, pictures, labels):
    """BatchNorm awake, all weights thawed: the budget is measured, not believed."""
    model.trainable = False
    model.trainable = True
    model.compile(keras.optimizers.SGD(1e-3), "sparse_categorical_crossentropy")
    model.train_on_batch(pictures[:16].astype("float32"), labels[:16])


def head_only(model, pictures, labels):
    """A feature extractor."""
    model.layers[1].trainable = False
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", run_eagerly=True)
    model.train_on_batch(pictures[:32].astype("float32"), labels[:32])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [(untrained, "Not one weight"), (one_step_of_everything, "budget is 300,000"), (head_only, "Only the head")],
)
def test_the_budget_is_measured(wrong, says):
    result = outcome("03.e4", wrong)
    assert result.outcome == "wrong"
    assert says in result.message
