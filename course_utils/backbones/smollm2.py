"""SmolLM2-135M-Instruct: a small language model that follows instructions (Allal et al. 2025).

Its architecture is Llama's (Touvron et al. 2023): causal attention with rotary positions and fewer keys than queries,
and gated feed-forward layers. Its weights come from a package of the Python index that is read as data; they are kept
as published, four bits a weight, and come out as float32 when they are loaded.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, repeat
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from course_utils.backbones.bpe import TOKENIZER, write_tokenizer
from course_utils.backbones.converted import converted_folder
from course_utils.backbones.padding import PaddingMark
from course_utils.backbones.spec import BackboneSpec, ModelCard, Pooling
from course_utils.errors import CourseError
from course_utils.pretrained.readers.gguf import read_gguf

_NAME, _FILE = "smollm2_135m", "weights.gguf"
_LAYERS, _WIDTH, _HEADS, _KEY_HEADS, _WIDE, _WORDS, _LONGEST = 30, 576, 9, 3, 1536, 49_152, 8192


@dataclass(frozen=True)
class DecoderSizes:
    """Sizes of a network of this architecture; the defaults are those of SmolLM2-135M."""

    layers: int = _LAYERS
    width: int = _WIDTH
    heads: int = _HEADS
    key_heads: int = _KEY_HEADS
    wide: int = _WIDE
    words: int = _WORDS


_ROTARY_BASE, _EPSILON = 100_000.0, 1e-5
_PADDING = 2  # the id of <|im_end|>, with which its publisher fills up rows


def build_smollm2(weights: str | None, seed: int, size: int) -> keras.Model:
    """Build the network without its head, from token ids ``(n, length)``, 2 for padding, to ``(n, length, 576)``.

    A position sees itself and those before it, so fill rows up at their end. ``size`` is ignored.

    Raises:
        CourseError: its weights are not on this computer; or ``seed`` is not 0, since there is one pretraining run.
    """
    if weights is None:
        return decoder_network(seed)
    if seed != 0:
        raise CourseError(f"{_NAME} has one pretraining run, seed 0; seed={seed} does not exist.")
    model = decoder_network(None)
    set_smollm2_weights(model, read_gguf(converted_folder(_NAME, convert_smollm2) / _FILE).tensors)
    return model


def load_smollm2_source_model(seed: int) -> keras.Model:
    """Load the network with its head: logits ``(n, length, 49152)`` of the token that follows each position.

    The head compares every position with the vectors of all tokens. It holds a copy of them, so training the backbone
    leaves it as it is.

    Raises:
        CourseError: as ``build_smollm2``.
    """
    backbone = build_smollm2("pretrained", seed, 0)
    head = layers.Dense(_WORDS, use_bias=False, name="source_head")
    model = keras.Sequential([keras.Input((None,), dtype="int32"), backbone, head])
    head.kernel.assign(ops.transpose(backbone.get_layer("tokens").embeddings))
    return model


def convert_smollm2(files: Mapping[str, Path], folder: Path) -> None:
    """Keep the original file as it is, after checking that it holds this network, and write its tokenizer."""
    content = read_gguf(files["weights"])
    set_smollm2_weights(decoder_network(None), content.tensors)
    write_tokenizer(content.settings, folder / TOKENIZER)
    shutil.copyfile(files["weights"], folder / _FILE)


def tokenizer_file() -> Path:
    """Return the file of the network's tokenizer.

    Raises:
        CourseError: the network is not on this computer.
    """
    return converted_folder(_NAME, convert_smollm2) / TOKENIZER


@keras.saving.register_keras_serializable("course_utils")
class RotaryAttention(layers.Layer):
    """Causal attention with rotary positions (Su et al. 2021) and grouped queries (Ainslie et al. 2023).

    Input and output: floats ``(n, positions, channels)``.

    Args:
        heads: of the queries; they divide the channels.
        key_heads: of keys and values, each shared by ``heads / key_heads`` queries.
        base: of the rotations' wavelengths.
        seed: decides the random weights; with None they are all zero, for weights that are set anyway.
    """

    def __init__(self, heads: int, key_heads: int, base: float, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.key_heads, self.base, self.seed = heads, key_heads, base, seed

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        channels = input_shape[-1]
        assert channels
        self.head_channels = channels // self.heads
        seeds = _seeds(self.seed)
        of_keys = self.key_heads * self.head_channels
        self.query, self.key, self.value, self.output_dense = (
            layers.Dense(units, use_bias=False, kernel_initializer=_start(seeds), name=name, dtype=self.dtype_policy)
            for name, units in (("query", channels), ("key", of_keys), ("value", of_keys), ("output", channels))
        )
        for projection in (self.query, self.key, self.value, self.output_dense):
            projection.build(input_shape)

    def call(self, inputs: Any) -> Any:
        n, length = ops.shape(inputs)[:2]
        query = self._turned(self.query(inputs), self.heads)
        key = self._turned(self.key(inputs), self.key_heads)
        value = ops.reshape(self.value(inputs), (n, length, self.key_heads, self.head_channels))
        query = ops.reshape(query, (n, length, self.key_heads, self.heads // self.key_heads, self.head_channels))
        scores = ops.einsum("btkgd,bskd->bkgts", query, key) * self.head_channels**-0.5
        place = ops.arange(length)
        scores = ops.where(place[None, :] <= place[:, None], scores, ops.cast(-1e9, scores.dtype))
        mixed = ops.einsum("bkgts,bskd->btkgd", ops.softmax(scores, axis=-1), value)
        return self.output_dense(ops.reshape(mixed, (n, length, self.heads * self.head_channels)))

    def _turned(self, x: Any, heads: int) -> Any:
        """Turn pairs of channels, from both halves of a head, by angles that grow with the position."""
        n, length = ops.shape(x)[:2]
        x = ops.reshape(x, (n, length, heads, self.head_channels))
        rates = self.base ** (-np.arange(0, self.head_channels, 2, dtype=np.float32) / self.head_channels)
        angles = ops.cast(ops.arange(length), "float32")[:, None] * rates
        cos, sin = (ops.cast(turn(angles)[None, :, None], x.dtype) for turn in (ops.cos, ops.sin))
        first, second = ops.split(x, 2, axis=-1)
        return ops.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that recreate this layer."""
        own = {"heads": self.heads, "key_heads": self.key_heads, "base": self.base, "seed": self.seed}
        return {**super().get_config(), **own}


