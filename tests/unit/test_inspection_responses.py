"""Feature maps, receptive fields, favourite patches and maximised pictures."""

import keras
import numpy as np
import pytest
from hand_made import declared
from keras import layers

from course_utils.backbones import block_output, blocks
from course_utils.backbones.embedded import build_embedded
from course_utils.errors import CourseError
from course_utils.inspection import (
    ReceptiveField,
    activations,
    block_features,
    favourite_patches,
    maximise_channels,
    receptive_fields,
    strongest_channels,
)
from course_utils.inspection.responses import block_peaks, patch_at
from course_utils.transfer.gradients import gradient_function


@pytest.fixture(scope="module")
def backbone() -> keras.Model:
    return build_embedded(0)


def branched(side: int) -> keras.Model:
    """Every kind of layer that moves a receptive field: padding, strides, dilation, pooling, branches."""
    pictures = x = layers.Input((side, side, 3))
    x = layers.Conv2D(4, 5, 2, padding="same", activation="softplus", name="block1_conv")(x)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="block2_pad")(x)
    x = layers.DepthwiseConv2D(3, 2, name="block2_depthwise")(x)
    wide = layers.Conv2D(4, 3, padding="same", dilation_rate=2, activation="softplus", name="block3_wide")(x)
    x = layers.Add(name="block3_add")([x, wide])
    x = layers.AveragePooling2D(2, name="block4_pool")(x)
    ends = {"block1": "block1_conv", "block2": "block2_depthwise", "block3": "block3_add", "block4": "block4_pool"}
    return declared(keras.Model(pictures, x, name="branched"), **ends)


def reached(model: keras.Model, unit: int) -> tuple[int, int]:
    """Return the first column of the picture that has a gradient from one unit, and the column after the last."""
    weights = [np.full(w.shape, 0.1) for w in model.get_weights()]
    model.set_weights(weights)
    gradient = gradient_function(lambda x: keras.ops.sum(model(x, training=False)[0, unit, unit]))
    side = model.input_shape[1]
    columns = np.flatnonzero(np.abs(gradient(np.full((1, side, side, 3), 0.5)))[0].sum(axis=(0, 2)))
    return int(columns[0]), int(columns[-1]) + 1


@pytest.mark.parametrize("side", [64, 61])
def test_receptive_fields_are_what_gradients_reach(side: int) -> None:
    model = branched(side)
    for block, field in receptive_fields(model).items():
        cut = block_output(model, block)
        unit = cut.output_shape[1] // 2
        first, last = field.window(unit)
        assert reached(cut, unit) == (max(first, 0), min(last, side)), block


def test_receptive_fields_of_the_embedded_backbone(backbone: keras.Model) -> None:
    fields = receptive_fields(backbone)
    assert list(fields) == list(blocks(backbone))
    assert [field.size for field in fields.values()] == [7, 19, 43, 59]
    assert fields["block1"] == ReceptiveField(size=7, stride=2, start=-2)


def test_receptive_fields_of_a_real_architecture() -> None:
    model = keras.applications.MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights=None, alpha=0.35)
    fields = receptive_fields(model)
    assert list(fields) == list(blocks(model))
    sizes = [field.size for field in fields.values()]
    assert sizes == sorted(sizes)
    assert fields["stem"].size == 7, "a 3x3 convolution of stride 2 and a 3x3 depthwise one"
    assert sizes[-1] == 491


def test_a_unit_that_pools_the_whole_picture_sees_all_of_it() -> None:
    pictures = x = layers.Input((20, 20, 3))
    x = layers.Conv2D(2, 3, padding="same", name="block1_conv")(x)
    gate = layers.GlobalAveragePooling2D(keepdims=True, name="block2_squeeze")(x)
    x = layers.Multiply(name="block2_scale")([x, gate])
    model = declared(keras.Model(pictures, x), block1="block1_conv", block2="block2_scale")
    assert receptive_fields(model)["block2"].size >= 20


def test_activations_and_pooled_features_agree(backbone: keras.Model) -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    maps = activations(backbone, images, "block2")
    assert maps.shape == (5, 8, 8, 64)
    assert maps.dtype == np.float32
    features = block_features(backbone, images)
    assert list(features) == ["block1", "block2", "block3", "block4"]
    np.testing.assert_allclose(features["block2"], maps.mean(axis=(1, 2)), rtol=1e-4, atol=1e-5)


def test_many_pictures_give_the_same_as_few(backbone: keras.Model) -> None:
    images = np.random.default_rng(0).integers(0, 256, (130, 32, 32, 3), np.uint8)
    all_at_once = activations(backbone, images, "block1")
    np.testing.assert_allclose(all_at_once[128:], activations(backbone, images[128:], "block1"), atol=1e-5)


