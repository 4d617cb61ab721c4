"""Multiplications of a training step, counted by hand for a network of two layers."""

import keras
import pytest

from course_utils.backbones import load_backbone
from course_utils.errors import CourseError
from course_utils.transfer import add_lora, training_multiplications, unfreeze_top

FIRST, SECOND = 8 * 8 * 3 * 3 * 3 * 4, 4 * 4 * 4 * 5  # positions, window, channels, filters


def two_layers(size):
    return keras.Sequential(
        [
            keras.Input((size, size, 3)),
            keras.layers.Conv2D(4, 3, padding="same", name="first"),
            keras.layers.Conv2D(5, 1, strides=2, name="second"),
        ]
    )


@pytest.mark.parametrize(
    ("trained", "backward"),
    [((), 0), (("second",), SECOND), (("first",), FIRST + SECOND), (("first", "second"), FIRST + 2 * SECOND)],
)
def test_backward_goes_through_what_is_trained_and_what_lies_above_it(trained, backward):
    network = two_layers(8)
    for layer in network.layers:
        layer.trainable = layer.name in trained
    assert training_multiplications(network) == FIRST + SECOND + backward


def test_lora_saves_no_multiplications():
    network = load_backbone("embedded")
    unfreeze_top(network, 4)
    assert training_multiplications(add_lora(load_backbone("embedded"))) == training_multiplications(network)


def test_a_network_for_any_size_is_refused():
    with pytest.raises(CourseError, match="build it for one size"):
        training_multiplications(two_layers(None))
