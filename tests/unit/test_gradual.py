"""Gradual unfreezing: what trains at each stage, and one history of all stages."""

import keras
import numpy as np
import pytest
from hand_made import declared
from keras import layers

from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.transfer import freeze, gradual_unfreezing, train, unfreeze_top


@pytest.fixture
def split():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (20, 4, 4, 3)).astype(np.uint8)
    return Split(images, (images[:, 0, 0, 0] > 127).astype(np.int64))


def model_of_two_blocks():
    keras.utils.set_random_seed(0)
    inputs = layers.Input((4, 4, 3))
    x = layers.Conv2D(4, 3, name="block1_conv")(layers.Rescaling(1 / 255)(inputs))
    x = layers.BatchNormalization(name="block1_bn")(x)
    x = layers.Conv2D(4, 2, name="block2_conv")(x)
    backbone = declared(keras.Model(inputs, x, name="tiny"), block1="block1_bn", block2="block2_conv")
    return keras.Sequential([freeze(backbone), layers.Flatten(), layers.Dense(2, activation="softmax", name="head")])


def test_it_is_the_stages_run_one_after_the_other(split):
    ours, by_hand = model_of_two_blocks(), model_of_two_blocks()
    run = gradual_unfreezing(ours, split, split, learning_rate=0.01, epochs_per_stage=2, batch_size=8, seed=3)
    losses = []
    for stage, trained in enumerate([["head"], ["block2_conv", "head"], ["block1_conv", "block2_conv", "head"]]):
        unfreeze_top(by_hand, stage)
        assert {w.path.split("/")[-2] for w in by_hand.trainable_weights} == set(trained)
        by_hand.compile(
            keras.optimizers.AdamW(0.01, weight_decay=0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        losses += train(by_hand, split, split, epochs=2, batch_size=8, seed=3 + stage).history["val_loss"]
    assert run.history["val_loss"] == losses
    assert {len(values) for values in run.history.values()} == {6}
    assert run.outcome == "done"
    for a, b in zip(ours.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_weight_but_batchnorms_moves(split):
    model = model_of_two_blocks()
    before = {w.path: keras.ops.convert_to_numpy(w).copy() for w in model.weights}
    gradual_unfreezing(model, split, learning_rate=0.01)
    still = {w.path for w in model.weights if (keras.ops.convert_to_numpy(w) == before[w.path]).all()}
    assert still == {w.path for w in model.weights if "bn" in w.path}


def test_a_diverging_stage_is_the_last(split, capsys):
    run = gradual_unfreezing(model_of_two_blocks(), split, learning_rate=1e38, epochs_per_stage=5)
    assert run.outcome == "failed"
    assert run.message in capsys.readouterr().out


def test_refusals(split):
    model = model_of_two_blocks()
    with pytest.raises(CourseError, match="learning_rate=0 is not"):
        gradual_unfreezing(model, split, learning_rate=0)
    with pytest.raises(CourseError, match="epochs=0"):
        gradual_unfreezing(model, split, learning_rate=0.1, epochs_per_stage=0)
    with pytest.raises(CourseError, match="'tiny' is a backbone without a head"):
        gradual_unfreezing(model.get_layer("tiny"), split, learning_rate=0.1)
