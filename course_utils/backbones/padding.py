"""Hide padding: from attention, and from whatever averages over a row of tokens.

Keras's own masks don't get far enough for this: attention takes them off its inputs, so they are lost where a shortcut
leads around it.
"""

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("course_utils")
class PaddingMask(layers.Layer):
    """Turn token ids ``(n, length)`` into a mask for attention, bool ``(n, 1, length)``: which ids are not padding."""

    def __init__(self, padding: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, ids: Any) -> Any:
        return ops.expand_dims(ops.not_equal(ids, self.padding), 1)

    def compute_output_spec(self, ids: Any) -> Any:
        return keras.KerasTensor((ids.shape[0], 1, ids.shape[1]), "bool")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that recreate this layer."""
        return {**super().get_config(), "padding": self.padding}


@keras.saving.register_keras_serializable("course_utils")
class PaddingMark(layers.Layer):
    """Pass on the vectors ``(n, positions, channels)`` of token ids, and tell later layers which ids are padding."""

    def __init__(self, padding: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.padding, self.supports_masking = padding, True

    def call(self, vectors_and_ids: list[Any]) -> Any:
        """Return the vectors."""
        return vectors_and_ids[0]

    def compute_mask(self, vectors_and_ids: list[Any], previous: Any = None) -> Any:
        """Return where the ids ``(n, positions)`` are not padding."""
        return ops.not_equal(vectors_and_ids[1], self.padding)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that recreate this layer."""
        return {**super().get_config(), "padding": self.padding}
