"""A network's weights as one flat vector, in which a challenge hands them out and a verdict receives them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read(variables: Iterable[Any]) -> NDArray[np.float32]:
    """Return the current values of Keras variables as a flat vector."""
    return np.concatenate([np.asarray(variable, np.float32).ravel() for variable in variables])


def split(variables: Iterable[Any], flat: NDArray[Any]) -> list[NDArray[np.float32]]:
    """Cut a flat vector into arrays of the variables' shapes. Numbers too large for float32 become infinite."""
    arrays, start = [], 0
    with np.errstate(over="ignore"):
        numbers = np.asarray(flat, np.float32)
    for shape in (tuple(variable.shape) for variable in variables):
        size = int(np.prod(shape))
        arrays.append(numbers[start : start + size].reshape(shape))
        start += size
    return arrays


def assign(variables: list[Any], flat: NDArray[Any]) -> None:
    """Put the numbers of a flat vector into Keras variables."""
    for variable, array in zip(variables, split(variables, flat), strict=True):
        variable.assign(array)
