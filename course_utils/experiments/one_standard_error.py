"""The one-standard-error rule (Breiman et al. 1984): no more than the measurements justify."""

from collections.abc import Mapping, Sequence

import numpy as np


def choose_block(validation_accuracy: Mapping[str, Sequence[float]]) -> str:
    """Return the shallowest block whose mean is within one standard error of the best block's mean.

    Args:
        validation_accuracy: by block, the shallowest first, the accuracies (0..1) of at least two seeds.
    """
    means = {block: float(np.mean(accuracies)) for block, accuracies in validation_accuracy.items()}
    best = max(means, key=means.__getitem__)
    accuracies = validation_accuracy[best]
    error = float(np.std(accuracies, ddof=1)) / len(accuracies) ** 0.5
    return next(block for block, mean in means.items() if mean >= means[best] - error)
