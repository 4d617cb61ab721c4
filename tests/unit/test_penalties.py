"""L2-SP and EWC: the loss that Keras reports, the minimum that they move, and strength 0."""

import keras
import numpy as np
import pytest
from hand_made import declared
from keras import layers

from course_utils.errors import CourseError
from course_utils.transfer import ewc, freeze, l2_sp, remove_penalty, set_strength, unfreeze_top

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 4, 4, 3)).astype(np.float32), np.arange(12) % 2


def model_and_backbone(optimizer="sgd", **arguments):
    keras.utils.set_random_seed(0)
    inputs = layers.Input((4, 4, 3))
    x = layers.Conv2D(4, 3, name="block1_conv", **arguments)(inputs)
    x = layers.BatchNormalization(name="block1_bn")(x)
    x = layers.Conv2D(3, 2, name="block2_conv")(x)
    backbone = declared(keras.Model(inputs, x, name="tiny"), block1="block1_bn", block2="block2_conv")
    model = keras.Sequential([backbone, layers.Flatten(), layers.Dense(2, activation="softmax", name="head")])
    unfreeze_top(model, 2)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model, backbone


def conv_weights(backbone):
    return {v.path: keras.ops.convert_to_numpy(v).copy() for v in backbone.weights if "conv" in v.path}


def some_fisher(backbone):
    rng = np.random.default_rng(3)
    return {path: rng.uniform(0, 2, w.shape).astype(np.float32) for path, w in conv_weights(backbone).items()}


@pytest.mark.parametrize("method", ["l2_sp", "ewc"])
def test_the_loss_that_keras_reports_holds_the_penalty_of_a_nested_backbone(method):
    model, backbone = model_and_backbone()
    start = conv_weights(backbone)
    importance = some_fisher(backbone) if method == "ewc" else dict.fromkeys(start, 1)
    l2_sp(model, 0.3) if method == "l2_sp" else ewc(model, 0.3, {**importance, "old_head/kernel": np.ones(3)})
    model.compile("sgd", "sparse_categorical_crossentropy")
    for variable in backbone.trainable_variables:
        variable.assign(variable + 0.1 * RNG.normal(size=variable.shape))
    p = model.predict(X, verbose=0)
    penalty = sum((importance[path] * (w - start[path]) ** 2).sum() for path, w in conv_weights(backbone).items())
    expected = -np.log(p[np.arange(12), Y]).mean() + 0.3 / 2 * penalty
    assert penalty > 0.1
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-5)
    assert model.train_on_batch(X, Y, return_dict=True)["loss"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("method", ["l2_sp", "ewc"])
@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_strength_zero_is_plain_fine_tuning_bit_for_bit(method, optimizer):
    plain, _ = model_and_backbone(optimizer)
    held, backbone = model_and_backbone(optimizer)
    l2_sp(backbone, 0) if method == "l2_sp" else ewc(backbone, 0, some_fisher(backbone))
    held.compile(optimizer, "sparse_categorical_crossentropy")
    for model in (plain, held):
        for _ in range(4):
            model.train_on_batch(X, Y)
    for a, b in zip(plain.get_weights(), held.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("strength", [0.5, 4.0])
@pytest.mark.parametrize("importance", [None, 3.0])
def test_training_ends_at_the_minimum_of_loss_plus_penalty(strength, importance):
    # One weight w that starts at 1 with the loss (w - 5)**2: the minimum of (w - 5)**2 + s/2 * F * (w - 1)**2 is
    # where 2 (w - 5) + s F (w - 1) = 0.
    inputs = layers.Input((1,))
    weight = layers.Dense(1, use_bias=False, kernel_initializer="ones", name="block1_dense")
    model = keras.Sequential([keras.Model(inputs, weight(inputs), name="tiny")])
    l2_sp(model, strength) if importance is None else ewc(
        model, strength, {"block1_dense/kernel": np.full((1, 1), importance)}
    )
    model.compile(keras.optimizers.SGD(0.05), "mse")
    for _ in range(150):
        model.train_on_batch(np.ones((2, 1)), np.full((2, 1), 5.0))
    pull = strength * (importance or 1)
    assert weight.get_weights()[0].item() == pytest.approx((2 * 5 + pull * 1) / (2 + pull), abs=1e-4)


def test_a_penalty_can_be_set_before_unfreezing_and_removed():
    model, backbone = model_and_backbone()
    freeze(backbone)
    l2_sp(backbone, 0.5)
    assert model.losses == []
    unfreeze_top(model, 1)
    assert len(model.losses) == 2
    unfreeze_top(model, 2)
    assert len(model.losses) == 4
    l2_sp(backbone, 0.7)  # replaces the first
    assert len(model.losses) == 4
    remove_penalty(model)
    assert model.losses == []


@pytest.mark.parametrize("strength", [-0.1, float("nan"), float("inf")])
def test_a_strength_out_of_range_is_refused(strength):
    _, backbone = model_and_backbone()
    for penalise in (l2_sp, lambda b, s: ewc(b, s, some_fisher(b)), set_strength):
        with pytest.raises(CourseError, match=r"strength=.* must be a finite number, 0 or more"):
            penalise(backbone, strength)


def test_a_fisher_of_something_else_is_refused():
    _, backbone = model_and_backbone()
    fisher = some_fisher(backbone)
    with pytest.raises(CourseError, match="has shape \\(2,\\) for block1_conv/bias, whose shape is \\(4,\\)"):
        ewc(backbone, 1, {**fisher, "block1_conv/bias": np.ones(2)})
    del fisher["block2_conv/bias"]
    with pytest.raises(CourseError, match="has no entry for block2_conv/bias"):
        ewc(backbone, 1, fisher)


def test_another_regularizer_is_left_alone():
    _, backbone = model_and_backbone(kernel_regularizer="l2")
    for penalise in (lambda b: l2_sp(b, 1), remove_penalty):
        with pytest.raises(CourseError, match="block1_conv/kernel has a regularizer of its own, L2"):
            penalise(backbone)
