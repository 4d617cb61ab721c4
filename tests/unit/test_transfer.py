"""Freezing, features, probes and label budgets."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from course_utils.backbones import blocks
from course_utils.backbones.embedded import build_embedded
from course_utils.data import Split, load_dataset
from course_utils.errors import CourseError
from course_utils.experiments import label_efficiency, scratch_session
from course_utils.transfer import (
    extract_features,
    freeze,
    linear_probe,
    shift_and_flip,
    trainable_summary,
    unfreeze_top,
)


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (10, 32, 32, 3)).astype(np.uint8)


def with_head(backbone):
    model = keras.Sequential(
        [backbone, layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax", name="head")]
    )
    model.compile(keras.optimizers.AdamW(0.01), "sparse_categorical_crossentropy")
    return model


def test_nothing_in_a_frozen_backbone_moves_not_even_batchnorm_statistics(pictures):
    backbone = freeze(build_embedded())
    before = [w.copy() for w in backbone.get_weights()]
    model = with_head(backbone)
    head_before = model.get_layer("head").get_weights()[0].copy()
    model.fit(pictures.astype(np.float32), np.arange(10) % 3, epochs=2, verbose=0)
    for a, b in zip(before, backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (model.get_layer("head").get_weights()[0] != head_before).any()


@pytest.mark.parametrize("k", range(5))
def test_unfreeze_top_changes_the_top_k_blocks_and_no_moving_statistic(k, pictures):
    backbone = build_embedded()
    names = unfreeze_top(backbone, k)
    before = {w.path: keras.ops.convert_to_numpy(w).copy() for w in backbone.weights}
    with_head(backbone).fit(pictures.astype(np.float32), np.arange(10) % 3, epochs=1, verbose=0)
    moved = {w.path for w in backbone.weights if (keras.ops.convert_to_numpy(w) != before[w.path]).any()}
    expected = [layer for b in list(blocks(backbone))[4 - k :] for layer in blocks(backbone)[b] if "conv" in layer.name]
    assert names == [layer.name for layer in expected]
    assert moved == {w.path for layer in expected for w in layer.weights}


@pytest.mark.parametrize("k", [-1, 5])
def test_unfreeze_top_names_the_allowed_range(k):
    with pytest.raises(CourseError, match=r"k lies in 0\.\.4"):
        unfreeze_top(build_embedded(), k)


def test_trainable_summary_agrees_with_a_count_by_hand():
    model = keras.Sequential([layers.Input((4,)), layers.Dense(3), layers.BatchNormalization()])
    assert trainable_summary(model) == (4 * 3 + 3 + 2 * 3, 2 * 3)
    assert trainable_summary(freeze(model)) == (0, 4 * 3 + 3 + 4 * 3)


def test_features_are_what_pooling_layers_of_keras_give_whatever_the_batch_size(pictures):
    backbone = build_embedded()
    model = keras.Sequential([backbone, layers.GlobalAveragePooling2D()])
    expected = model.predict(pictures.astype(np.float32), verbose=0)
    for batch_size in (1, 3, 256):
        np.testing.assert_allclose(extract_features(backbone, pictures, batch_size=batch_size), expected, atol=1e-5)
    assert extract_features(backbone, pictures[:0]).shape == (0, 256)


def test_features_refuse_pictures_of_another_shape():
    with pytest.raises(CourseError, match=r"inputs have shape \(2, 16, 16, 3\)"):
        extract_features(build_embedded(), np.zeros((2, 16, 16, 3)))


def test_linear_probe_fits_its_scaling_on_the_given_rows_alone():
    rng = np.random.default_rng(0)
    features = rng.normal(5, 2, (60, 3))
    probe = linear_probe(features, (features[:, 0] > 5).astype(int))
    np.testing.assert_allclose(probe[0].mean_, features.mean(0))
    assert probe.score(features, features[:, 0] > 5) > 0.9


@pytest.mark.parametrize("rows", [4, 50, 5000])
def test_the_fewer_the_rows_the_more_the_channels_share_their_spread(rows):
    spreads = np.array([0.1, 1, 4])
    features = np.random.default_rng(0).normal(0, spreads, (rows, 3))
    scale = linear_probe(features, np.arange(rows) % 2)[0].scale_
    own, shared = features.var(0), features.var(0).mean()
    trust = rows / (rows + 50)
    np.testing.assert_allclose(scale**2, trust * own + (1 - trust) * shared)


def test_a_channel_that_never_changes_does_not_harm_a_probe():
    assert linear_probe(np.zeros((4, 2)), np.arange(4) % 2).predict(np.zeros((1, 2))).shape == (1,)


@pytest.mark.parametrize(
    ("rows", "labels", "message"), [(4, [0, 1, 0], "4 rows but labels has 3"), (3, [1, 1, 1], "fewer than two classes")]
)
def test_linear_probe_refuses(rows, labels, message):
    with pytest.raises(CourseError, match=message):
        linear_probe(np.zeros((rows, 2)), np.array(labels))


def test_few_rows_are_the_rows_of_few():
    rng = np.random.default_rng(1)
    split = Split(rng.integers(0, 255, (40, 2, 2, 3)).astype(np.uint8), np.arange(40) % 4)
    np.testing.assert_array_equal(split.inputs[split.few_rows(3, 7)], split.few(3, 7).inputs)


def test_label_efficiency_by_hand():
    budgets = [1, 10, 100]
    assert label_efficiency(budgets, [0.8, 0.9, 0.95], [0.4, 0.6, 0.8], at=1) == pytest.approx(100)
    assert label_efficiency(budgets, [0.7, 0.9, 0.95], [0.4, 0.6, 0.8], at=1) == pytest.approx(10**1.5)
    assert label_efficiency(budgets, [0.9, 0.9, 0.95], [0.4, 0.6, 0.8], at=1) == np.inf
    assert label_efficiency(budgets, [0.3, 0.3, 0.3], [0.4, 0.6, 0.8], at=10) == pytest.approx(0.1)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.1, 0.99), min_size=4, max_size=4).map(sorted))
def test_label_efficiency_of_a_curve_against_itself_is_one(curve):
    budgets = [1, 4, 16, 64]
    if len(set(curve)) == 4:
        for at in budgets:
            assert label_efficiency(budgets, curve, curve, at) == pytest.approx(1)


@pytest.mark.parametrize(
    ("labels", "steps", "batch_size", "epochs"),
    [(1, None, 5, 1000), (240, None, 32, 26), (5, 20, 25, 20)],
)
def test_scratch_gets_a_thousand_steps_or_25_epochs_whichever_is_more(labels, steps, batch_size, epochs):
    session = scratch_session(load_dataset("shapes"), labels, 0, steps)
    assert (session.batch_size, session.epochs) == (batch_size, epochs)
    assert session.augment is shift_and_flip


def test_scratch_sees_pictures_of_the_size_of_the_dataset():
    small, large = (scratch_session(load_dataset("photo-textures", image_size=size), 1, 0).model for size in (32, 96))
    assert small.input_shape == (None, 32, 32, 3)
    assert large.input_shape == (None, 96, 96, 3)
    np.testing.assert_array_equal(large.get_weights()[0], small.get_weights()[0])
    assert unfreeze_top(large, 1), "it is known as a backbone, like the pretrained one"
