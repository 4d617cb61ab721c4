"""Heads: new ones, ones that a linear probe has already fitted (LP-FT), and several side by side."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from course_utils.backbones import Pooling, declared_spec
from course_utils.errors import CourseError


def pooling_layer(backbone: keras.Model) -> layers.Layer:
    """Return the layer that turns a backbone's output into one vector per row: its spec's, or a plain mean."""
    spec = declared_spec(backbone)
    return (spec.pooling if spec else Pooling()).layer(backbone.output_shape)


def with_head(
    backbone: keras.Model, classes: int, *, seed: int = 0, activation: str | None = "softmax"
) -> keras.Sequential:
    """Put a new head on a backbone: its pooling and one dense layer, named ``head``.

    Args:
        backbone: a model that returns one vector per position, such as feature maps ``(n, h, w, channels)``.
        classes: how many outputs, 2 or more.
        seed: decides the head's first weights (Glorot and Bengio 2010).
        activation: ``"softmax"`` for probabilities, ``None`` for logits.

    Raises:
        CourseError: ``classes`` is below 2.
    """
    if classes < 2:
        raise CourseError(f"classes={classes} is out of range: a head needs 2 or more classes.")
    return keras.Sequential(
        [backbone, pooling_layer(backbone), _dense(classes, "head", seed=seed, activation=activation)]
    )


def set_linear_head(model: keras.Model, probe: Pipeline) -> keras.Model:
    """Start a model's head as a fitted linear probe: the first half of LP-FT (Kumar et al. 2022).

    The probe standardises each feature and then weighs it, w (x - mean) / scale + b; a dense layer does the same in
    one step. A probe of two classes has one logit, which the head splits between its two: only their difference
    counts.

    Args:
        model: its last layer is dense with a bias, has one output per class, and takes what the probe was fitted on.
        probe: from ``linear_probe``, fitted on labels 0..classes-1.

    Returns:
        The model; with a softmax, its predictions are the probe's ``predict_proba``.

    Raises:
        CourseError: the last layer is of another kind, or does not fit the probe's shape.
    """
    head, (scaler, classifier) = model.layers[-1], (step for _, step in probe.steps)
    if not isinstance(head, layers.Dense) or not head.use_bias:
        raise CourseError(f"model {model.name!r} ends with {head.name!r}, which is not a dense layer with a bias.")
    features, classes = head.kernel.shape
    if scaler.n_features_in_ != features or not np.array_equal(classifier.classes_, np.arange(classes)):
        raise CourseError(
            f"probe takes {scaler.n_features_in_} features and knows the labels {classifier.classes_.tolist()}, but "
            f"{head.name!r} takes {features} features and its labels are 0..{classes - 1}."
        )
    head.set_weights(as_dense(probe))
    return model


def as_dense(probe: Pipeline) -> list[NDArray[np.float32]]:
    """Convert a linear probe to the float32 kernel ``(features, classes)`` and bias ``(classes,)`` of a dense layer."""
    scaler, classifier = (step for _, step in probe.steps)
    coefficients, intercept = classifier.coef_, classifier.intercept_
    if len(intercept) == 1:  # two classes
        coefficients, intercept = (np.concatenate([-part, part]) / 2 for part in (coefficients, intercept))
    kernel = (coefficients / scaler.scale_).T
    return [kernel.astype(np.float32), (intercept - scaler.mean_ @ kernel).astype(np.float32)]


class TaskHeads:
    """One backbone with a head for each of several tasks, trained and measured as a single model.

    The model returns all heads' logits side by side, and a label is the number of a column: ``labels`` moves a task's
    own labels to its columns. So a batch may mix tasks, as rehearsal does, and an old head can be measured after the
    backbone has learned something new. Loss and accuracy compare a picture's logits within its own task only. Freeze
    a head that is only there to be measured: weight decay shrinks it even if its gradient is always 0.

    Args:
        heads: by task, in the order of the columns: a number of classes for a new head; or a trained dense layer,
            which the new head copies without its activation.

    Raises:
        CourseError: there is no task, or one has fewer than 2 classes.
    """

    def __init__(self, heads: Mapping[str, int | layers.Dense]) -> None:
        self.heads = dict(heads)
        self.sizes = {
            task: head.units if isinstance(head, layers.Dense) else int(head) for task, head in self.heads.items()
        }
        if not self.sizes or min(self.sizes.values()) < 2:
            raise CourseError(f"heads={self.sizes} must name one or more tasks, each with 2 or more classes.")
        self._starts = dict(zip(self.sizes, np.cumsum([0, *self.sizes.values()]).tolist(), strict=False))
        self._task_of_column = np.repeat(np.arange(len(self.sizes)), list(self.sizes.values()))

    def on(self, backbone: keras.Model, *, seed: int = 0) -> keras.Model:
        """Return a model from the backbone's inputs to logits ``(n, columns)``; a task's layer is ``<task>_head``.

        Raises:
            CourseError: a trained head takes a different number of features than the backbone gives.
        """
        inputs = keras.Input(backbone.input_shape[1:], dtype=backbone.input.dtype)
        features = pooling_layer(backbone)(backbone(inputs))
        logits = []
        for number, (task, head) in enumerate(self.heads.items()):
            new = _dense(self.sizes[task], f"{task}_head", seed=seed + number)
            logits.append(new(features))
            if isinstance(head, layers.Dense):
                if [w.shape for w in head.weights] != [w.shape for w in new.weights]:
                    raise CourseError(
                        f"heads[{task!r}] has weights of shapes {[tuple(w.shape) for w in head.weights]}, but "
                        f"{backbone.name!r} needs {[tuple(w.shape) for w in new.weights]}."
                    )
                new.set_weights(head.get_weights())
        return keras.Model(inputs, layers.Concatenate(dtype="float32")(logits) if len(logits) > 1 else logits[0])

    def columns(self, task: str) -> slice:
        """Return the columns of the model's outputs that hold a task's logits.

        Raises:
            CourseError: there is no such task.
        """
        if task not in self._starts:
            raise CourseError(f"There is no task {task!r}. Tasks: {', '.join(self._starts)}.")
        return slice(self._starts[task], self._starts[task] + self.sizes[task])

    def labels(self, task: str, own: NDArray[np.integer]) -> NDArray[np.int64]:
        """Convert a task's own labels, 0..classes-1, to labels of the joint model; int64 ``(n,)``.

        Raises:
            CourseError: there is no such task, or a label is out of its range.
        """
        start: int = self.columns(task).start
        labels = np.asarray(own, np.int64)
        if labels.size and not 0 <= labels.min() <= labels.max() < self.sizes[task]:
            raise CourseError(
                f"labels of {task!r} lie in {labels.min()}..{labels.max()}, but must lie in 0..{self.sizes[task] - 1}."
            )
        return labels + start

    def loss(self, y_true: Any, y_pred: Any) -> Any:
        """Return the cross-entropy per picture, with a softmax over its own task's logits; for ``model.compile``."""
        labels, logits = self._within_task(y_true, y_pred)
        return keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)

    def accuracy(self, y_true: Any, y_pred: Any) -> Any:
        """Return 1 for each picture whose largest logit in its own task is the right one; for ``model.compile``."""
        labels, logits = self._within_task(y_true, y_pred)
        return ops.cast(ops.equal(ops.argmax(logits, axis=-1), labels), "float32")

    def _within_task(self, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
        """Return labels ``(n,)``, and logits with the other tasks' too low to have a share or a gradient."""
        labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        own = ops.expand_dims(ops.take(self._task_of_column, labels), 1) == self._task_of_column
        return labels, ops.where(own, y_pred, -1e9)


def _dense(units: int, name: str, *, seed: int, activation: str | None = None) -> layers.Dense:
    start = keras.initializers.GlorotUniform(seed=seed)
    # A loss needs full precision, whatever the layers below compute in.
    return layers.Dense(units, activation=activation, kernel_initializer=start, dtype="float32", name=name)
