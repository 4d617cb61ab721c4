"""A block's responses: its feature maps, and the patches of pictures that excite a channel most."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import block_output, blocks, spec_of
from course_utils.data import as_model_inputs
from course_utils.errors import CourseError
from course_utils.inspection.receptive_fields import ReceptiveField, receptive_fields

# Keras keeps every layer's output until a batch is through, so large pictures must come in small batches.
_MOST, _LEAST, _POSITIONS = 128, 8, 128 * 32 * 32


def activations(backbone: keras.Model, images: NDArray[Any], block: str) -> NDArray[np.float32]:
    """Return a block's feature maps, in inference mode.

    Args:
        backbone: any functional Keras backbone.
        images: ``(n, height, width, 3)`` in [0, 255].
        block: one of ``blocks(backbone)``.

    Returns:
        float32 ``(n, h, w, channels)``.

    Raises:
        CourseError: there is no such block (the message lists the blocks), or no picture.
    """
    return np.concatenate(list(_batches(block_output(backbone, block), images)))


def block_features(backbone: keras.Model, inputs: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
    """Return the output of every block, averaged over the positions that count, in one pass through the network.

    Args:
        backbone: a backbone whose blocks are declared.
        inputs: the backbone's inputs, such as pictures ``(n, height, width, 3)`` in [0, 255].

    Returns:
        For each block, in order, float32 ``(n, channels)``.

    Raises:
        CourseError: there are no inputs.
    """
    names, pooling = blocks(backbone), spec_of(backbone).pooling
    ends = [pooling.marked(layers[-1].output, backbone.input) for layers in names.values()]
    pooled = keras.Model(backbone.input, [pooling.layer(end.shape)(end) for end in ends])
    columns = zip(*_batches(pooled, inputs), strict=True)
    return {name: np.concatenate(column) for name, column in zip(names, columns, strict=True)}


def block_peaks(
    backbone: keras.Model, images: NDArray[Any]
) -> dict[str, tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """Return how strongly each channel of each block responds to each picture at best, and where.

    One pass through the network, and no feature map is kept.

    Args:
        backbone: any functional Keras backbone.
        images: ``(n, height, width, 3)`` in [0, 255].

    Returns:
        For each block, in order: the strongest response, float32 ``(n, channels)``, and its position in the feature
        map, counted row by row, ``(n, channels)``.

    Raises:
        CourseError: there is no picture.
    """
    names = blocks(backbone)
    model = keras.Model(backbone.input, [layers[-1].output for layers in names.values()])
    found: dict[str, list[tuple[NDArray[np.float32], NDArray[np.int64]]]] = {name: [] for name in names}
    for maps in _batches(model, images):
        for name, block in zip(names, [maps] if len(names) == 1 else maps, strict=True):
            flat = block.reshape(len(block), -1, block.shape[-1])
            found[name].append((flat.max(axis=1), flat.argmax(axis=1)))
    return {
        name: (np.concatenate([peak for peak, _ in parts]), np.concatenate([place for _, place in parts]))
        for name, parts in found.items()
    }


def strongest_channels(backbone: keras.Model, images: NDArray[Any], block: str, k: int = 8) -> list[int]:
    """Return the k channels that stand out most: rarely active, but then strongly (peak over standard deviation)."""
    return ranked_channels(activations(backbone, images, block))[:k]


def ranked_channels(maps: NDArray[np.float32]) -> list[int]:
    """Return all channels of a block, those that stand out most first; ``maps`` comes from ``activations``."""
    peaks = maps.max(axis=(1, 2))
    contrast = (np.sort(peaks, axis=0)[-9:].mean(axis=0) - peaks.mean(axis=0)) / (peaks.std(axis=0) + 1e-6)
    return [int(channel) for channel in np.argsort(-contrast)]


def favourite_patches(
    backbone: keras.Model, images: NDArray[np.uint8], block: str, channels: Sequence[int], k: int = 8
) -> NDArray[np.uint8]:
    """Return the patches of pictures that excite each channel most (after Zeiler and Fergus 2014).

    A patch is as large as the channel's receptive field, or the whole picture where the field is larger. Each picture
    gives at most one patch, so k patches come from k pictures.

    Args:
        backbone: any functional Keras backbone.
        images: uint8 ``(n, side, side, 3)``, at least k.
        block: one of ``blocks(backbone)``.
        channels: channels of that block, counted from 0.
        k: patches per channel.

    Returns:
        uint8 ``(channels, k, patch, patch, 3)``, the strongest first.

    Raises:
        CourseError: there is no such block or channel, or there are fewer than k pictures.
    """
    if len(images) < k:
        raise CourseError(f"k={k} patches need {k} pictures, but images holds {len(images)}.")
    maps = activations(backbone, images, block)
    check_channels(channels, maps.shape[-1], block)
    return exciting_patches(maps, images, receptive_fields(backbone)[block], channels, k)


def exciting_patches(
    maps: NDArray[np.float32], images: NDArray[np.uint8], field: ReceptiveField, channels: Sequence[int], k: int
) -> NDArray[np.uint8]:
    """Return the patches that ``favourite_patches`` finds, from a block's ``activations`` and receptive field."""
    side = images.shape[1]
    patch = min(field.size, side)
    found = np.empty((len(channels), k, patch, patch, 3), np.uint8)
    for row, channel in enumerate(channels):
        flat = maps[..., channel].reshape(len(images), -1)
        for column, picture in enumerate(np.argsort(-flat.max(axis=1), kind="stable")[:k]):
            y, x = np.unravel_index(flat[picture].argmax(), maps.shape[1:3])
            found[row, column] = patch_at(images[picture], field, int(y), int(x))
    return found


def patch_at(image: NDArray[np.uint8], field: ReceptiveField, y: int, x: int) -> NDArray[np.uint8]:
    """Return what the unit in row ``y`` and column ``x`` sees of a picture ``(side, side, 3)``, at most all of it.

    A field that reaches over the edge is moved inside, so that all patches have the same size.
    """
    side = len(image)
    patch = min(field.size, side)
    top, left = (int(np.clip(field.window(unit)[0], 0, side - patch)) for unit in (y, x))
    return image[top : top + patch, left : left + patch]


def check_channels(channels: Sequence[int], available: int, block: str) -> None:
    """Raise a CourseError unless every channel exists."""
    for channel in channels:
        if not 0 <= channel < available:
            raise CourseError(f"{block} has the channels 0..{available - 1}; there is no channel {channel}.")


def _batches(model: keras.Model, inputs: NDArray[Any]) -> Iterator[Any]:
    """Yield the model's outputs (an array, or a list of arrays) batch by batch."""
    if len(inputs) == 0:
        raise CourseError("There are no inputs; give at least one.")
    size = int(np.clip(_POSITIONS // np.prod(inputs.shape[1:3]), _LEAST, _MOST))
    for i in range(0, len(inputs), size):
        batch = keras.ops.convert_to_tensor(as_model_inputs(inputs[i : i + size]))
        yield keras.tree.map_structure(keras.ops.convert_to_numpy, model(batch, training=False))
