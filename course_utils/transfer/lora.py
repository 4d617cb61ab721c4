"""LoRA (Hu et al. 2021): learn a low-rank update beside each frozen kernel, and fold it in at the end."""

from itertools import count
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from course_utils.backbones import declare, declared_spec
from course_utils.errors import CourseError
from course_utils.transfer.freezing import freeze, freeze_all_but_updates

#: Trains 3 % of the embedded backbone's weights.
DEFAULT_RANK = 4
_WITH_KERNEL = layers.Dense | layers.EinsumDense | layers.Conv1D | layers.Conv2D


@keras.saving.register_keras_serializable("course_utils")
class LoRA(layers.Wrapper):
    """A dense or convolution layer whose frozen kernel K gets a low-rank update: K + (alpha / rank) A B.

    A kernel of shape ``(..., channels, filters)`` is treated as a matrix with one column per filter. A starts random
    (He et al. 2015) and B at 0, so at first nothing changes.

    Args:
        layer: a ``Dense``, ``EinsumDense``, ``Conv1D`` or ``Conv2D``; it stays frozen, including its bias.
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
                f"layer {layer.name!r} is a {type(layer).__name__}; LoRA wraps Dense, EinsumDense, Conv1D and Conv2D "
                "layers."
            )
        _check_rank(rank)
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
        elif isinstance(self.layer, layers.EinsumDense):
            outputs = ops.einsum(self.layer.equation, inputs, self.kernel)
        else:
            outputs = self.layer.convolution_op(inputs, self.kernel)
        if self.layer.bias is not None:
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
    """Copy a backbone so that only LoRA updates learn, one for every dense or convolution layer.

    These are ``Dense``, ``EinsumDense``, ``Conv1D`` and ``Conv2D``. Everything else is frozen, including BatchNorm.
    Layers and blocks keep their names, so ``unfreeze_top`` can choose afterwards in which blocks the updates learn
    (``trainable = True`` on a layer also unfreezes what Keras keeps beside its update). Depthwise convolutions are
    small already and get no update.

    The layers inside another layer, such as the projections of ``MultiHeadAttention``, get the update that Keras builds
    in (``enable_lora``). Keras saves it folded into its kernel: a model that was saved and loaded answers the same, but
    such an update has ended.

    Args:
        backbone: a functional model; it is not changed.
        rank: of every update, 1 or more; the default trains 3 % of the embedded backbone's weights.
        seed: decides the updates' first weights.

    Returns:
        The copy, with outputs equal to the backbone's. Put a head on it and compile.

    Raises:
        CourseError: ``rank`` is below 1, or the model has no such layers, or holds another model.
    """
    _check_rank(rank)
    _check_flat(backbone)
    if not any(isinstance(layer, _WITH_KERNEL) for layer in backbone._flatten_layers()):
        raise CourseError(
            f"model {backbone.name!r} has no Dense, EinsumDense, Conv1D or Conv2D layer that LoRA could update."
        )
    seeds = count(seed)

    def with_updates(layer: layers.Layer) -> layers.Layer:
        if not isinstance(layer, layers.Layer):  # a plain operation, such as the comparison that makes a mask
            return layer
        copy = freeze(_copy(layer))
        if isinstance(copy, _WITH_KERNEL):
            return LoRA(copy, rank, seed=next(seeds))
        inside = [inner for inner in copy._flatten_layers() if isinstance(inner, _WITH_KERNEL)]
        for inner in inside:
            inner.enable_lora(rank, a_initializer=keras.initializers.HeUniform(next(seeds)))
        copy.trainable = bool(inside)
        return copy

    copy = _like(backbone, keras.models.clone_model(backbone, clone_function=with_updates))
    freeze_all_but_updates(copy)
    return copy


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

    def folded(layer: layers.Layer) -> layers.Layer:
        if not isinstance(layer, layers.Layer):
            return layer
        return layer.merge() if isinstance(layer, LoRA) else _copy(layer)

    return freeze(_like(backbone, keras.models.clone_model(backbone, clone_function=folded)))


def _like(backbone: keras.Model, copy: keras.Model) -> keras.Model:
    """Declare the backbone's blocks on its copy; returns the copy."""
    spec = declared_spec(backbone)
    return declare(copy, spec) if spec else copy


def _check_rank(rank: int) -> None:
    if not isinstance(rank, int) or rank < 1:
        raise CourseError(f"rank={rank} is out of range: it must be a whole number, 1 or more.")


def _check_flat(backbone: keras.Model) -> None:
    inside = [layer.name for layer in backbone.layers if isinstance(layer, keras.Model)]
    if inside:
        raise CourseError(
            f"model {backbone.name!r} holds the model {inside[0]!r}; give that one, as backbone_of finds it."
        )


def _copy(layer: layers.Layer) -> layers.Layer:
    """Return a layer of the same kind, with the same settings and weights; updates inside it are folded in."""
    copy = type(layer).from_config(_without_updates(layer.get_config()))
    if layer.weights:
        if not copy.built:
            copy.build_from_config(layer.get_build_config())
        for new, old in zip(copy._flatten_layers(), layer._flatten_layers(), strict=True):
            state: dict[str, Any] = {}
            old.save_own_variables(state)  # a kernel is saved together with its update
            # As arrays of their own: on JAX, two variables would share one, and using the first would delete it.
            new.load_own_variables({name: ops.convert_to_numpy(value) for name, value in state.items()})
    return copy


def _without_updates(config: Any) -> Any:
    """Return a layer's settings, and those of the layers inside it, without the request for Keras's own LoRA."""
    if isinstance(config, dict):
        return {key: _without_updates(value) for key, value in config.items() if key not in ("lora_rank", "lora_alpha")}
    return config