def bright_spot_detector() -> keras.Model:
    pictures = layers.Input((32, 32, 3))
    detector = layers.Conv2D(2, 3, 2, padding="same", use_bias=False, kernel_initializer="ones", name="block1_conv")
    return declared(keras.Model(pictures, detector(pictures)), block1="block1_conv")


def test_favourite_patches_find_the_planted_spot() -> None:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 20, (6, 32, 32, 3), np.uint8)
    for strength, picture, (y, x) in ((250, 4, (17, 9)), (180, 1, (31, 31))):
        images[picture, max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = strength
    patches = favourite_patches(bright_spot_detector(), images, "block1", [1, 0], k=2)
    assert patches.shape == (2, 2, 3, 3, 3)
    assert patches.dtype == np.uint8
    assert patches[0, 0].mean() > 200, "the strongest first"
    assert patches[0, 1].mean() > 80, "one at the edge is moved inside"


def test_strongest_channels_are_those_that_stand_out() -> None:
    pictures = layers.Input((8, 8, 3))
    model = keras.Model(pictures, layers.Conv2D(3, 1, use_bias=False, name="block1_conv")(pictures))
    declared(model, block1="block1_conv")
    model.set_weights([np.eye(3)[None, None]])
    images = np.random.default_rng(0).integers(100, 140, (60, 8, 8, 3), np.uint8)
    images[:9, 0, 0, 1] = 255
    assert strongest_channels(model, images, "block1", k=2)[0] == 1


def test_what_does_not_exist_is_refused(backbone: keras.Model) -> None:
    images = np.zeros((2, 32, 32, 3), np.uint8)
    with pytest.raises(CourseError, match=r"block1, block2"):
        activations(backbone, images, "block9")
    with pytest.raises(CourseError, match=r"0\.\.31"):
        favourite_patches(backbone, images, "block1", [32], k=1)
    with pytest.raises(CourseError, match="2"):
        favourite_patches(backbone, images, "block1", [0], k=3)
    with pytest.raises(CourseError, match="no inputs"):
        activations(backbone, images[:0], "block1")
    with pytest.raises(CourseError, match="steps"):
        maximise_channels(backbone, "block1", [0], steps=0)
    with pytest.raises(CourseError, match=r"0\.\.31"):
        maximise_channels(backbone, "block1", [-1])


def test_a_maximised_picture_excites_its_channel_more_than_noise_does(backbone: keras.Model) -> None:
    channels = [3, 17]
    pictures = maximise_channels(backbone, "block2", channels)
    assert pictures.shape == (2, 32, 32, 3)
    assert pictures.dtype == np.uint8
    noise = np.random.default_rng(0).integers(45, 211, (64, 32, 32, 3), np.uint8)
    assert pictures.std() < noise.std() + 2, "by shape, not by contrast"
    reached_by = activations(backbone, pictures, "block2").mean(axis=(1, 2))
    by_noise = activations(backbone, noise, "block2").mean(axis=(1, 2))
    for i, channel in enumerate(channels):
        assert reached_by[i, channel] > by_noise[:, channel].max()


def test_the_same_seed_draws_the_same_picture(backbone: keras.Model) -> None:
    first, again, other = (maximise_channels(backbone, "block1", [2], steps=3, seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_peaks_are_the_maxima_of_every_blocks_maps(backbone: keras.Model) -> None:
    images = np.random.default_rng(1).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    found = block_peaks(backbone, images)
    assert list(found) == list(blocks(backbone))
    for block, (peaks, places) in found.items():
        flat = activations(backbone, images, block).reshape(5, -1, peaks.shape[1])
        np.testing.assert_allclose(peaks, flat.max(axis=1), atol=1e-5)
        np.testing.assert_allclose(np.take_along_axis(flat, places[:, None], axis=1)[:, 0], peaks, atol=1e-5)


def test_peaks_of_a_network_with_one_block() -> None:
    pictures = layers.Input((8, 8, 3))
    model = declared(keras.Model(pictures, layers.Conv2D(2, 3, name="block1_conv")(pictures)), block1="block1_conv")
    peaks, places = block_peaks(model, np.zeros((3, 8, 8, 3), np.uint8))["block1"]
    assert peaks.shape == places.shape == (3, 2)


def test_a_patch_at_the_edge_is_moved_inside() -> None:
    image = np.arange(10 * 10 * 3, dtype=np.uint8).reshape(10, 10, 3)
    field = ReceptiveField(size=4, stride=2, start=-1)
    np.testing.assert_array_equal(patch_at(image, field, 0, 4), image[0:4, 6:10])
    np.testing.assert_array_equal(patch_at(image, field, 2, 1), image[3:7, 1:5])
    np.testing.assert_array_equal(patch_at(image, ReceptiveField(99, 8, -40), 1, 1), image)
