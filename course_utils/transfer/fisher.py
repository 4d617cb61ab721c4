"""The diagonal of the Fisher information: how much each weight matters for what a model predicts."""

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from course_utils.data import as_model_inputs
from course_utils.errors import CourseError
from course_utils.transfer.gradients import mean_squared_gradients


def diagonal_fisher(
    model: keras.Model, inputs: NDArray[Any], *, samples: int = 500, seed: int = 0
) -> dict[str, NDArray[np.float32]]:
    """Return the mean squared gradient of log p(y|x) by each trainable weight, with y drawn from the model's output.

    Drawn labels make it the Fisher information, which says how fast the predictions change when a weight does. With
    the true labels (the "empirical Fisher") it would also measure how wrong the model is, and be near 0 for
    every weight if the model fits its training pictures (Kunstner et al. 2019). BatchNorm is in inference mode.

    Args:
        model: a classifier whose last layer gives logits, or probabilities by a softmax. Unfreeze what is to
            be measured.
        inputs: of the task that must not be forgotten, such as pictures ``(n, h, w, 3)``; labels are not needed.
        samples: how many of them to use, 1 or more; all if there are fewer.
        seed: decides which inputs are used, and the drawn labels.

    Returns:
        By variable path, such as ``"block1_conv/kernel"``: float32 arrays of the variables' shapes, 0 or more.

    Raises:
        CourseError: ``samples`` is below 1, there are no inputs, or the model has no trainable weights or only one
            output.
    """
    if samples < 1 or len(inputs) == 0:
        raise CourseError(
            f"samples={samples} must be 1 or more, and inputs, which holds {len(inputs)}, must not be empty."
        )
    if not model.trainable_variables:
        raise CourseError(
            f"model {model.name!r} has no trainable weights to measure; unfreeze it first, as unfreeze_top does."
        )
    last = model.layers[-1]
    is_softmax = isinstance(last, keras.layers.Softmax) or getattr(last, "activation", 0) is keras.activations.softmax
    if model.output_shape[-1] < 2:
        raise CourseError(f"model {model.name!r} has one output; its last layer must have one per class, 2 or more.")
    rng = np.random.default_rng(seed)
    chosen = as_model_inputs(inputs[rng.permutation(len(inputs))[:samples]])

    def log_probabilities(batch: Any) -> Any:
        outputs = model(batch, training=False)
        if is_softmax:
            return ops.log(ops.maximum(outputs, 1e-30))
        return ops.log_softmax(outputs)

    parts = [
        ops.convert_to_numpy(log_probabilities(ops.convert_to_tensor(chosen[i : i + 256])))
        for i in range(0, len(chosen), 256)
    ]
    cumulative = np.exp(np.concatenate(parts)).cumsum(axis=1)
    drawn = (cumulative > rng.uniform(size=(len(chosen), 1)) * cumulative[:, -1:]).argmax(axis=1)
    variables = model.trainable_variables
    means = mean_squared_gradients(lambda x, y: log_probabilities(x[None])[0, y], variables, chosen, drawn)
    return {variable.path: mean for variable, mean in zip(variables, means, strict=True)}
