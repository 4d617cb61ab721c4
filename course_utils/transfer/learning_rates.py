"""How fast each weight moves: rates per layer in one optimizer, and rates that rise and fall during training."""

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

import keras
from keras.optimizers.schedules import LearningRateSchedule

from course_utils.backbones import blocks
from course_utils.errors import CourseError
from course_utils.transfer.freezing import backbone_of


def check_rate(rate: object, name: str = "learning_rate") -> float:
    """Return a learning rate as a float.

    Raises:
        CourseError: ``rate`` is not a number, or is 0, negative, infinite or NaN; ``name`` is what it is called.
    """
    if isinstance(rate, bool) or not isinstance(rate, Real) or not 0 < float(rate) < math.inf:
        raise CourseError(f"{name}={rate!r} is not a learning rate: it must be a finite number above 0, such as 1e-4.")
    return float(rate)


@keras.saving.register_keras_serializable("course_utils")
class LayerwiseAdamW(keras.optimizers.Adam):
    """AdamW (Loshchilov and Hutter 2019) whose step and weight decay are scaled layer by layer.

    With every multiplier at 1 it is ``keras.optimizers.AdamW``. A multiplier m makes it AdamW with m times the rate on
    the layers that it names. Scaling gradients instead would change nothing: Adam divides by their size.

    Args:
        learning_rate: above 0, or a Keras schedule.
        multipliers: from the beginning of layers' names to factors of 0 or more. ``"block2"`` means ``block2`` and
            ``block2_...``, not ``block20``; if several match, the longest applies. All other layers have factor 1,
            and factor 0 keeps a layer as it is.
        weight_decay: the share of a weight that a step of rate 1 would remove, 0 or more.

    Raises:
        CourseError: an argument is out of range; or, when training begins, no trainable layer has such a name.
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 1e-4,
        multipliers: Mapping[str, float] | None = None,
        weight_decay: float = 0.01,
        name: str = "layerwise_adamw",
        **kwargs: Any,
    ) -> None:
        rate = learning_rate if isinstance(learning_rate, LearningRateSchedule) else check_rate(learning_rate)
        # Adam's own weight_decay is None: it would decay all layers alike.
        super().__init__(rate, name=name, weight_decay=None, **kwargs)
        self.multipliers = {layer: float(factor) for layer, factor in (multipliers or {}).items()}
        for layer, factor in self.multipliers.items():
            _check_not_negative(factor, f"multipliers[{layer!r}]")
        self.decay = _check_not_negative(weight_decay, "weight_decay")

    def build(self, var_list: list[keras.Variable]) -> None:
        """Find every variable's factor by its path, such as ``block2_conv1/kernel``."""
        fitting = [[key for key in self.multipliers if _names(key, variable)] for variable in var_list]
        unknown = set(self.multipliers).difference(*fitting)
        if unknown:
            trained = dict.fromkeys(variable.path.split("/")[-2] for variable in var_list)
            raise CourseError(
                f"multipliers names {', '.join(sorted(unknown))}, but no trainable layer's name begins like that. "
                f"Trainable layers: {', '.join(trained)}."
            )
        self.factors = [self.multipliers[max(keys, key=len)] if keys else 1.0 for keys in fitting]
        super().build(var_list)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Take one variable's step: decay it, then let Adam move it, both at the layer's own rate."""
        rate = keras.ops.cast(learning_rate, variable.dtype) * self.factors[self._get_variable_index(variable)]
        self.assign_sub(variable, variable * rate * self.decay)
        super().update_step(gradient, variable, rate)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that recreate this optimizer."""
        return {**super().get_config(), "multipliers": dict(self.multipliers), "weight_decay": self.decay}


def discriminative_multipliers(backbone: keras.Model, factor: float = 0.4) -> dict[str, float]:
    """Return a multiplier for every block, ``factor`` times that of the block above (ULMFiT, Howard and Ruder 2018).

    Args:
        backbone: a backbone, or a model that wraps one, unfrozen as it will be trained.
        factor: above 0 and at most 1; Howard and Ruder divide by 2.6, which is about 0.4.

    Returns:
        Multipliers for ``LayerwiseAdamW``: 1 for the topmost block, ``factor`` for the next, and so on downwards.
        Frozen blocks are left out. A block's name covers its layers if their names begin with it; the layers of any
        other block are named one by one.

    Raises:
        CourseError: ``factor`` is out of range.
    """
    if not 0 < factor <= 1:
        raise CourseError(f"factor={factor} is out of range: it must be above 0 and at most 1.")
    grouped = blocks(backbone_of(backbone))
    multipliers = {}
    for above, (block, members) in enumerate(reversed(grouped.items())):
        learning = [layer.name for layer in members if layer.trainable_weights]
        for name in [block] if learning and all(_begins(block, layer) for layer in learning) else learning:
            multipliers[name] = factor**above
    return multipliers


def warmup_cosine(peak: float, steps: int, warmup: float = 0.1) -> LearningRateSchedule:
    """Return a rate that rises linearly to its peak, then falls to 0 along a cosine (Loshchilov and Hutter 2017).

    Args:
        peak: the highest rate, above 0.
        steps: optimizer steps in total, 1 or more: epochs times batches per epoch.
        warmup: the share of the steps in which it rises, 0 to below 1.

    Raises:
        CourseError: an argument is out of range.
    """
    check_rate(peak, "peak")
    if steps < 1:
        raise CourseError(f"steps={steps} is out of range: it must be 1 or more.")
    if not 0 <= warmup < 1:
        raise CourseError(f"warmup={warmup} is out of range: it must be 0 or more and below 1.")
    rising = round(warmup * steps)
    if rising == 0:
        return keras.optimizers.schedules.CosineDecay(peak, steps)
    return keras.optimizers.schedules.CosineDecay(0.0, max(1, steps - rising), warmup_target=peak, warmup_steps=rising)


def _check_not_negative(value: float, name: str) -> float:
    if not 0 <= value < math.inf:
        raise CourseError(f"{name}={value} is out of range: it must be a finite number, 0 or more.")
    return value


def _names(key: str, variable: keras.Variable) -> bool:
    return any(_begins(key, layer) for layer in variable.path.split("/")[:-1])


def _begins(key: str, layer: str) -> bool:
    return layer == key or layer.startswith(f"{key}_")
