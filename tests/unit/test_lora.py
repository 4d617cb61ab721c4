"""LoRA on dense and convolution layers: no change at first, the same when merged, and Keras's own."""

import keras
import numpy as np
import pytest
from hand_made import declared
from keras import layers

from course_utils.backbones import blocks, load_backbone
from course_utils.errors import CourseError
from course_utils.transfer import LoRA, add_lora, freeze, merge_lora, trainable_summary, unfreeze_top, with_head

RNG = np.random.default_rng(0)
LAYERS = {
    "dense": (lambda: layers.Dense(5, activation="tanh", name="block1_dense"), (4,)),
    "dense without bias": (lambda: layers.Dense(5, use_bias=False, name="block1_dense"), (4,)),
    "convolution": (lambda: layers.Conv2D(5, 3, 2, padding="same", activation="relu", name="block1_conv"), (6, 6, 4)),
    "dilated, no bias": (lambda: layers.Conv2D(5, (3, 2), dilation_rate=2, use_bias=False, name="c"), (8, 8, 4)),
    "einsum": (lambda: layers.EinsumDense("ab,bcd->acd", (3, 5), bias_axes="cd", name="block1_heads"), (4,)),
    "einsum without bias": (lambda: layers.EinsumDense("abc,cd->abd", (None, 5), name="block1_mix"), (3, 4)),
    "in groups": (lambda: layers.Conv2D(6, 3, groups=2, name="c"), (6, 6, 4)),
}


@pytest.fixture(params=LAYERS)
def layer_and_inputs(request):
    make, shape = LAYERS[request.param]
    inputs = RNG.normal(size=(7, *shape)).astype(np.float32)
    layer = make()
    layer.build(inputs.shape)
    return layer, inputs


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor).copy()


def update(lora):
    """Give a LoRA layer an update that isn't zero."""
    lora.b.assign(RNG.normal(size=lora.b.shape))


def test_at_first_nothing_changes_and_only_the_update_is_trainable(layer_and_inputs):
    layer, inputs = layer_and_inputs
    lora = LoRA(layer, 2)
    np.testing.assert_allclose(numbers(lora(inputs)), numbers(layer(inputs)), atol=1e-6)
    assert [w.name for w in lora.trainable_weights] == ["lora_a", "lora_b"]
    for value in (False, True):  # unfreezing a model around it must not unfreeze the kernel
        lora.trainable = value
    assert [w.name for w in lora.trainable_weights] == ["lora_a", "lora_b"]


def test_it_agrees_with_keras(layer_and_inputs):
    layer, inputs = layer_and_inputs
    lora = LoRA(layer, 2, alpha=3)
    lora(inputs)
    update(lora)
    theirs = type(layer).from_config(layer.get_config())
    theirs.build(inputs.shape)
    theirs.set_weights(layer.get_weights())
    theirs.enable_lora(2, lora_alpha=3)
    theirs.lora_kernel_a.assign(np.reshape(numbers(lora.a), theirs.lora_kernel_a.shape))
    theirs.lora_kernel_b.assign(numbers(lora.b))
    np.testing.assert_allclose(numbers(lora(inputs)), numbers(theirs(inputs)), atol=1e-5)


def test_merged_it_is_a_plain_layer_with_the_same_outputs(layer_and_inputs):
    layer, inputs = layer_and_inputs
    lora = LoRA(layer, 2, alpha=5)
    before = numbers(lora(inputs))
    update(lora)
    merged = lora.merge()
    assert type(merged) is type(layer)
    assert [w.shape for w in merged.weights] == [w.shape for w in layer.weights]
    np.testing.assert_allclose(numbers(merged(inputs)), numbers(lora(inputs)), atol=1e-5)
    assert (numbers(merged(inputs)) != before).any()
    by_hand = numbers(layer.kernel) + 5 / 2 * (numbers(lora.a) @ numbers(lora.b)).reshape(layer.kernel.shape)
    np.testing.assert_allclose(numbers(merged.kernel), by_hand, atol=1e-5)


