"""Features on disk: computed the first time, read from then on."""

import hashlib
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import Pooling, declared_spec
from course_utils.data.array_cache import cache_arrays, cache_folder, cached_arrays

#: Raised whenever the same network and inputs give other features than before, so that older ones are not used.
_LAYOUT = 1
#: The features that were not used for longest are deleted beyond this.
_MOST_BYTES = 2**30

_architectures: "weakref.WeakKeyDictionary[keras.Model, bytes]" = weakref.WeakKeyDictionary()


def cached_features(
    backbone: keras.Model, inputs: NDArray[Any], compute: Callable[[], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return what ``compute`` returned when the network, its weights and the inputs were last exactly these.

    A file that is damaged is made again, and a cache that cannot be written is done without.

    Args:
        backbone: what computes the features; any change of a weight gives fresh ones.
        inputs: what they are computed from, ``(n, ...)``.
        compute: returns them, float32 ``(n, channels)``.
    """
    path = cache_folder() / "features" / f"{_key(backbone, inputs)}.npz"
    kept = cached_arrays(path).get("features")
    if kept is not None and kept.shape == (len(inputs), backbone.output_shape[-1]) and kept.dtype == np.float32:
        return kept
    features = compute()
    cache_arrays(path, {"features": features}, _MOST_BYTES)
    return features


def _key(backbone: keras.Model, inputs: NDArray[Any]) -> str:
    """Return a digest of all that decides the features."""
    spec = declared_spec(backbone)
    pooling = spec.pooling if spec else Pooling()
    known = hashlib.sha256(f"{_LAYOUT} {keras.__version__} {keras.backend.backend()} {pooling}".encode())
    known.update(_architecture(backbone))
    with ThreadPoolExecutor(1) as beside:  # hashing lets another thread read the weights
        of_inputs = beside.submit(_digest, inputs)
        for weight in backbone.get_weights():
            known.update(_digest(weight))
        known.update(of_inputs.result())
    return known.hexdigest()


def _digest(array: NDArray[Any]) -> bytes:
    of_array = hashlib.sha256(f"{array.dtype} {array.shape}".encode())
    of_array.update(np.ascontiguousarray(array).view(np.uint8).data)
    return of_array.digest()


def _architecture(backbone: keras.Model) -> bytes:
    """Return a digest of the layers and how they are connected; describing them takes longer than all the rest."""
    if backbone not in _architectures:
        _architectures[backbone] = hashlib.sha256(backbone.to_json().encode()).digest()
    return _architectures[backbone]
