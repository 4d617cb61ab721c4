"""Gradual unfreezing: one more block at each stage, so that the head never jolts the pretrained layers below."""

import keras

from course_utils.backbones import blocks
from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.transfer.freezing import backbone_of, unfreeze_top
from course_utils.transfer.learning_rates import check_rate
from course_utils.transfer.sessions import Augment, Run, train


def gradual_unfreezing(
    model: keras.Model,
    split: Split,
    validation: Split | None = None,
    *,
    learning_rate: float,
    epochs_per_stage: int = 1,
    loss: str | keras.losses.Loss = "sparse_categorical_crossentropy",
    batch_size: int = 32,
    augment: Augment | None = None,
    seed: int = 0,
) -> Run:
    """Train the head alone, then with the topmost block, and so on down to all blocks (Howard and Ruder 2018).

    Every stage compiles the model again, with AdamW, since unfrozen layers train only after compiling; the optimizer
    starts each stage without memory. BatchNorm layers stay frozen throughout.

    Args:
        model: a model that wraps a backbone, with a head.
        split, validation, batch_size, augment: as in ``Session``.
        learning_rate: of every stage, above 0.
        epochs_per_stage: 1 or more; there is one more stage than the backbone has blocks.
        loss: what the model's outputs need; the default is for probabilities.
        seed: of the first stage; each later one adds 1, so that no two see the same order.

    Returns:
        One ``Run`` over all stages: a number per epoch and metric. A stage that fails is the last.

    Raises:
        CourseError: an argument is out of range, or the model is a backbone without a head.
    """
    check_rate(learning_rate)
    backbone = backbone_of(model)
    if backbone is model:
        raise CourseError(f"model {model.name!r} is a backbone without a head; put one on it, as with_head does.")
    history: dict[str, list[float]] = {}
    seconds = 0.0
    for k in range(len(blocks(backbone)) + 1):
        unfreeze_top(model, k)
        model.compile(keras.optimizers.AdamW(learning_rate, weight_decay=0.01), loss, metrics=["accuracy"])
        run = train(
            model,
            split,
            validation,
            epochs=epochs_per_stage,
            batch_size=batch_size,
            augment=augment,
            seed=seed + k,
        )
        seconds += run.seconds
        for name, values in run.history.items():
            history.setdefault(name, []).extend(values)
        if run.outcome != "done":
            break
    return Run(history, seconds, run.outcome, run.message)
