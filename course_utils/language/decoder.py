"""The layers of a decoder, run one token after another: keys and values of earlier tokens are kept (the KV cache)."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.backbones.smollm2 import RotaryAttention

#: The projections that a low-rank update is beside, as in the paper on LoRA (Hu et al. 2021).
UPDATED = ("query", "value")
#: Updates A and B by layer, from 0, and projection.
Updates = Mapping[tuple[int, str], tuple[Any, Any]]
#: Keys and values of each layer, floats ``(n, tokens, key heads, channels of a head)``.
Cache = list[tuple[Any, Any]]

_FAR = -1e9


class Decoder:
    """SmolLM2's layers, without the padding mark: the same weights as the backbone's, read whenever it runs.

    Args:
        backbone: SmolLM2, or a network of its architecture.

    Attributes:
        attentions: the attention layers, in order.
        words: size of the vocabulary.
    """

    def __init__(self, backbone: keras.Model) -> None:
        self.backbone = backbone
        self.attentions = [layer for layer in backbone.layers if isinstance(layer, RotaryAttention)]
        self._tokens = backbone.get_layer("tokens")
        self.words: int = self._tokens.input_dim
        # A product with the transposed table is slow for a few rows, so the head has a copy of it.
        self._head = keras.Variable(ops.transpose(self._tokens.embeddings), trainable=False, name="head")

    def empty_cache(self, n: int) -> Cache:
        """Return the cache of ``n`` texts that have no tokens yet."""
        shapes = [(n, 0, layer.key_heads, layer.head_channels) for layer in self.attentions]
        return [(ops.zeros(shape), ops.zeros(shape)) for shape in shapes]

    def states(self, ids: Any, cache: Cache | None = None, seen: Any = None, updates: Updates | None = None) -> Any:
        """Go on from the tokens in a cache.

        Args:
            ids: int32 ``(n, new)``.
            cache: of the tokens before them; None if there are none.
            seen: bool ``(n, tokens before and new)``, False where a row is filled up; None if all count.
            updates: low-rank updates that are added to projections.

        Returns:
            The last layer's states, float32 ``(n, new, channels)``, and the longer cache.
        """
        length = ops.shape(ids)[1]
        before = ops.shape(cache[0][0])[1] if cache else 0
        place = before + ops.arange(length)
        mask = ops.arange(before + length)[None, :] <= place[:, None]
        mask = mask[None] if seen is None else ops.logical_and(mask[None], seen[:, None, :])
        blocked = ops.where(mask, 0.0, _FAR)[:, None, None]
        longer: Cache = []
        x = self._tokens(ids)
        for number in range(len(self.attentions)):
            x, kept = self._layer(number, x, place, blocked, cache[number] if cache else None, updates or {})
            longer.append(kept)
        return self.backbone.get_layer("norm")(x), longer

    def logits(self, states: Any) -> Any:
        """Return the logits of the next token, float32 ``(..., words)``, of states ``(..., channels)``."""
        return ops.matmul(states, self._head)

    def _layer(
        self, number: int, x: Any, place: Any, blocked: Any, kept: tuple[Any, Any] | None, updates: Updates
    ) -> tuple[Any, tuple[Any, Any]]:
        layer, name = self.attentions[number], f"layer{number + 1}"
        n, length, channels = ops.shape(x)[0], ops.shape(x)[1], x.shape[-1]
        x = ops.reshape(x, (-1, channels))  # a product of two matrices is several times faster than a batched one
        normed = self.backbone.get_layer(f"{name}_attention_norm")(x)

        def projected(projection: str, heads: int) -> Any:
            y = getattr(layer, projection)(normed)
            if (number, projection) in updates:
                a, b = updates[number, projection]
                y = y + ops.matmul(ops.matmul(normed, a), b)
            return ops.reshape(y, (n, length, heads, layer.head_channels))

        query = _turned(projected("query", layer.heads), place, layer.base)
        key = _turned(projected("key", layer.key_heads), place, layer.base)
        value = projected("value", layer.key_heads)
        if kept is not None:
            key, value = ops.concatenate([kept[0], key], axis=1), ops.concatenate([kept[1], value], axis=1)
        shared = layer.heads // layer.key_heads
        query = ops.reshape(query, (n, length, layer.key_heads, shared, layer.head_channels))
        scores = ops.einsum("btkgd,bskd->bkgts", query, key) * layer.head_channels**-0.5 + blocked
        mixed = ops.einsum("bkgts,bskd->btkgd", ops.softmax(scores, axis=-1), value)
        x = x + layer.output_dense(ops.reshape(mixed, (-1, channels)))
        normed = self.backbone.get_layer(f"{name}_norm")(x)
        gate, wide, narrow = (self.backbone.get_layer(f"{name}_{part}") for part in ("gate", "wide", "narrow"))
        x = x + narrow(gate(normed) * wide(normed))
        return ops.reshape(x, (n, length, channels)), (key, value)


def _turned(x: Any, place: Any, base: float) -> Any:
    """Turn pairs of channels of ``(n, tokens, heads, channels)`` by angles that grow with the tokens' places."""
    channels = x.shape[-1]
    rates = base ** (-np.arange(0, channels, 2, dtype=np.float32) / channels)
    angles = ops.cast(place, "float32")[:, None] * rates
    cos, sin = ops.cos(angles)[None, :, None], ops.sin(angles)[None, :, None]
    first, second = ops.split(x, 2, axis=-1)
    return ops.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)
