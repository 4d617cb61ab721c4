"""Ways to spread one learning rate over the blocks and over the steps, each from the same start."""

from collections.abc import Callable

import keras

from course_utils.experiments.finetuning import FineTuning, Recipe
from course_utils.transfer.gradual import gradual_unfreezing
from course_utils.transfer.heads import set_linear_head, with_head
from course_utils.transfer.learning_rates import LayerwiseAdamW, discriminative_multipliers, warmup_cosine
from course_utils.transfer.sessions import train

#: Epochs of every run, as in the map of depth and rate; gradual unfreezing has three for each of its five stages.
EPOCHS, STAGE = 16, 3
GRADUAL = "gradual unfreezing"
#: The optimizer of each schedule, from the model, the rate and the number of steps.
OPTIMIZERS: dict[str, Callable[[keras.Model, float, int], keras.optimizers.Optimizer]] = {
    "one rate": lambda model, rate, steps: keras.optimizers.AdamW(rate, weight_decay=0.01),
    "a rate per block": lambda model, rate, steps: LayerwiseAdamW(rate, discriminative_multipliers(model)),
    "warm-up, cosine": lambda model, rate, steps: keras.optimizers.AdamW(warmup_cosine(rate, steps), weight_decay=0.01),
}
SCHEDULES = (*OPTIMIZERS, GRADUAL)
SCHEDULE_RATES = (3e-4, 1e-3)


def run_schedule(ft: FineTuning, schedule: str, learning_rate: float, seed: int) -> dict[str, float]:
    """Fine-tune all blocks from a fitted head with one of the ``SCHEDULES``, and measure.

    Args:
        ft: the backbone and the task; it is left as the run leaves it.
        schedule: how the rate is spread.
        learning_rate: the highest rate that any weight gets.
        seed: draws the labels and their order.

    Returns:
        ``target``, ``source``, ``validation_target`` and ``validation_source``, each 0..1.
    """
    ft.prepare(Recipe(), seed)  # the pretrained weights, all blocks unfrozen
    few = ft.few(seed)
    model = set_linear_head(with_head(ft.network, ft.target.num_classes), ft.probe(seed))
    if schedule == GRADUAL:
        gradual_unfreezing(model, few, learning_rate=learning_rate, epochs_per_stage=STAGE, seed=seed)
    else:
        steps = EPOCHS * -(-len(few) // 32)
        model.compile(OPTIMIZERS[schedule](model, learning_rate, steps), "sparse_categorical_crossentropy")
        train(model, few, epochs=EPOCHS, seed=seed)
    ft.model.get_layer("target_head").set_weights(model.layers[-1].get_weights())
    return ft.measured()
