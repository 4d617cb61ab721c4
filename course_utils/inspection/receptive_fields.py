"""Receptive fields: how much of the picture one unit of a feature map can see."""

from dataclasses import dataclass

import keras

from course_utils.backbones import blocks


@dataclass(frozen=True)
class ReceptiveField:
    """The square of pixels that can reach one unit of a feature map.

    ``size`` is its side in pixels, ``stride`` how far it moves from one unit to the next, ``start`` the first pixel
    of unit 0's field (below 0 where it hangs over the edge, into the padding).
    """

    size: int
    stride: int
    start: int

    def window(self, unit: int) -> tuple[int, int]:
        """First pixel and the one behind the last of a unit's field, along one axis; may lie outside."""
        first = self.start + unit * self.stride
        return first, first + self.size


def receptive_fields(backbone: keras.Model) -> dict[str, ReceptiveField]:
    """The receptive field behind every block, from the layers' windows and strides alone.

    Fields grow by (window - 1) x the stride so far (Araujo, Norris and Sim 2019); where branches meet, the union
    counts. Square windows are assumed, as in every network of this course.

    Args:
        backbone: any functional Keras backbone with a fixed picture size.

    Returns:
        One field per block, in order; it can be larger than the picture.
    """
    fields: dict[int, ReceptiveField] = {}  # by the identity of the tensor that a layer returns
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
    """The field behind a layer, given the field before it and the shape of what the layer reads."""
    if isinstance(layer, keras.layers.ZeroPadding2D):
        return ReceptiveField(field.size, field.stride, field.start - layer.padding[0][0] * field.stride)
    if isinstance(layer, keras.layers.GlobalAveragePooling2D | keras.layers.GlobalMaxPooling2D):
        return ReceptiveField(field.size + (shape[1] - 1) * field.stride, 0, field.start)
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is None:
        return field  # works on each position by itself
    reach = (window[0] - 1) * getattr(layer, "dilation_rate", (1, 1))[0] + 1
    step = layer.strides[0]
    padding = 0
    if layer.padding == "same":
        positions = -(-shape[1] // step)
        padding = max((positions - 1) * step + reach - shape[1], 0) // 2
    return ReceptiveField(
        field.size + (reach - 1) * field.stride, field.stride * step, field.start - padding * field.stride
    )
