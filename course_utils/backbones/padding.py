"""Hide what only fills an input up: padding from attention, and padding or silence from what averages over positions.

Keras's own masks don't get far enough for this: attention takes them off its inputs, so they are lost where a shortcut
leads around it.
"""

from typing import Any

import keras
from keras import layers, ops

#: Of the loudest position's power. On spoken digits, five labels each, probes of Whisper's last block were right about
#: so many of the validation speakers' clips: 20, 25, 30 and 35 dB below .94 to .95, 40 dB .93; all positions .90.
_QUIET = 1e-3


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


@keras.saving.register_keras_serializable("course_utils")
class QuietMark(layers.Layer):
    """Pass on the vectors ``(n, positions, channels)`` of waves, and tell later layers at which positions all is quiet.

    Quiet is what has less than a thousandth of the power of the wave's loudest position: 30 dB below it.

    Args:
        hop: samples from one position to the next: twice those from one window to the next.
    """

    def __init__(self, hop: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hop, self.supports_masking = hop, True

    def call(self, vectors_and_waves: list[Any]) -> Any:
        """Return the vectors."""
        return vectors_and_waves[0]

    def compute_mask(self, vectors_and_waves: list[Any], previous: Any = None) -> Any:
        """Return where the waves ``(n, samples)`` are not quiet, bool ``(n, positions)``."""
        # Networks cut a wave into windows, a whole number of them, and keep every second one; the last may be alone.
        window = self.hop // 2
        windows = ops.average_pool(ops.square(vectors_and_waves[1])[..., None], window, window)
        power = ops.average_pool(ops.pad(windows, ((0, 0), (0, 1), (0, 0))), 2, 2)[..., 0]
        return power >= _QUIET * ops.max(power, axis=1, keepdims=True)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that recreate this layer."""
        return {**super().get_config(), "hop": self.hop}
