"""The diagonal Fisher against the closed form of softmax regression."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from course_utils.backbones import load_backbone
from course_utils.errors import CourseError
from course_utils.transfer import diagonal_fisher, unfreeze_top
from course_utils.transfer.gradients import mean_squared_gradients


def regression(activation=None, features=4, classes=3):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Input((features,)), layers.Dense(classes, activation=activation, name="only")])
    model.set_weights([w + np.random.default_rng(1).normal(size=w.shape) for w in model.get_weights()])
    return model


def probabilities(model, x):
    kernel, bias = model.get_weights()
    e = np.exp(x @ kernel + bias)
    return e / e.sum(1, keepdims=True)


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).normal(size=(4000, 4)).astype(np.float32)


@pytest.mark.parametrize("activation", [None, "softmax"])
def test_softmax_regression_has_the_fisher_of_the_closed_form(rows, activation):
    model = regression(activation)
    p = probabilities(model, rows)
    kernel, bias = diagonal_fisher(model, rows, samples=len(rows)).values()
    np.testing.assert_allclose(kernel, (rows**2).T @ (p * (1 - p)) / len(rows), rtol=0.15)
    np.testing.assert_allclose(bias, (p * (1 - p)).mean(0), rtol=0.1)


def test_for_given_labels_the_squared_gradients_are_those_of_numpy(rows):
    model, x = regression(), rows[:50]
    y = np.arange(50) % 3
    errors = np.eye(3)[y] - probabilities(model, x)  # the gradient of log p(y|x) with respect to the logits
    kernel, bias = mean_squared_gradients(
        lambda row, label: ops.log_softmax(model(row[None]))[0, label], model.trainable_variables, x, y
    )
    np.testing.assert_allclose(kernel, (x**2).T @ errors**2 / 50, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(bias, (errors**2).mean(0), rtol=1e-3, atol=1e-6)


def test_gradients_on_another_backend_are_refused(rows, monkeypatch):
    model = regression()
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(CourseError, match="computed on the backends tensorflow and jax, not on torch"):
        mean_squared_gradients(lambda row, label: row[0], model.trainable_variables, rows, np.zeros(len(rows)))


def test_the_labels_are_the_models_own_so_that_a_model_that_is_sure_has_no_fisher(rows):
    model = regression()
    model.set_weights([0 * model.get_weights()[0], np.array([100.0, 0, 0])])
    assert all((f == 0).all() for f in diagonal_fisher(model, rows, samples=20).values())


def test_it_covers_what_is_trainable_and_leaves_batchnorm_alone():
    backbone = load_backbone("embedded", weights=None)
    model = keras.Sequential([backbone, layers.GlobalAveragePooling2D(), layers.Dense(3, name="head")])
    unfreeze_top(model, 1)
    before = [w.copy() for w in model.get_weights()]
    pictures = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3)).astype(np.uint8)
    fisher = diagonal_fisher(model, pictures, samples=4)
    assert {path: f.shape for path, f in fisher.items()} == {v.path: tuple(v.shape) for v in model.trainable_variables}
    assert next(iter(fisher)) == "block4_conv/kernel"
    assert all(f.dtype == np.float32 and (f >= 0).all() and f.any() for f in fisher.values())
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_seed_decides_it(rows):
    fishers = (diagonal_fisher(regression(), rows, samples=50, seed=s) for s in (1, 1, 2))
    first, same, other = (next(iter(fisher.values())) for fisher in fishers)
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_refusals(rows):
    with pytest.raises(CourseError, match="samples=0 must be 1 or more"):
        diagonal_fisher(regression(), rows, samples=0)
    with pytest.raises(CourseError, match="inputs, which holds 0"):
        diagonal_fisher(regression(), rows[:0])
    with pytest.raises(CourseError, match="has one output"):
        diagonal_fisher(regression("sigmoid", classes=1), rows)
    model = regression()
    model.trainable = False
    with pytest.raises(CourseError, match="no trainable weights"):
        diagonal_fisher(model, rows)
