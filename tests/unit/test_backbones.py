"""Loading the backbones: names, seeds, blocks, and files that are intact."""

import json
import shutil

import keras
import numpy as np
import pytest

from course_utils import assets
from course_utils.assets import verify_weights
from course_utils.backbones import block_output, blocks, load_backbone, load_source_model
from course_utils.backbones.embedded import build_embedded
from course_utils.backbones.pretraining_recipes import RECIPES
from course_utils.errors import CourseError


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3)).astype(np.float32)


def test_every_recipe_ships_its_weights_and_they_are_small():
    files = assets.read_manifest()
    wanted = {f"{name}-{seed}.weights.h5" for name, recipe in RECIPES.items() for seed in recipe.seeds}
    assert set(files) == wanted
    assert verify_weights() == []
    for entry in files.values():
        assert entry.bytes <= 5_000_000
        assert {"sha256", "seed", "command", "source_accuracy", "date", "licence"} <= set(entry.model_dump())


def test_another_seed_is_another_network_and_the_control_is_random(pictures):
    outputs = [np.asarray(load_backbone("embedded", seed=s)(pictures)) for s in (0, 1)]
    assert outputs[0].shape == (4, 2, 2, 256)
    assert np.abs(outputs[0] - outputs[1]).max() > 0.1
    control = load_backbone("embedded", weights=None, seed=3)
    np.testing.assert_array_equal(control.get_weights()[0], build_embedded(3).get_weights()[0])


def test_the_source_model_ends_in_one_logit_per_class(pictures):
    assert load_source_model()(pictures).shape == (4, len(RECIPES["embedded"].classes))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "vgg61"}, "no backbone 'vgg61'.*embedded-textures.*efficientnet_lite0.*mobilenet_v2"),
        ({"seed": 7}, "ships with seed 0, 1, 2"),
        ({"weights": "imagenet"}, "neither 'pretrained' nor None"),
        ({"image_size": 64}, "takes pictures of 32 pixels"),
        ({"image_size": 64, "weights": None}, "takes pictures of 32 pixels"),
        ({"name": "efficientnet_lite0", "image_size": 8}, "too small: use 32 or more"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_those_that_do(arguments, message):
    with pytest.raises(CourseError, match=message):
        load_backbone(**arguments)


def test_a_damaged_or_missing_file_is_refused(tmp_path):
    folder = tmp_path / "weights"
    shutil.copytree(assets.WEIGHTS, folder)
    name = "embedded-0.weights.h5"
    broken = bytearray((folder / name).read_bytes())
    broken[len(broken) // 2] ^= 1
    (folder / name).write_bytes(broken)
    with pytest.raises(CourseError, match="checksum is not the one"):
        assets.verified(name, folder)
    (folder / name).unlink()
    with pytest.raises(CourseError, match="is missing"):
        assets.verified(name, folder)
    assert len(verify_weights(folder)) == 1
    (folder / "manifest.json").write_text(json.dumps({"file": {}}))
    assert "missing or damaged" in verify_weights(folder)[0]


def test_blocks_of_the_embedded_backbone():
    grouped = blocks(build_embedded())
    assert list(grouped) == ["block1", "block2", "block3", "block4"]
    assert [layer.name for layer in grouped["block1"]] == ["block1_conv", "block1_bn", "block1_relu"]


@pytest.mark.parametrize(
    ("build", "some_blocks"),
    [
        (keras.applications.MobileNetV2, {"stem", "block_1", "block_16", "top"}),
        (keras.applications.ResNet50, {"stem", "conv2_block1", "conv5_block3"}),
        (keras.applications.VGG16, {"block1", "block5"}),
    ],
)
def test_blocks_of_real_architectures_hold_every_weight_once(build, some_blocks):
    model = build(weights=None, include_top=False, input_shape=(32, 32, 3))
    grouped = blocks(model)
    assert some_blocks <= set(grouped)
    held = [id(w) for members in grouped.values() for layer in members for w in layer.weights]
    assert sorted(held) == sorted(id(w) for w in model.weights)


def test_block_output_shares_weights_and_names_the_known_blocks(pictures):
    backbone = build_embedded()
    cut = block_output(backbone, "block2")
    assert cut(pictures).shape == (4, 8, 8, 64)
    assert cut.get_layer("block1_conv") is backbone.get_layer("block1_conv")
    with pytest.raises(CourseError, match=r"no block 'block9'.*block1, block2, block3, block4"):
        block_output(backbone, "block9")
