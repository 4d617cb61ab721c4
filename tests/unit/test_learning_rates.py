"""Rates per layer against Keras's AdamW, and schedules against their closed form."""

import math

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import layers

from course_utils.backbones.embedded import build_embedded
from course_utils.errors import CourseError
from course_utils.transfer import (
    LayerwiseAdamW,
    check_rate,
    discriminative_multipliers,
    unfreeze_top,
    warmup_cosine,
)

RATE = 0.01


def small_model():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            layers.Input((5,)),
            layers.Dense(4, activation="tanh", name="block1_dense"),
            layers.Dense(4, activation="tanh", name="block10_dense"),
            layers.Dense(3, name="head"),
        ]
    )


def weights_after(optimizer, steps=6):
    model = small_model()
    rng = np.random.default_rng(1)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for _ in range(steps):
        model.train_on_batch(rng.normal(size=(8, 5)).astype(np.float32), rng.integers(0, 3, 8))
    return model.get_weights()


def variables_after(optimizer, gradients):
    """Return three variables after updates with these fixed gradients, so that none depends on the others."""
    model = small_model()
    for step in gradients:
        optimizer.apply(step, model.trainable_variables)
    return model.get_weights()


@pytest.fixture(scope="module")
def gradients():
    rng = np.random.default_rng(2)
    return [[rng.normal(size=w.shape).astype(np.float32) for w in small_model().weights] for _ in range(5)]


def test_with_all_multipliers_one_it_is_keras_adamw():
    ours = weights_after(LayerwiseAdamW(RATE, {"block1": 1, "head": 1.0}, weight_decay=0.1))
    theirs = weights_after(keras.optimizers.AdamW(RATE, weight_decay=0.1))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("schedule", [False, True])
def test_a_multiplier_is_adamw_at_that_multiple_of_the_rate(gradients, schedule):
    def rate(factor):
        return keras.optimizers.schedules.ExponentialDecay(factor * RATE, 2, 0.5) if schedule else factor * RATE

    ours = variables_after(LayerwiseAdamW(rate(1), {"block1": 0.3, "block10": 0.05}, weight_decay=0.1), gradients)
    for layer, factor in enumerate([0.3, 0.05, 1]):
        theirs = variables_after(keras.optimizers.AdamW(rate(factor), weight_decay=0.1), gradients)
        for i in (2 * layer, 2 * layer + 1):
            np.testing.assert_allclose(ours[i], theirs[i], atol=1e-6)


def test_multiplier_zero_keeps_a_layer_bit_for_bit_and_the_longest_name_holds(gradients):
    ours = variables_after(LayerwiseAdamW(RATE, {"block1": 0, "block1_dense": 1, "block10": 0}), gradients)
    start = small_model().get_weights()
    assert (ours[0] != start[0]).any()
    np.testing.assert_array_equal(ours[2], start[2])
    np.testing.assert_array_equal(ours[3], start[3])


def test_a_name_that_no_trainable_layer_has_is_refused():
    with pytest.raises(CourseError, match=r"names block2, but .* Trainable layers: block1_dense, block10_dense, head"):
        weights_after(LayerwiseAdamW(RATE, {"block1": 1, "block2": 0.5}))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"learning_rate": 0}, "learning_rate=0 is not"),
        ({"multipliers": {"block1": -1}}, r"multipliers\['block1'\]=-1.0"),
        ({"multipliers": {"block1": math.nan}}, "=nan is out of range"),
        ({"weight_decay": -0.1}, "weight_decay=-0.1"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(CourseError, match=message):
        LayerwiseAdamW(**arguments)


@pytest.mark.parametrize("rate", [RATE, keras.optimizers.schedules.CosineDecay(RATE, 10)])
def test_it_can_be_rebuilt_from_its_serialised_form(gradients, rate):
    first = LayerwiseAdamW(rate, {"block1": 0.3}, weight_decay=0.2, beta_1=0.8)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(first))
    assert isinstance(again, LayerwiseAdamW)
    for a, b in zip(variables_after(first, gradients), variables_after(again, gradients), strict=True):
        np.testing.assert_array_equal(a, b)


@given(st.floats(max_value=0) | st.just(math.nan) | st.just(math.inf) | st.text() | st.booleans() | st.none())
def test_check_rate_refuses(rate):
    with pytest.raises(CourseError, match=r"^peak=.* it must be a finite number above 0"):
        check_rate(rate, "peak")


@given(st.floats(0, exclude_min=True, allow_infinity=False))
def test_check_rate_gives_back_what_is_a_rate(rate):
    assert check_rate(rate) == rate
    assert check_rate(np.float64(rate)) == rate


def test_discriminative_multipliers_of_the_embedded_backbone():
    backbone = build_embedded()
    assert discriminative_multipliers(backbone) == pytest.approx(
        {"block4": 1, "block3": 0.4, "block2": 0.16, "block1": 0.064}
    )
    unfreeze_top(backbone, 2)
    assert discriminative_multipliers(backbone, 0.5) == {"block4": 1, "block3": 0.5}
    with pytest.raises(CourseError, match="factor=0 is out of range"):
        discriminative_multipliers(backbone, 0)


def test_discriminative_multipliers_fit_every_layer_of_a_real_network():
    backbone = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
    unfreeze_top(backbone, 18)
    optimizer = LayerwiseAdamW(RATE, discriminative_multipliers(backbone, 0.5))
    optimizer.build(backbone.trainable_variables)
    found = dict(zip([v.path for v in backbone.trainable_variables], optimizer.factors, strict=True))
    assert found["Conv_1/kernel"] == 1
    assert found["block_16_project/kernel"] == 0.5
    assert found["block_1_project/kernel"] == 0.5**16
    assert found["Conv1/kernel"] == 0.5**17


@pytest.mark.parametrize(("steps", "warmup"), [(20, 0.1), (7, 0.5), (10, 0), (3, 0.99), (1, 0.5)])
def test_warmup_and_cosine_follow_the_closed_form(steps, warmup):
    schedule = warmup_cosine(0.02, steps, warmup)
    rising = round(warmup * steps)
    for step in range(steps + 3):
        if step < rising:
            expected = 0.02 * step / rising
        else:
            expected = 0.01 * (1 + math.cos(math.pi * min(1, (step - rising) / max(1, steps - rising))))
        assert float(schedule(step)) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((0, 10), "peak=0"), ((0.1, 0), "steps=0"), ((0.1, 10, 1), "warmup=1"), ((0.1, 10, math.nan), "warmup=nan")],
)
def test_schedules_out_of_range_are_refused(arguments, message):
    with pytest.raises(CourseError, match=message):
        warmup_cosine(*arguments)
