"""Freezing by block: nested backbones, BatchNorm that stays as it is, and what a count of layers means."""

import keras
import numpy as np
import pytest
from hand_made import declared
from keras import layers

from course_utils.backbones import blocks
from course_utils.backbones.embedded import build_embedded
from course_utils.errors import CourseError
from course_utils.transfer import backbone_of, freeze, layers_as_blocks, unfreeze_top
from course_utils.transfer.freezing import unfreeze_blocks


def recipe(backbone, *, before=()):
    """The classic Keras recipe: a backbone inside a Sequential."""
    return keras.Sequential(
        [*before, backbone, layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax", name="head")]
    )


def tiny_backbone(*, batchnorm=True, name="tiny"):
    inputs = layers.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, name="block1_conv")(inputs)
    x = layers.BatchNormalization(name="block1_bn")(x) if batchnorm else x
    x = layers.Conv2D(5, 3, name="block2_conv")(x)
    inner = keras.Sequential([layers.Input(x.shape[1:]), layers.Dense(6, name="mix")], name="block3_inner")
    if batchnorm:
        inner.add(layers.BatchNormalization(name="norm"))
    first = "block1_bn" if batchnorm else "block1_conv"
    model = keras.Model(inputs, inner(x), name=name)
    return declared(model, block1=first, block2="block2_conv", block3="block3_inner")


def values(model):
    return {w.path: keras.ops.convert_to_numpy(w).copy() for w in model.weights}


def fit(model, side, rate=1e-5):
    model.compile(keras.optimizers.AdamW(rate), "sparse_categorical_crossentropy")
    pictures = np.random.default_rng(0).uniform(0, 1, (6, side, side, 3)).astype(np.float32)
    model.fit(pictures, np.arange(6) % 3, epochs=1, verbose=0)


def test_backbone_of_a_backbone_is_itself_and_of_a_recipe_what_it_holds():
    backbone = tiny_backbone()
    assert backbone_of(backbone) is backbone
    assert backbone_of(recipe(backbone)) is backbone
    flips = keras.Sequential([layers.RandomFlip("horizontal")])
    assert backbone_of(recipe(backbone, before=[layers.Input((8, 8, 3)), flips])) is backbone
    inputs = layers.Input((8, 8, 3))
    assert backbone_of(keras.Model(inputs, layers.Flatten()(backbone(inputs)))) is backbone


def test_backbone_of_refuses_a_model_with_none_or_two():
    with pytest.raises(CourseError, match="holds no backbone"):
        backbone_of(keras.Sequential([layers.Input((4,)), layers.Dense(2)]))
    inputs = layers.Input((8, 8, 3))
    both = keras.Model(inputs, layers.Add()([tiny_backbone(name="one")(inputs), tiny_backbone(name="two")(inputs)]))
    with pytest.raises(CourseError, match=r"2 functional models \(one, two\)"):
        backbone_of(both)


def test_the_classic_recipe_unfreezes_the_top_and_keeps_every_batchnorm():
    backbone = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
    model = recipe(freeze(backbone))
    names = unfreeze_top(model, 2)
    before = values(model)
    fit(model, 32)
    moved = {path for path, value in values(model).items() if (value != before[path]).any()}
    assert names == ["block_16_expand", "block_16_depthwise", "block_16_project", "Conv_1"]
    unfrozen = {w.path for name in names for w in backbone.get_layer(name).weights}
    assert moved == unfrozen | {w.path for w in model.get_layer("head").weights}


def test_unfreezing_all_keeps_batchnorm_however_deep_it_is():
    model = recipe(tiny_backbone())
    assert unfreeze_top(model, 3) == ["block1_conv", "block2_conv", "mix"]
    before = values(model)
    fit(model, 8)
    still = {path for path, value in values(model).items() if (value == before[path]).all()}
    assert still == {w.path for w in model.weights if "block1_bn" in w.path or "norm" in w.path}


def test_it_works_without_batchnorm():
    assert unfreeze_top(tiny_backbone(batchnorm=False), 2) == ["block2_conv", "mix"]


def test_the_head_trains_after_the_whole_model_was_frozen_and_a_frozen_head_stays_frozen():
    model = freeze(recipe(tiny_backbone()))
    unfreeze_top(model, 1)
    assert [w.path.split("/")[-2] for w in model.trainable_weights] == ["mix", "mix", "head", "head"]
    model.get_layer("head").trainable = False
    unfreeze_top(model, 0)
    assert model.trainable_weights == []


