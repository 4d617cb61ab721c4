"""Networks of keras.applications rebuilt flat: every layer in sight, by a name that never changes."""

import math
from collections.abc import Callable, Collection, Iterator
from itertools import count
from typing import Any

import keras
from keras import layers


def flat(structure: keras.Model, preparing: Collection[str], ends: list[str], seed: int) -> keras.Model:
    """Rebuild a network of keras.applications from its layers, with new weights.

    Layers nested in a ``Sequential`` come out of it, and the sum that ends a block becomes a layer if it was a plain
    operation. The last layer is renamed, since Keras numbers it on from whatever was built before.

    Args:
        structure: a functional model with one input and one output.
        preparing: the names of the layers that prepare the input; the network's own preparation is left out.
        ends: the names of the layers that end its blocks, in order.
        seed: decides the random weights.

    Returns:
        A functional model of the same name; its weights have the order of the original's, whose own preparation does
        not count.
    """
    seeds, known = count(seed), {layer.name for layer in structure.layers}
    sums = (end for end in ends if end.endswith("_add") and end not in known)

    def rebuilt(part: Any) -> Any:
        """Return what stands for a part of the network: a layer, or a function of tensors."""
        if isinstance(part, keras.Sequential):
            return _in_turn([_seeded(layer, layer.name, seeds) for layer in part.layers])
        if isinstance(part, layers.Rescaling | layers.Normalization) and part.name not in preparing:
            return lambda inputs: inputs  # EfficientNet's own preparation
        if isinstance(part, layers.Layer):
            return _seeded(part, ends[-1] if part is structure.layers[-1] else part.name, seeds)

        def operation(*values: Any, **arguments: Any) -> Any:
            """Apply a plain operation; the sum of two tensors ends a block of ConvNeXt, so it becomes a layer."""
            if sum(isinstance(value, keras.KerasTensor) for value in values) == 2:
                return layers.Add(name=next(sums))(list(values))
            return part(*values, **arguments)

        return operation

    again = keras.models.clone_model(structure, clone_function=rebuilt)
    return keras.Model(again.inputs[0], again.outputs[0], name=structure.name)


def _in_turn(parts: list[layers.Layer]) -> Callable[..., Any]:
    def call(inputs: Any, mask: None = None) -> Any:
        for layer in parts:
            inputs = layer(inputs)
        return inputs

    return call


def _seeded(layer: layers.Layer, name: str, seeds: Iterator[int]) -> layers.Layer:
    """Return a new layer of the same kind, with another name and all its random numbers drawn from ``seeds``.

    Kernels start as He et al. (2015) proposed. With Keras's default, the outputs of a MobileNet whose BatchNorm has not
    seen a picture yet are around 1e-12, and nothing can be learned from there.
    """
    config = {**layer.get_config(), "name": name}
    if "kernel_initializer" in config:
        config["kernel_initializer"] = keras.initializers.HeNormal(next(seeds))
    if "depthwise_initializer" in config:  # a channel's kernel sees that channel only, but Keras counts them all
        deviation = math.sqrt(2 / math.prod(layer.kernel_size))
        config["depthwise_initializer"] = keras.initializers.RandomNormal(stddev=deviation, seed=next(seeds))
    if "seed" in config:
        config["seed"] = next(seeds)
    again: layers.Layer = type(layer).from_config(config)
    return again
