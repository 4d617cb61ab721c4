"""What lesson 02 breaks on purpose is broken in the way that it says, and nothing else is."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.backbones import is_here
from course_utils.data import disjoint_texture_patches, load_dataset, stained_tissue
from course_utils.errors import CourseError
from course_utils.experiments import (
    budgets,
    choose_block,
    coin_flip_patches,
    efficiency,
    features_in_training_mode,
    features_of,
    probe_on_views,
    probe_rows,
)


def test_in_training_mode_a_picture_depends_on_its_batch_and_comes_back_in_its_own_row():
    network = keras.Sequential([keras.Input((4, 4, 1)), layers.BatchNormalization()])
    pictures = np.random.default_rng(0).integers(0, 255, (64, 4, 4, 1)).astype(np.uint8)
    in_order = features_in_training_mode(network, pictures, np.arange(64))
    first = pictures[:32].astype(float)
    expected = (first.mean((1, 2)) - first.mean()) / np.sqrt(first.var() + 1e-3)
    np.testing.assert_allclose(in_order[:32], expected, atol=1e-3)
    backwards = features_in_training_mode(network, pictures, np.arange(64)[::-1])
    np.testing.assert_allclose(backwards, in_order, atol=1e-4)  # the same batches, the other way round
    mixed = np.arange(64).reshape(2, 32).T.ravel()
    assert np.abs(features_in_training_mode(network, pictures, mixed) - in_order).max() > 1e-3


def test_every_photograph_has_one_coin_flip_and_half_of_them_are_heads():
    photographs = np.random.default_rng(1).integers(0, 255, (10, 8, 8, 3)).astype(np.uint8)
    patches, labels, source = coin_flip_patches(photographs, seed=0)
    assert patches.shape == (80, 8, 8, 3)
    assert all(len(set(labels[source == p])) == 1 for p in range(10))
    assert labels.mean() == 0.5
    assert not np.array_equal(labels, coin_flip_patches(photographs, seed=1)[1])
    np.testing.assert_array_equal(np.sort(patches[8], axis=None), np.sort(photographs[1], axis=None))


def test_brown_is_gland_and_red_and_blue_change_places_with_it():
    pictures, labels = stained_tissue("test", 6, size=32)
    assert (pictures.shape, pictures.dtype) == ((12, 32, 32, 3), np.uint8)
    red_less_blue = (pictures[..., 0].astype(float) - pictures[..., 2]).mean((1, 2))
    assert red_less_blue[labels == 1].min() > 0 > np.median(red_less_blue[labels == 0])


def test_no_more_patches_are_independent_than_fit_side_by_side():
    fitting = disjoint_texture_patches("train")
    assert list(fitting) == list(load_dataset("photo-textures").class_names)
    assert fitting["brick"] == (512 // 64) * (int(512 * 0.48) // 64) == 24


ROWS = [
    {"method": method, "labels": n, "seed": s, "accuracy": accuracy}
    for method, curve in {
        "pretrained, frozen": {1: 0.5, 5: 0.7, 7: 0.8},
        "from scratch": {1: 0.3, 5: 0.5, 50: 0.9, 500: 0.95},
    }.items()
    for n, accuracy in curve.items()
    for s in (0, 1)
]


def test_the_factor_walks_along_the_whole_scratch_curve():
    assert efficiency(ROWS, at=1) == pytest.approx(5)
    assert efficiency(ROWS, at=5) == pytest.approx(10**0.5), "halfway between 5 and 50, in the logarithm"
    with pytest.raises(CourseError, match=r"at=7 .* choose one of \[1, 5\]"):
        efficiency(ROWS, at=7)


def test_a_probe_is_measured_at_every_budget_with_every_seed():
    task = load_dataset("faces")
    features = {
        part: getattr(task, part).inputs.reshape(len(getattr(task, part)), -1)[:, :9] for part in ("train", "test")
    }
    rows = probe_rows("pixels", features, task, [2, 5], range(3))
    assert [(row["labels"], row["seed"]) for row in rows] == [(n, s) for n in (2, 5) for s in range(3)]
    assert all(row["method"] == "pixels" and 0 <= row["accuracy"] <= 1 for row in rows)


def test_a_probe_on_views_sees_every_picture_again_and_keeps_its_label(monkeypatch):
    task, fitted = load_dataset("faces"), []
    network = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(4, 1)])
    kept = budgets.linear_probe
    monkeypatch.setattr(budgets, "linear_probe", lambda *rows: fitted.append(rows) or kept(*rows))
    accuracy = probe_on_views(features_of(network, task), 5, seed=0, views=2)
    ((seen, labels),) = fitted
    assert (len(seen), 0 <= accuracy <= 1) == (30, True)
    np.testing.assert_array_equal(labels.reshape(3, 10), [task.train.few(5, 0).labels] * 3)
    assert not np.allclose(seen[:10], seen[10:20])
    assert not np.allclose(seen[10:20], seen[20:]), "another draw of shifts"


def test_the_shallowest_block_within_a_standard_error_is_chosen():
    close = {"block1": [0.5, 0.6], "block2": [0.79, 0.79], "block3": [0.78, 0.84]}
    assert choose_block(close) == "block2"
    assert choose_block(close | {"block2": [0.77, 0.77]}) == "block3"


def test_what_ships_with_the_course_is_here():
    assert is_here("embedded")
    with pytest.raises(CourseError, match="no backbone 'nothing'"):
        is_here("nothing")
