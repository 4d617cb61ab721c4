"""The projections of Keras's attention layer: reach them by role, and draw random weights for each of them."""

from collections.abc import Iterator

import keras
from keras import layers, ops


def projections(attention: layers.MultiHeadAttention) -> tuple[layers.EinsumDense, ...]:
    """Return the projections of query, key, value and output, in this order."""
    return attention.query_dense, attention.key_dense, attention.value_dense, attention.output_dense


def draw_projections(attention: layers.MultiHeadAttention, width: int, seeds: Iterator[int]) -> None:
    """Draw random weights for each projection: from one seed, Keras would draw the same for query, key and value."""
    for projection in projections(attention):
        drawn = keras.initializers.GlorotUniform(next(seeds))((width, width))
        projection.kernel.assign(ops.reshape(drawn, projection.kernel.shape))
