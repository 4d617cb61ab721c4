"""Freezing and unfreezing: which weights a training step may change."""

from collections.abc import Collection, Iterator

import keras
import numpy as np

from course_utils.backbones import blocks, declared_spec
from course_utils.errors import CourseError


def freeze(model: keras.Model) -> keras.Model:
    """Freeze every weight of a model, and put its BatchNorm layers into inference mode; returns the model.

    This sets ``trainable = False`` on the model and on every layer inside: on TensorFlow, Keras 3 skips an assignment
    that changes nothing, so a layer unfrozen inside a frozen model would stay so. Compile again afterwards: Keras
    keeps the training step that it built, with what was trainable then.
    """
    for layer in _everything_inside(model):
        layer.trainable = False
    return model


def backbone_of(model: keras.Model) -> keras.Model:
    """Return the network whose blocks are frozen and unfrozen: the model, or the one functional model inside it.

    Args:
        model: a model whose blocks are declared (see ``backbones.spec_of``), or one that wraps it, as in the usual
            recipe ``Sequential([MobileNetV2(include_top=False), GlobalAveragePooling2D(), Dense(5)])``.

    Raises:
        CourseError: the model's blocks are not declared, and it does not hold exactly one functional model.
    """
    if declared_spec(model):
        return model
    inside = [
        layer for layer in model.layers if isinstance(layer, keras.Model) and not isinstance(layer, keras.Sequential)
    ]
    if len(inside) != 1:
        found = f"{len(inside)} functional models ({', '.join(m.name for m in inside)})" if inside else "no backbone"
        raise CourseError(
            f"model {model.name!r} is not declared as a backbone, and holds {found}; "
            "give a backbone, or a model that holds exactly one."
        )
    return inside[0]


def unfreeze_top(model: keras.Model, k: int) -> list[str]:
    """Make the last ``k`` blocks trainable and freeze the others; BatchNorm layers stay frozen throughout.

    A frozen BatchNorm layer uses its stored statistics. Calling a backbone with ``training=False`` does not
    ensure that once its layers are trainable (Keras 3), but ``trainable = False`` on the layer does. In a backbone
    from ``add_lora``, the blocks' low-rank updates become trainable and nothing else.

    Args:
        model: a backbone, or a model that wraps one; layers around the backbone, such as a head, stay as they are,
            unless the whole model was frozen: then they become trainable.
        k: how many blocks of the backbone, counted from the output; 0 freezes all.

    Returns:
        The names of the backbone's layers that now have trainable weights; a layer made of other layers, such as
        attention, counts as one. Compile again before training.

    Raises:
        CourseError: ``k`` is negative or more than the backbone has blocks, or there is no backbone.
    """
    names = list(blocks(backbone_of(model)))
    if k not in range(len(names) + 1):
        raise CourseError(
            f"k={k} is out of range: {backbone_of(model).name!r} has {len(names)} blocks, so k lies in 0..{len(names)}."
        )
    return unfreeze_blocks(model, names[len(names) - k :])


def unfreeze_blocks(model: keras.Model, names: Collection[str]) -> list[str]:
    """Make the named blocks trainable and freeze the others, as in surgical fine-tuning (Lee et al. 2022).

    Otherwise like ``unfreeze_top``, which returns the same.

    Raises:
        CourseError: the backbone has no block of this name, or there is no backbone.
    """
    backbone = backbone_of(model)
    grouped = blocks(backbone)
    if unknown := [name for name in names if name not in grouped]:
        raise CourseError(f"{backbone.name!r} has no block {unknown[0]!r}; its blocks are {', '.join(grouped)}.")
    if not model.trainable:  # nothing inside a frozen model trains, whatever its layers say
        model.trainable = True
    backbone.trainable = True
    for block, members in grouped.items():
        for layer in (inner for member in members for inner in _everything_inside(member)):
            layer.trainable = block in names and not isinstance(layer, keras.layers.BatchNormalization)
    if any(is_low_rank_update(weight) for weight in backbone.weights):
        freeze_all_but_updates(backbone)
    flat = (layer for members in grouped.values() for member in members for layer in _without_models(member))
    return [layer.name for layer in flat if layer.trainable_weights]


def is_low_rank_update(weight: keras.Variable) -> bool:
    """Return whether a weight is one of the two factors of a LoRA update, the course's or Keras's own."""
    name: str = weight.name
    return name.startswith("lora_")


def freeze_all_but_updates(model: keras.Model) -> None:
    """Freeze every weight that is not part of a LoRA update; updates stay as they are.

    Keras unfreezes a layer's kernel and bias along with the update beside them.
    """
    for weight in model.weights:
        if not is_low_rank_update(weight):
            weight.trainable = False


def _everything_inside(layer: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """Yield a layer and all layers inside it; the outer first, since it also sets the inner ones.

    Keras has no public way to see the layers inside a layer that is not a model, such as ``MultiHeadAttention``.
    """
    yield layer
    for inner in layer._layers:
        yield from _everything_inside(inner)


def _without_models(layer: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """Yield a layer or, if it is a model, the layers that it is made of."""
    if not isinstance(layer, keras.Model):
        yield layer
        return
    for inner in layer.layers:
        yield from _without_models(inner)


def layers_as_blocks(model: keras.Model, n: int) -> dict[str, tuple[int, int]]:
    """Say what "freeze the first ``n`` layers" means in blocks.

    A count of layers includes those without weights, and means a different depth in every architecture. A block whose
    first number is neither 0 nor equal to the second is cut in the middle.

    Args:
        model: a backbone, or a model that wraps one.
        n: how many of ``backbone.layers`` are frozen, counted from the input.

    Returns:
        By block: how many of its layers are among the first ``n``, and how many it has.

    Raises:
        CourseError: ``n`` is negative or more than the backbone has layers.
    """
    backbone = backbone_of(model)
    if n not in range(len(backbone.layers) + 1):
        raise CourseError(
            f"n={n} is out of range: {backbone.name!r} has {len(backbone.layers)} layers, "
            f"so n lies in 0..{len(backbone.layers)}."
        )
    first = {layer.name for layer in backbone.layers[:n]}
    return {
        block: (sum(layer.name in first for layer in members), len(members))
        for block, members in blocks(backbone).items()
    }


def trainable_summary(model: keras.Model) -> tuple[int, int]:
    """Return the number of trainable and of frozen weights: ``(trainable, frozen)``.

    BatchNorm's moving mean and variance always count as frozen: no gradient ever reaches them.
    """
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return trainable, sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)
