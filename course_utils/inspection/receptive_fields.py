"""Receptive fields: how much of the picture one unit of a feature map sees."""

from dataclasses import dataclass

import keras

from course_utils.backbones import blocks


@dataclass(frozen=True)
class ReceptiveField:
    """The square of pixels that can reach one unit of a feature map.

    ``size`` is its side in pixels, ``stride`` how far it moves from one unit to the next, ``start`` the first pixel
    of unit 0's field (below 0 where the field reaches over the edge, into the padding).
    """

    size: int
    stride: int
    start: int

    def window(self, unit: int) -> tuple[int, int]:
        """Return the first pixel of a unit's field and the one after the last, along one axis; both may lie outside."""
        first = self.start + unit * self.stride
        return first, first + self.size


def receptive_fields(backbone: keras.Model) -> dict[str, ReceptiveField]:
    """Return the receptive field of every block's output, from the layers' windows and strides alone.

    Each layer adds (window - 1) x the stride so far (Araujo, Norris and Sim 2019). Where branches meet, the result is
    their union. Square windows are assumed, as in every network of this course.

    Args:
        backbone: any functional Keras backbone with a fixed picture size.

    Returns:
        One field per block, in order; a field can be larger than the picture.
    """
    fields: dict[int, ReceptiveField] = {}  # keyed by the id of a layer's output tensor
    for layer in backbone.layers:
        sources = layer.input if isinstance(layer.input, list) else [layer.input]
        if isinstance(layer, keras.layers.InputLayer):
            fields[id(layer.output)] = ReceptiveField(1, 1, 0)
        else:
            before = _union([fields[id(source)] for source in sources])
            fields[id(layer.output)] = _through(layer, before, sources[0].shape)
    return {name: fields[id(layers[-1].output)] for name, layers in blocks(backbone).items()}


def _union(fields: list[ReceptiveField]) -> ReceptiveField:
    start = min(field.start for field in fields)
    end = max(field.start + field.size for field in fields)
    return ReceptiveField(end - start, max(field.stride for field in fields), start)


def _through(layer: keras.layers.Layer, field: ReceptiveField, shape: tuple[int, ...]) -> ReceptiveField:
    """Return the field after a layer, given the field before it and the shape of the layer's input."""
    if isinstance(layer, keras.layers.ZeroPadding2D):
        return ReceptiveField(field.size, field.stride, field.start - layer.padding[0][0] * field.stride)
    if isinstance(layer, keras.layers.GlobalAveragePooling2D | keras.layers.GlobalMaxPooling2D):
        return ReceptiveField(field.size + (shape[1] - 1) * field.stride, 0, field.start)
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is None:
        return field  # works on each position alone
    reach = (window[0] - 1) * getattr(layer, "dilation_rate", (1, 1))[0] + 1
    step = layer.strides[0]
    padding = 0
    if layer.padding == "same":
        positions = -(-shape[1] // step)
        padding = max((positions - 1) * step + reach - shape[1], 0) // 2
    return ReceptiveField(
        field.size + (reach - 1) * field.stride, field.stride * step, field.start - padding * field.stride
    )
