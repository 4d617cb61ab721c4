"""Drift per block, by hand."""

import keras
import numpy as np
import pytest
from hand_made import declared
from keras import layers

from course_utils.errors import CourseError
from course_utils.transfer import relative_drift, unfreeze_top, weights_of


def tiny_backbone():
    inputs = layers.Input((4, 4, 3))
    x = layers.Conv2D(2, 1, name="block1_conv")(inputs)
    x = layers.BatchNormalization(name="block1_bn")(x)
    x = layers.Conv2D(2, 1, use_bias=False, name="block2_conv")(x)
    return declared(keras.Model(inputs, x, name="tiny"), block1="block1_bn", block2="block2_conv")


def test_drift_by_hand():
    backbone = tiny_backbone()
    conv, bn = backbone.get_layer("block1_conv"), backbone.get_layer("block1_bn")
    conv.set_weights([np.full((1, 1, 3, 2), 2.0), np.full(2, 2.0)])
    bn.set_weights([np.full(2, 2.0), np.full(2, 0.0), np.full(2, 3.0), np.full(2, 4.0)])
    before = weights_of(backbone)
    conv.set_weights([np.full((1, 1, 3, 2), 3.0), np.full(2, 2.0)])  # six weights move by 1
    bn.set_weights([np.full(2, 2.0), np.full(2, 5.0), np.full(2, 3.0), np.full(2, 5.0)])  # beta by 5, variance by 1
    first, second = relative_drift(before, keras.Sequential([backbone, layers.Flatten(), layers.Dense(2)]))
    assert first["block"] == "block1"
    assert first["drift"] == pytest.approx(np.sqrt(6 + 2 * 25) / np.sqrt(4 * (6 + 2 + 2)))
    assert first["statistics"] == pytest.approx(np.sqrt(2) / np.sqrt(2 * 9 + 2 * 16))
    assert (second["block"], second["drift"]) == ("block2", 0)
    assert np.isnan(second["statistics"])


def test_a_snapshot_does_not_move_with_the_network_and_can_be_put_back():
    backbone = tiny_backbone()
    unfreeze_top(backbone, 1)
    before = weights_of(backbone)
    backbone.set_weights([w + 1 for w in before])
    assert all(row["drift"] > 0 for row in relative_drift(before, backbone))
    unfreeze_top(backbone, 2)  # what is trainable does not change the order of weights
    backbone.set_weights(before)
    assert [row["drift"] for row in relative_drift(before, backbone)] == [0, 0]


def test_weights_of_another_network_are_refused():
    backbone = tiny_backbone()
    with pytest.raises(CourseError, match="before holds 1 arrays, but the weights of 'tiny' are 7"):
        relative_drift([np.zeros(3)], backbone)
    before = weights_of(backbone)
    with pytest.raises(CourseError, match=r"before\[1\] has shape \(1,\)"):
        relative_drift([before[0], np.zeros(1), *before[2:]], backbone)
