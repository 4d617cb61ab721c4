"""Cached features and linear probes."""

from functools import cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import ThreadpoolController

from course_utils.backbones import Pooling, declared_spec
from course_utils.data import as_model_inputs
from course_utils.errors import CourseError
from course_utils.transfer.feature_cache import cached_features


def extract_features(
    backbone: keras.Model, inputs: NDArray[Any], *, batch_size: int | None = None, cache: bool = False
) -> NDArray[np.float32]:
    """Run every input through the frozen backbone once, and average each channel over all positions.

    Args:
        backbone: a model that returns one vector per position, such as feature maps ``(n, h, w, channels)``; used in
            inference mode. Its spec declares how the positions are averaged.
        inputs: what the backbone takes, ``(n, ...)``; for pictures ``(n, side, side, 3)`` in [0, 255], uint8 or float.
        batch_size: inputs at a time; any number gives the same features. Default: 256 small pictures, fewer large
            ones.
        cache: keep the features on disk, in the folder that ``COURSE_CACHE`` names or the user's cache, and read them
            the next time. Other inputs, another network or a changed weight give fresh ones.

    Returns:
        float32 ``(n, channels)``: all that a head needs to see of the inputs.

    Raises:
        CourseError: the inputs do not have the shape that the backbone takes.
    """
    expected = tuple(backbone.input_shape)
    if len(expected) != inputs.ndim or any(
        e not in (None, s) for e, s in zip(expected[1:], inputs.shape[1:], strict=True)
    ):
        raise CourseError(
            f"The inputs have shape {inputs.shape}, but {backbone.name!r} takes "
            f"(n, {', '.join(map(str, expected[1:]))}). Load the dataset with image_size set to the backbone's."
        )
    spec = declared_spec(backbone)
    if spec and spec.longest and inputs.shape[1] > spec.longest:
        raise CourseError(
            f"The inputs are {inputs.shape[1]:,} long, but {backbone.name!r} takes at most {spec.longest:,}. Cut them "
            "off, or divide them."
        )
    if cache:
        return cached_features(backbone, inputs, lambda: extract_features(backbone, inputs, batch_size=batch_size))
    size = batch_size or int(np.clip(2**20 // np.prod(inputs.shape[1:3]), 32, 256))
    size = max(1, min(size, len(inputs)))
    pooling = spec.pooling if spec else Pooling()
    # Averaged batch by batch: the outputs for all inputs at once would fill the memory.
    parts = [_pooled(backbone, pooling, inputs[start : start + size], size) for start in range(0, len(inputs), size)]
    channels = backbone.output_shape[-1]
    return np.concatenate(parts) if parts else np.empty((0, channels), np.float32)


def _pooled(backbone: keras.Model, pooling: Pooling, batch: NDArray[Any], size: int) -> NDArray[np.float32]:
    """Return a batch's pooled features; a short batch is filled up, since Keras compiles again for another size."""
    filled = as_model_inputs(batch if len(batch) == size else batch[np.arange(size) % len(batch)])
    outputs = np.asarray(backbone.predict_on_batch(filled))
    return pooling.apply(outputs, filled)[: len(batch)]


#: How many rows the average variance of all channels counts for, besides a channel's own rows.
_PRIOR_ROWS = 50


class _ShrunkScaler(StandardScaler):
    """Standardise, with every channel's variance shrunk towards the average variance of all channels.

    From a handful of rows, a channel's own variance is little more than a guess, and dividing by it amplifies noise. A
    James-Stein estimate (Opgen-Rhein and Strimmer 2007) trusts it in proportion to the number of rows.
    """

    var_: NDArray[np.float64]

    def fit(self, X: NDArray[Any], y: object = None) -> "_ShrunkScaler":
        super().fit(X)
        self.var_ = (len(X) * self.var_ + _PRIOR_ROWS * self.var_.mean()) / (len(X) + _PRIOR_ROWS)
        self.scale_ = np.sqrt(np.where(self.var_ > 0, self.var_, 1))
        return self


def linear_probe(features: NDArray[Any], labels: NDArray[Any], *, c: float = 0.1) -> Pipeline:
    """Fit a linear classifier on features: standardise, then logistic regression.

    A linear probe asks what a representation already makes easy (Alain and Bengio 2017). Both steps are
    fitted on the given rows alone, so give it training rows only. If rows are few, the channels share part of their
    variance (see ``_ShrunkScaler``).

    Args:
        features: float ``(n, channels)``.
        labels: integers ``(n,)``, at least two classes.
        c: inverse strength of the L2 penalty, above 0.

    Returns:
        A fitted scikit-learn pipeline, with ``predict`` and ``score``.

    Raises:
        CourseError: the labels hold fewer than two classes, or rows and labels differ in number.
    """
    if len(features) != len(labels):
        raise CourseError(f"features has {len(features)} rows but labels has {len(labels)}; give one label per row.")
    if len(np.unique(labels)) < 2:
        raise CourseError("labels holds fewer than two classes, so there is nothing to tell apart; add another class.")
    probe = make_pipeline(_ShrunkScaler(), LogisticRegression(C=c, max_iter=1000))
    # Matrices this small gain nothing from threads, and on a busy machine threads that wait for each other cost a
    # hundred times as much.
    with _threads().limit(limits=1, user_api="blas"):
        return probe.fit(features, labels)


@cache
def _threads() -> ThreadpoolController:
    """Find the libraries that use threads, once only: it takes as long as a small probe."""
    return ThreadpoolController()
