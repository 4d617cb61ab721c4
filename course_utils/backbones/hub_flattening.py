"""KerasHub's transformers rebuilt from their own layers: flat, with one input and one vector per position.

What KerasHub's models take besides, such as the padding mask and the segments, is worked out inside. Every function
takes KerasHub's model and a name, and returns a functional model with the same weights.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

import keras
from keras import layers, ops

from course_utils.backbones.padding import PaddingMark

#: CLIP's own means and standard deviations of red, green and blue, in 0..1.
_MEAN, _DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


@keras.saving.register_keras_serializable("course_utils")
class PatchSequence(layers.Layer):
    """Turn a map of patches ``(n, h, w, channels)`` into ``(n, 1 + h * w, channels)``: a class token, then the patches.

    Each gets a learned vector added that tells its position.
    """

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the class token and a vector for every position."""
        _, height, width, channels = shape
        assert height
        assert width
        self.token = self.add_weight(shape=(1, 1, channels), initializer="zeros", name="class_token")
        positions = (1 + height * width, channels)
        self.positions = self.add_weight(shape=positions, initializer="zeros", name="positions")

    def call(self, patches: Any) -> Any:
        """Return the sequence."""
        shape = ops.shape(patches)
        flat = ops.reshape(patches, (shape[0], shape[1] * shape[2], shape[3]))
        return ops.concatenate([ops.tile(self.token, (shape[0], 1, 1)), flat], axis=1) + self.positions


def vit(model: keras.Model, name: str) -> keras.Model:
    """Return a network from pictures in [0, 255] to ``(n, 1 + patches, channels)``, the class token first.

    KerasHub's own layers for patches and blocks cannot be rebuilt from their settings, so they could not be copied.
    """
    pictures = keras.Input(model.image_shape, name="pictures")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(pictures)
    embedding, encoder = model.get_layer("vit_patching_and_embedding"), model.get_layer("vit_encoder")
    sequence = PatchSequence(name="patch_sequence")
    x = sequence(embedding.patch_embedding(x))
    sequence.set_weights([embedding.class_token, embedding.position_embedding.embeddings])
    for number, block in enumerate(encoder.encoder_layers, start=1):  # their dropout rates are 0
        named = partial(_named, f"layer{number}")
        inner = named("norm1", block.layer_norm_1)(x)
        x = layers.Add(name=f"layer{number}_add1")([x, named("attention", block.mha)(inner, inner)])
        inner = named("dense1", block.mlp.dense_1)(named("norm2", block.layer_norm_2)(x))
        x = layers.Add(name=f"layer{number}_add2")([x, named("dense2", block.mlp.dense_2)(inner)])
    return _rebuilt(_ended(pictures, encoder.layer_norm(x), name))


def clip(model: keras.Model, name: str) -> keras.Model:
    """Return a network from pictures in [0, 255] to ``(n, 1 + patches, channels)``, the class token first.

    Its channels are those before CLIP's projection to the space that pictures and texts share.
    """
    pictures = keras.Input(model.image_shape, name="pictures")
    mean, variance = [255 * value for value in _MEAN], [(255 * value) ** 2 for value in _DEVIATION]
    x = layers.Normalization(mean=mean, variance=variance, name="standardise")(pictures)
    x = _in_turn((model.embedding, _named("embedding", "norm", model.pre_layer_norm)), x)
    for number, layer in enumerate(model.encoder_layers, start=1):
        x = _named(f"layer{number}", "block", layer)(x)
    return _rebuilt(_ended(pictures, _named("output", "norm", model.layer_norm)(x), name))


def bert(model: keras.Model, name: str, padding: int) -> keras.Model:
    """Return a network from token ids ``(n, length)`` to ``(n, length, channels)``; every row is one segment."""
    ids = _token_ids()
    tokens = model.token_embedding(ids)
    segments = model.segment_embedding(ops.zeros_like(ids))
    x = model.embeddings_add((tokens, model.position_embedding(tokens), segments))
    x = _in_turn((model.embeddings_layer_norm, model.embeddings_dropout), x)
    return _encoded(model, ids, x, name, padding)


def roberta(model: keras.Model, name: str, padding: int) -> keras.Model:
    """Return a network from token ids ``(n, length)`` to ``(n, length, channels)``."""
    ids = _token_ids()
    x = _in_turn((model.embeddings, model.embeddings_layer_norm, model.embeddings_dropout), ids)
    return _encoded(model, ids, x, name, padding)


def gpt2(model: keras.Model, name: str, padding: int) -> keras.Model:
    """Return a network from token ids ``(n, length)`` to ``(n, length, channels)``; a position sees those before it."""
    ids = _token_ids()
    tokens = model.token_embedding(ids)
    x = model.embeddings_dropout(model.embeddings_add((tokens, model.position_embedding(tokens))))
    mask = ops.cast(ops.not_equal(ids, padding), "int32")
    for layer in model.transformer_layers:
        x = layer(x, decoder_padding_mask=mask)
    return _marked(ids, model.layer_norm(x), name, padding)


def moonshine(model: keras.Model, name: str) -> keras.Model:
    """Return the encoder, from waves ``(n, samples)`` at 16 kHz to ``(n, frames, channels)``, about 42 a second."""
    waves = keras.Input((None,), name="waves")
    convolutions = (model.conv1, model.tanh_after_conv1, model.group_norm, model.conv2, model.gelu_after_conv2)
    x = _in_turn((*convolutions, model.conv3, model.gelu_after_conv3), ops.expand_dims(waves, -1))
    positions = model.get_layer("encoder_positions")(x)
    turns = model.encoder_rotary_embedding(positions)
    x = model.encoder_dropout(x)
    for layer in model.encoder_blocks:
        x = layer(x, turns)
    return _ended(waves, model.encoder_final_layer_norm(x), name)


def _named(block: str, part: str, layer: layers.Layer) -> layers.Layer:
    """Rename a layer: KerasHub's name holds for one block only, or starts with the name of the whole model."""
    layer.name = f"{block}_{part}"
    return layer


def _rebuilt(model: keras.Model) -> keras.Model:
    """Return a copy whose weights are called after their renamed layers, as optimizers need it."""
    again = keras.models.clone_model(model)
    again.set_weights(model.get_weights())
    return again


def _token_ids() -> Any:
    return keras.Input((None,), dtype="int32", name="token_ids")


def _in_turn(parts: Iterable[layers.Layer], x: Any) -> Any:
    for layer in parts:
        x = layer(x)
    return x


def _encoded(model: keras.Model, ids: Any, x: Any, name: str, padding: int) -> keras.Model:
    mask = ops.cast(ops.not_equal(ids, padding), "int32")
    for layer in model.transformer_layers:
        x = layer(x, padding_mask=mask)
    return _marked(ids, x, name, padding)


def _marked(ids: Any, x: Any, name: str, padding: int) -> keras.Model:
    return keras.Model(ids, PaddingMark(padding, name=f"{name}_output")([x, ids]), name=name)


def _ended(inputs: Any, x: Any, name: str) -> keras.Model:
    """End a network with a layer whose name no other network has, so that its spec is found by its layers."""
    return keras.Model(inputs, layers.Identity(name=f"{name}_output")(x), name=name)