def _seeds(first: int | None) -> Iterator[int | None]:
    return repeat(None) if first is None else count(first)


def _start(seeds: Iterator[int | None]) -> keras.initializers.Initializer:
    """Return how a kernel starts: without a seed with zeros, which is faster by a second for the whole network."""
    seed = next(seeds)
    return keras.initializers.Zeros() if seed is None else keras.initializers.RandomNormal(stddev=0.02, seed=seed)


def decoder_network(seed: int | None, sizes: DecoderSizes = DecoderSizes()) -> keras.Model:
    """Build a network of this architecture, without its head; random weights, or zeros if ``seed`` is None."""
    seeds = _seeds(None if seed is None else 10_000 * seed)

    def norm(name: str) -> layers.Layer:
        return layers.RMSNormalization(epsilon=_EPSILON, name=name)

    def dense(units: int, name: str, activation: str | None = None) -> layers.Layer:
        return layers.Dense(units, activation, use_bias=False, kernel_initializer=_start(seeds), name=name)

    # four projections each
    of_attention = repeat(None) if seed is None else count(10_000 * seed + 5_000, 4)
    ids = keras.Input((None,), dtype="int32", name="token_ids")
    x = layers.Embedding(sizes.words, sizes.width, embeddings_initializer=_start(seeds), name="tokens")(ids)
    for name in (f"layer{number}" for number in range(1, sizes.layers + 1)):
        attention = RotaryAttention(
            sizes.heads, sizes.key_heads, _ROTARY_BASE, next(of_attention), name=f"{name}_attention"
        )
        x = layers.Add(name=f"{name}_attention_add")([x, attention(norm(f"{name}_attention_norm")(x))])
        normed = norm(f"{name}_norm")(x)
        gate, wide = dense(sizes.wide, f"{name}_gate", "silu"), dense(sizes.wide, f"{name}_wide")
        gated = layers.Multiply(name=f"{name}_gated")([gate(normed), wide(normed)])
        x = layers.Add(name=f"{name}_add")([x, dense(sizes.width, f"{name}_narrow")(gated)])
    return keras.Model(ids, PaddingMark(_PADDING, name=f"{_NAME}_output")([norm("norm")(x), ids]), name=_NAME)