def test_after_training_a_backbone_the_merged_network_is_the_original_architecture():
    backbone = load_backbone("embedded", weights=None)
    pictures = RNG.uniform(0, 255, (8, 32, 32, 3)).astype(np.float32)
    untouched = [w.copy() for w in backbone.get_weights()]
    expected = backbone.predict(pictures, verbose=0)
    lora = add_lora(backbone)
    np.testing.assert_allclose(lora.predict(pictures, verbose=0), expected, atol=1e-6)
    start = {w.path: numbers(w) for w in lora.weights}
    model = with_head(lora, 2)
    model.compile(keras.optimizers.AdamW(0.01), "sparse_categorical_crossentropy")
    for _ in range(3):
        model.train_on_batch(pictures, np.arange(8) % 2)
    moved = {w.path for w in lora.weights if (numbers(w) != start[w.path]).any()}
    assert moved == {w.path for w in lora.weights if "lora" in w.name}
    merged = merge_lora(lora)
    assert [w.path for w in merged.weights] == [w.path for w in backbone.weights]
    assert merged.get_config()["layers"][2]["class_name"] == "Conv2D"
    after = lora.predict(pictures, verbose=0)
    assert np.abs(after - expected).max() > 1e-3
    np.testing.assert_allclose(merged.predict(pictures, verbose=0), after, atol=1e-5 * np.abs(after).max())
    for a, b in zip(untouched, backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_at_the_default_rank_it_trains_at_most_a_twentieth():
    backbone = load_backbone("embedded", weights=None)
    trainable, frozen = trainable_summary(add_lora(backbone))
    ranks = sum(np.prod(w.shape[:-1]) + w.shape[-1] for w in backbone.weights if w.name == "kernel")
    assert trainable == 4 * ranks
    assert frozen == sum(np.prod(w.shape) for w in backbone.weights)
    assert trainable <= 0.05 * frozen


def test_unfreeze_top_says_in_which_blocks_the_updates_learn():
    lora = add_lora(load_backbone("embedded", weights=None), rank=1)
    assert unfreeze_top(lora, 1) == ["block4_conv"]
    assert [w.path for w in lora.trainable_weights] == ["block4_conv/lora_a", "block4_conv/lora_b"]


def test_it_works_on_a_real_network():
    backbone = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
    pictures = RNG.uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
    lora = add_lora(backbone, rank=2)
    expected = numbers(backbone(pictures, training=False))
    np.testing.assert_allclose(numbers(lora(pictures, training=False)), expected, atol=1e-6)
    assert list(blocks(lora)) == list(blocks(backbone))
    wrapped = [layer for layer in lora.layers if isinstance(layer, LoRA)]
    assert len(wrapped) == sum(isinstance(layer, layers.Conv2D) for layer in backbone.layers)
    for layer in wrapped:
        layer.b.assign(np.full(layer.b.shape, 0.01))
    after = numbers(lora(pictures, training=False))
    assert (after != expected).any()
    np.testing.assert_allclose(numbers(merge_lora(lora)(pictures, training=False)), after, atol=1e-5)


def test_a_model_with_lora_is_saved_and_loaded(tmp_path):
    lora = add_lora(keras.Sequential([layers.Input((4,)), layers.Dense(3, name="block1_dense")]), rank=2, seed=1)
    update(lora.layers[0])
    lora.save(tmp_path / "lora.keras")
    again = keras.models.load_model(tmp_path / "lora.keras")
    inputs = RNG.normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_allclose(numbers(again(inputs)), numbers(lora(inputs)), atol=1e-6)


@keras.saving.register_keras_serializable("tests")
class Gated(layers.Layer):
    """A layer made of others, as a course's own network might have: two projections, a normalisation, a scale."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units, self.supports_masking = units, True
        self.value, self.gate = layers.Dense(units, name="value"), layers.Dense(units, name="gate")
        self.norm = layers.LayerNormalization(name="norm")

    def build(self, shape):
        self.scale = self.add_weight(shape=(self.units,), initializer="ones", name="scale")
        for part in (self.value, self.gate):
            part.build(shape)
        self.norm.build((*shape[:-1], self.units))

    def call(self, inputs):
        return self.scale * self.norm(self.value(inputs) * keras.ops.sigmoid(self.gate(inputs)))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def hub_encoder(x, name):
    hub = pytest.importorskip("keras_hub", reason="KerasHub is not installed")
    return hub.layers.TransformerEncoder(16, 2, name=name)(x)


COMPOSITES = {
    "attention": lambda x, name: layers.MultiHeadAttention(2, 4, name=name)(x, x, use_causal_mask=True),
    "grouped attention": lambda x, name: layers.GroupQueryAttention(4, 4, 2, name=name)(x, x),
    "a layer of one's own": lambda x, name: Gated(8, name=name)(x),
    "at every position": lambda x, name: layers.TimeDistributed(layers.Dense(8), name=name)(x),
    "KerasHub's encoder": hub_encoder,
}


@pytest.fixture(params=COMPOSITES)
def with_inner_layers(request):
    """A network of two such layers, and a flat one; token ids, of which 0 is padding, to ``(n, 6, 8)``."""
    make = COMPOSITES[request.param]
    keras.utils.set_random_seed(0)
    tokens = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 8, mask_zero=True, name="embedding")(tokens)
    x = layers.LayerNormalization(name="block1_norm")(make(x, "block1_mix"))
    x = layers.Dense(8, name="block2_dense")(make(x, "block2_mix"))
    return declared(keras.Model(tokens, x), block1="block1_norm", block2="block2_dense")


def test_it_reaches_the_layers_inside_another_layer(with_inner_layers):
    tokens = np.minimum(RNG.integers(0, 9, (5, 6)), RNG.integers(0, 99, (5, 6)))
    expected = with_inner_layers.predict(tokens, verbose=0)
    lora = add_lora(with_inner_layers, rank=2, seed=3)
    assert [layer.name for layer in lora.layers[1:]] == [layer.name for layer in with_inner_layers.layers[1:]]
    np.testing.assert_allclose(lora.predict(tokens, verbose=0), expected, atol=1e-6)
    kernels = [w for w in with_inner_layers.weights if w.name == "kernel"]
    assert len(kernels) >= 3
    assert len(lora.trainable_weights) == 2 * len(kernels)
    same, other = (add_lora(with_inner_layers, rank=2, seed=seed) for seed in (3, 4))
    for mine, again, third in zip(lora.trainable_weights, same.trainable_weights, other.trainable_weights, strict=True):
        np.testing.assert_array_equal(numbers(mine), numbers(again))
        assert "lora" in mine.name
        assert mine.name.endswith("b") or (numbers(mine) != numbers(third)).any()

    start = {w.path: numbers(w) for w in lora.weights}
    model = with_head(lora, 2)
    model.compile(keras.optimizers.AdamW(0.01), "sparse_categorical_crossentropy")
    for _ in range(3):
        model.train_on_batch(tokens, np.arange(5) % 2)
    moved = {w.path for w in lora.weights if (numbers(w) != start[w.path]).any()}
    assert moved == {w.path for w in lora.trainable_weights}
    after = lora.predict(tokens, verbose=0)
    assert np.abs(after - expected).max() > 1e-3
    merged = merge_lora(lora)
    assert [(w.name, w.shape) for w in merged.weights] == [(w.name, w.shape) for w in with_inner_layers.weights]
    assert merged.trainable_weights == []
    np.testing.assert_allclose(merged.predict(tokens, verbose=0), after, atol=1e-5 * np.abs(after).max())


def test_unfreeze_top_unfreezes_only_the_updates_inside_the_top_blocks(with_inner_layers):
    lora = add_lora(with_inner_layers, rank=2)
    updates = len(lora.trainable_weights)
    model = with_head(lora, 2)
    assert unfreeze_top(model, 1) == ["block2_mix", "block2_dense"]
    top = [w for layer in blocks(lora)["block2"] for w in layer.weights if "lora" in w.name]
    assert [id(w) for w in lora.trainable_weights] == [id(w) for w in top]
    assert [w.name for w in model.layers[-1].trainable_weights] == ["kernel", "bias"]
    unfreeze_top(model, 2)
    assert len(lora.trainable_weights) == updates
    freeze(lora)
    assert lora.trainable_weights == []


def test_saved_and_loaded_a_network_with_updates_inside_layers_answers_the_same(tmp_path):
    tokens = RNG.integers(0, 9, (5, 6))
    inputs = keras.Input((6,), dtype="int32")
    x = Gated(8, name="block1_mix")(layers.Embedding(9, 8, name="embedding")(inputs))
    lora = add_lora(keras.Model(inputs, layers.Dense(3, name="block2_dense")(x)), rank=2)
    for weight in lora.trainable_weights:
        weight.assign(RNG.normal(size=weight.shape))
    lora.save(tmp_path / "lora.keras")
    again = keras.models.load_model(tmp_path / "lora.keras")
    np.testing.assert_allclose(numbers(again(tokens)), numbers(lora(tokens)), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("rank", [0, -1, 1.5])
def test_a_rank_out_of_range_is_refused(rank):
    with pytest.raises(CourseError, match=r"rank=.* must be a whole number, 1 or more"):
        add_lora(load_backbone("embedded", weights=None), rank=rank)
    x = keras.Input((6, 8))
    with pytest.raises(CourseError, match=r"rank=.* must be a whole number, 1 or more"):
        add_lora(keras.Model(x, layers.MultiHeadAttention(2, 4)(x, x)), rank=rank)


def test_other_layers_and_nested_models_are_refused():
    with pytest.raises(CourseError, match="'relu' is a ReLU; LoRA wraps Dense, EinsumDense, Conv1D and Conv2D"):
        LoRA(layers.ReLU(name="relu"), 2)
    with pytest.raises(CourseError, match="has no Dense, EinsumDense, Conv1D or Conv2D layer"):
        add_lora(keras.Sequential([layers.Input((4,)), layers.ReLU()]))
    model = with_head(load_backbone("embedded", weights=None), 2)
    for function in (add_lora, merge_lora):
        with pytest.raises(CourseError, match="holds the model 'embedded'; give that one"):
            function(model)
