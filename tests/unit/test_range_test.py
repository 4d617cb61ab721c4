"""The range test on a quadratic with known steps; and that it leaves no trace."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.transfer import rate_range_test, suggest_rate


@pytest.fixture
def split():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 4, 4, 3)).astype(np.uint8)
    return Split(images, (images[:, 0, 0, 0] > 127).astype(np.int64))


@pytest.fixture
def quadratic():
    """One weight w with loss w squared, whatever the batch: a step of rate r multiplies it by 1 - 2r."""
    model = keras.Sequential(
        [layers.Input((1, 1, 1)), layers.Flatten(), layers.Dense(1, use_bias=False, kernel_initializer="ones")]
    )
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model, Split(np.ones((8, 1, 1, 1), np.uint8), np.zeros(8, np.int64))


def classifier(optimizer):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            layers.Input((4, 4, 3)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def losses_by_hand(rates):
    return np.concatenate([[1.0], np.cumprod(1 - 2 * rates)[:-1]]) ** 2


def test_the_rows_of_a_quadratic_are_those_computed_by_hand(quadratic):
    rows = rate_range_test(*quadratic, lowest=1e-4, highest=10, steps=60)
    rates = np.geomspace(1e-4, 10, 60)
    by_hand = losses_by_hand(rates)
    blown_up = int(np.argmax(by_hand > 4 * np.minimum.accumulate(by_hand)))
    assert len(rows) == blown_up + 1 < 60
    np.testing.assert_allclose([row["learning_rate"] for row in rows], rates[: len(rows)], rtol=1e-6)
    np.testing.assert_allclose([row["loss"] for row in rows], by_hand[: len(rows)], rtol=1e-3, atol=1e-7)


def test_the_suggestion_on_a_quadratic_is_the_steepest_descent_of_the_closed_form(quadratic):
    # With small steps the loss is exp(-4 S) for the sum S of the rates, about r / g with g = log of the growth, so
    # that its slope over log r, -4 S exp(-4 S), is steepest where S = 1/4, at r = g / 4.
    rates = np.geomspace(1e-5, 10, 700)
    rows = rate_range_test(*quadratic, lowest=1e-5, highest=10, steps=700)
    growth = np.log(rates[1] / rates[0])
    assert suggest_rate(rows) == pytest.approx(growth / 4, rel=0.1)


def test_the_suggestion_is_at_most_a_tenth_of_where_the_loss_is_lowest():
    rates = np.geomspace(1e-4, 1, 41)
    falls_late = [{"learning_rate": r, "loss": 1.0 if r < 0.04 else 0.1 + 5 * abs(np.log10(r / 0.1))} for r in rates]
    assert suggest_rate(falls_late) == pytest.approx(0.01, rel=0.3)


@pytest.mark.parametrize("optimizer", [keras.optimizers.AdamW, lambda rate: keras.optimizers.SGD(rate, momentum=0.9)])
@pytest.mark.parametrize("steps_before", [0, 3])
def test_it_leaves_weights_optimizer_and_rate_as_they_were(split, optimizer, steps_before):
    tested, untested = classifier(optimizer(0.003)), classifier(optimizer(0.003))
    images, labels = split.inputs.astype(np.float32), split.labels
    for model in (tested, untested):
        for _ in range(steps_before):
            model.train_on_batch(images, labels)
    rate_range_test(tested, split, steps=10, highest=100, seed=1)
    assert float(tested.optimizer.learning_rate) == pytest.approx(0.003)
    for model in (tested, untested):  # the same steps afterwards, dropout included, lead to the same place
        for _ in range(3):
            model.train_on_batch(images, labels)
    for a, b in zip(tested.get_weights(), untested.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_loss_that_is_not_a_number_ends_the_rows(split):
    rows = rate_range_test(classifier(keras.optimizers.SGD(1.0)), split, lowest=1e30, highest=1e38, steps=10)
    assert 1 <= len(rows) < 10
    assert np.isfinite([row["loss"] for row in rows]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lowest": 0}, "lowest=0 is not a learning rate"),
        ({"highest": float("nan")}, "highest=nan"),
        ({"lowest": 1, "highest": 0.1}, "lowest=1 must be below highest=0.1"),
        ({"steps": 1}, "steps=1 must be 2 or more"),
        ({"batch_size": 0}, "batch_size=0"),
    ],
)
def test_arguments_out_of_range_are_refused(split, arguments, message):
    with pytest.raises(CourseError, match=message):
        rate_range_test(classifier("sgd"), split, **arguments)


def test_a_schedule_or_no_optimizer_is_refused(split):
    model = classifier(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10)))
    with pytest.raises(CourseError, match="compiled with a schedule"):
        rate_range_test(model, split)
    with pytest.raises(CourseError, match="not compiled"):
        rate_range_test(keras.Sequential([layers.Dense(2)]), split)


def test_no_suggestion_where_there_is_no_fall():
    with pytest.raises(CourseError, match="never fell"):
        suggest_rate([{"learning_rate": 10.0**i, "loss": float(i)} for i in range(8)])
    with pytest.raises(CourseError, match="rows has 2 steps"):
        suggest_rate([{"learning_rate": 0.1, "loss": 1.0}] * 2)