@pytest.mark.tensorflow("only there does Keras skip an assignment that changes nothing")
def test_freezing_again_reaches_what_was_unfrozen_inside_a_frozen_backbone():
    model = recipe(freeze(tiny_backbone()))
    backbone = backbone_of(model)
    backbone.get_layer("block3_inner").get_layer("mix").trainable = True
    assert len(model.trainable_weights) == 4
    backbone.trainable = False  # Keras skips it, since it is False already
    assert len(model.trainable_weights) == 4
    freeze(backbone)
    assert [w.path.split("/")[-2] for w in model.trainable_weights] == ["head", "head"]


@pytest.mark.tensorflow("elsewhere, Keras refuses an unfrozen layer until the next compile")
@pytest.mark.parametrize("trained_before", [False, True])
def test_keras_builds_its_training_step_at_the_first_batch_after_compile(trained_before):
    """What lessons 03 and 06 teach: unfrozen before that batch, a layer trains; after it, it takes another compile."""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2, activation="softmax")])
    pictures, labels = np.random.default_rng(0).normal(size=(8, 4)), np.arange(8) % 2
    below = model.layers[0]
    below.trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy")
    if trained_before:
        model.fit(pictures, labels, verbose=0)
    below.trainable = True
    start = below.get_weights()[0]
    model.fit(pictures, labels, verbose=0)
    assert np.array_equal(below.get_weights()[0], start) == trained_before
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(pictures, labels, verbose=0)
    assert not np.array_equal(below.get_weights()[0], start)


@pytest.mark.parametrize("k", [-1, 4])
def test_k_out_of_range_is_refused_for_a_nested_backbone(k):
    with pytest.raises(CourseError, match=r"'tiny' has 3 blocks, so k lies in 0\.\.3"):
        unfreeze_top(recipe(tiny_backbone()), k)


def test_the_first_hundred_layers_of_resnet50_end_inside_a_block():
    backbone = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3))
    for layer in backbone.layers[:100]:
        layer.trainable = False
    counted = layers_as_blocks(recipe(backbone), 100)
    assert len(backbone.layers) == 175
    for block, members in blocks(backbone).items():
        assert counted[block] == (sum(not layer.trainable for layer in members), len(members))
    cut = [block for block, (frozen, total) in counted.items() if 0 < frozen < total]
    assert cut == ["conv4_block2"]
    assert sum(total for _, total in counted.values()) == 174  # all but the input layer


@pytest.mark.parametrize("n", [-1, 25])
def test_a_number_of_layers_out_of_range_is_refused(n):
    backbone = build_embedded()
    with pytest.raises(CourseError, match=rf"n={n} is out of range: 'embedded' has {len(backbone.layers)} layers"):
        layers_as_blocks(backbone, n)


@keras.saving.register_keras_serializable("tests")
class Normalised(layers.Layer):
    """A layer made of others, which is not a model: a convolution and BatchNorm."""

    def build(self, shape):
        self.conv, self.norm = layers.Conv2D(3, 3, padding="same"), layers.BatchNormalization()
        self.conv.build(shape)
        self.norm.build((*shape[:-1], 3))

    def call(self, inputs):
        return self.norm(self.conv(inputs))


def test_batchnorm_inside_another_layer_stays_frozen_too():
    inputs = layers.Input((8, 8, 3))
    x = Normalised(name="low")(inputs)
    model = recipe(declared(keras.Model(inputs, Normalised(name="high")(x), name="tiny"), block1="low", block2="high"))
    assert unfreeze_top(model, 2) == ["low", "high"]
    before = values(model)
    fit(model, 8)
    moved = {path for path, value in values(model).items() if (value != before[path]).any()}
    assert len(moved) == 6, "two kernels and two biases of convolutions, and the head's"
    assert not any("batch_norm" in path for path in moved)
    assert unfreeze_top(model, 1) == ["high"]
    assert len(backbone_of(model).trainable_weights) == 2
    freeze(model)
    assert model.trainable_weights == []


def test_blocks_are_unfrozen_by_name_and_batchnorm_stays():
    model = tiny_backbone()
    assert unfreeze_blocks(model, ["block1", "block3"]) == ["block1_conv", "mix"]
    assert not model.get_layer("block1_bn").trainable
    assert unfreeze_blocks(model, []) == []
    with pytest.raises(CourseError, match="no block 'block9'; its blocks are block1, block2, block3"):
        unfreeze_blocks(model, ["block1", "block9"])
