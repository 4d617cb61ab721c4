"""LoRA (Hu et al. 2021): learn a low-rank update beside each frozen kernel, and fold it in at the end."""

from itertools import count
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from course_utils.backbones import declare, declared_spec
from course_utils.errors import CourseError

#: Trains 3 % of the embedded backbone's weights.
DEFAULT_RANK = 4
_WITH_KERNEL = layers.Dense | layers.Conv1D | layers.Conv2D


@keras.saving.register_keras_serializable("course_utils")
class LoRA(layers.Wrapper):
    """A dense or convolution layer whose frozen kernel K gets a low-rank update: K + (alpha / rank) A B.

    A kernel of shape ``(..., channels, filters)`` is treated as a matrix with one column per filter. A starts random
    (He et al. 2015) and B at 0, so at first nothing changes.

    Args:
        layer: a ``Dense``, ``Conv1D`` or ``Conv2D``; it stays frozen, including its bias.
        rank: columns of A and rows of B, 1 or more.
        alpha: scales the update; ``rank`` by default, which scales by 1.
        seed: decides A.

    Raises:
        CourseError: the layer is of another kind, or ``rank`` is below 1.
    """

    def __init__(
        self, layer: layers.Layer, rank: int, alpha: float | None = None, seed: int = 0, **kwargs: Any
    ) -> None:
        if not isinstance(layer, _WITH_KERNEL):
            raise CourseError(
                f"layer {layer.name!r} is a {type(layer).__name__}; LoRA wraps Dense, Conv1D and Conv2D layers."
            )
        if not isinstance(rank, int) or rank < 1:
            raise CourseError(f"rank={rank} is out of range: it must be a whole number, 1 or more.")
        super().__init__(layer, **{"name": layer.name, **kwargs})
        self.rank, self.alpha, self.seed = rank, rank if alpha is None else alpha, seed
        self.layer.trainable = False
        self.supports_masking = layer.supports_masking  # otherwise padding would count in later layers

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create A and B to fit the layer's kernel."""
        super().build(input_shape)
        *inputs, outputs = self.layer.kernel.shape
        he = keras.initializers.HeUniform(self.seed)
        self.a = self.add_weight(shape=(int(np.prod(inputs)), self.rank), initializer=he, name="lora_a")
        self.b = self.add_weight(shape=(self.rank, outputs), initializer="zeros", name="lora_b")

    @property
    def kernel(self) -> Any:
        """The frozen kernel plus the update."""
        update = ops.reshape(ops.matmul(self.a, self.b), self.layer.kernel.shape)
        return self.layer.kernel + self.alpha / self.rank * update

    def call(self, inputs: Any) -> Any:
        """Do what the layer does, with the updated kernel."""
        if isinstance(self.layer, layers.Dense):
            outputs = ops.matmul(inputs, self.kernel)
        else:
            outputs = self.layer.convolution_op(inputs, self.kernel)
        if self.layer.use_bias:
            outputs = outputs + self.layer.bias
        return self.layer.activation(outputs)

    def merge(self) -> layers.Layer:
        """Return a plain layer of the wrapped kind, with the update folded into its kernel: no cost at inference."""
        plain = _copy(self.layer)
        plain.kernel.assign(self.kernel)
        return plain

    @property
    def trainable(self) -> bool:
        """Whether A and B learn; the wrapped layer never does, whatever is set here or on a model around it."""
        learns: bool = super().trainable
        return learns

    @trainable.setter
    def trainable(self, value: bool) -> None:
        layers.Wrapper.trainable.fset(self, value)
        self.layer.trainable = False

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that recreate this layer."""
        return {**super().get_config(), "rank": self.rank, "alpha": self.alpha, "seed": self.seed}


def add_lora(backbone: keras.Model, rank: int = DEFAULT_RANK, *, seed: int = 0) -> keras.Model:
    """Copy a backbone so that only LoRA updates learn, one for every ``Dense``, ``Conv1D`` and ``Conv2D`` layer.

    Everything else is frozen, including BatchNorm. Layers and blocks keep their names, so ``unfreeze_top`` can choose
    afterwards in which blocks the updates learn. Depthwise convolutions are small already and get no update.

    Args:
        backbone: a functional model; it is not changed.
        rank: of every update, 1 or more; the default trains 3 % of the embedded backbone's weights.
        seed: decides the updates' first weights.

    Returns:
        The copy, with outputs equal to the backbone's. Put a head on it and compile.

    Raises:
        CourseError: ``rank`` is below 1, or the model has no such layers, or holds another model.
    """
    _check_flat(backbone)
    if not any(isinstance(layer, _WITH_KERNEL) for layer in backbone.layers):
        raise CourseError(f"model {backbone.name!r} has no Dense, Conv1D or Conv2D layer that LoRA could update.")
    seeds = count(seed)

    def wrapped(layer: layers.Layer) -> layers.Layer:
        copy = _copy(layer)
        copy.trainable = False
        return (
            LoRA(copy, rank, seed=next(seeds))
            if isinstance(copy, layers.Dense | layers.Conv1D | layers.Conv2D)
            else copy
        )

    return _like(backbone, keras.models.clone_model(backbone, clone_function=wrapped))


def merge_lora(backbone: keras.Model) -> keras.Model:
    """Return a plain network of the original architecture, with every LoRA update folded into its kernel.

    Args:
        backbone: from ``add_lora``; it is not changed.

    Returns:
        The plain network, all frozen, with equal outputs.

    Raises:
        CourseError: the model holds another model; give its backbone.
    """
    _check_flat(backbone)
    return _like(
        backbone,
        keras.models.clone_model(
            backbone, clone_function=lambda layer: layer.merge() if isinstance(layer, LoRA) else _copy(layer)
        ),
    )


def _like(backbone: keras.Model, copy: keras.Model) -> keras.Model:
    """Declare the backbone's blocks on its copy; returns the copy."""
    spec = declared_spec(backbone)
    return declare(copy, spec) if spec else copy


def _check_flat(backbone: keras.Model) -> None:
    inside = [layer.name for layer in backbone.layers if isinstance(layer, keras.Model)]
    if inside:
        raise CourseError(
            f"model {backbone.name!r} holds the model {inside[0]!r}; give that one, as backbone_of finds it."
        )


def _copy(layer: layers.Layer) -> layers.Layer:
    """Return a layer of the same kind, with the same settings and weights."""
    copy = type(layer).from_config(layer.get_config())
    if layer.weights:
        copy.build_from_config(layer.get_build_config())
        copy.set_weights(layer.get_weights())
    return copy