def set_smollm2_weights(model: keras.Model, tensors: Mapping[str, NDArray[np.float32]]) -> None:
    """Put the tensors of a GGUF file, by name, into the layers.

    Raises:
        CourseError: the tensors are not those of this network.
    """
    left = dict(tensors)

    def take(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        if name not in left or left[name].shape != shape:
            raise CourseError(f"The weights of {_NAME} lack the tensor {name}, or it has another shape.")
        return left.pop(name)

    def kernel(name: str, outputs: int, inputs: int) -> NDArray[np.float32]:
        return take(f"{name}.weight", (outputs, inputs)).T

    def in_halves(projection: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
        """Reorder a head's channels: llama.cpp turns neighbours as pairs, this network those of both halves."""
        return projection.reshape(_WIDTH, heads, -1, 2).swapaxes(2, 3).reshape(_WIDTH, -1)

    keys = _KEY_HEADS * (_WIDTH // _HEADS)
    model.get_layer("tokens").set_weights([take("token_embd.weight", (_WORDS, _WIDTH))])
    for number in range(_LAYERS):
        layer, name = f"layer{number + 1}", f"blk.{number}"
        model.get_layer(f"{layer}_attention").set_weights(
            [
                in_halves(kernel(f"{name}.attn_q", _WIDTH, _WIDTH), _HEADS),
                in_halves(kernel(f"{name}.attn_k", keys, _WIDTH), _KEY_HEADS),
                kernel(f"{name}.attn_v", keys, _WIDTH),
                kernel(f"{name}.attn_output", _WIDTH, _WIDTH),
            ]
        )
        model.get_layer(f"{layer}_attention_norm").set_weights([take(f"{name}.attn_norm.weight", (_WIDTH,))])
        model.get_layer(f"{layer}_norm").set_weights([take(f"{name}.ffn_norm.weight", (_WIDTH,))])
        model.get_layer(f"{layer}_gate").set_weights([kernel(f"{name}.ffn_gate", _WIDE, _WIDTH)])
        model.get_layer(f"{layer}_wide").set_weights([kernel(f"{name}.ffn_up", _WIDE, _WIDTH)])
        model.get_layer(f"{layer}_narrow").set_weights([kernel(f"{name}.ffn_down", _WIDTH, _WIDE)])
    model.get_layer("norm").set_weights([take("output_norm.weight", (_WIDTH,))])
    if left:
        raise CourseError(f"The weights of {_NAME} hold tensors that the network lacks: {sorted(left)[:3]}.")


SMOLLM2 = BackboneSpec(
    name=_NAME,
    modality="text",
    blocks={"embedding": "tokens"}
    | {f"layer{number}": f"layer{number}_add" for number in range(1, _LAYERS)}
    | {f"layer{_LAYERS}": f"{_NAME}_output"},
    builder=build_smollm2,
    source_model=load_smollm2_source_model,
    longest=_LONGEST,
    preprocessing="token ids of its own byte-pair vocabulary (load_tokenizer)",
    pooling=Pooling(padding=_PADDING),
    source_task="the next token, then following instructions",
    source_data="2 trillion tokens of English web pages, textbooks and code",
    licence="Apache-2.0",
    convert=convert_smollm2,
    card=ModelCard(
        parameters=134_515_008,
        paper="Allal et al. 2025, SmolLM2: When Smol Goes Big",
        score="42.1 % on HellaSwag, before it learned to follow instructions (its authors' figure)",
        verified="tensors of the gguf package, bit for bit; logits of a float64 decoder in NumPy, within 1e-4 on two "
        "texts; of KerasHub's Llama, within 1e-3; every best token equal",
        speed="500 tokens, in rows of 64",
    ),
)
