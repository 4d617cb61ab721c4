"""The code that does by hand what the lab does, with the values that its controls have."""

from collections.abc import Collection, Sequence

import keras

from course_utils.backbones import blocks
from course_utils.figures.words import scientific
from course_utils.labs.own_model_lab.own_loss import ClassificationLoss

_WIDTH = 100  # characters of a line


def code_by_hand(
    model: keras.Model,
    network: keras.Model,
    locked: Sequence[bool],
    *,
    rate: float,
    epochs: int,
    batch: int,
    objective: ClassificationLoss,
    was_frozen: bool,
    tuples: bool,
) -> str:
    """Return lines of Python that freeze, compile and fit ``model``, ``train`` and ``validation`` as the lab does.

    Args:
        model: the whole model.
        network: the one in it whose blocks are frozen.
        locked: by block, whether it is frozen.
        rate, epochs, batch, objective: of the run.
        was_frozen: whether the whole model was frozen.
        tuples: whether the data are pairs of inputs and labels; otherwise they are splits.
    """
    inside = network is not model
    owner = "backbone" if inside else "model"
    lines = ["import keras", "", *(["model.trainable = True"] if was_frozen else [])]
    if inside:
        lines += [f"backbone = {_reached(model, network)}", "backbone.trainable = True"]
    grouped = blocks(network)
    by_lock: dict[bool, set[str]] = {True: set(), False: set()}
    for is_locked, members in zip(locked, grouped.values(), strict=True):
        by_lock[is_locked].update(layer.name for layer in members)
    lines += [
        f"names = [layer.name for layer in {owner}.layers]",
        f"frozen = {_slices(network, by_lock[True], by_lock[False])}",
        f"learning = {_slices(network, by_lock[False], by_lock[True])}",
        "for name in frozen + learning:",
    ]
    if any(layer._layers for members in grouped.values() for layer in members):
        lines += [
            f"    for layer in {owner}.get_layer(name)._flatten_layers():  # with the layers inside it",
            "        batchnorm = isinstance(layer, keras.layers.BatchNormalization)",
            "        layer.trainable = name in learning and not batchnorm",
        ]
    else:
        lines += [
            f"    layer = {owner}.get_layer(name)",
            "    batchnorm = isinstance(layer, keras.layers.BatchNormalization)  # stays in inference mode",
            "    layer.trainable = name in learning and not batchnorm",
        ]
    data = ("*train", "validation")
    if not tuples:
        data = ("train.inputs, train.labels", "(validation.inputs, validation.labels)")
    return "\n".join(
        [
            *lines,
            "",
            f"optimizer = keras.optimizers.AdamW({scientific(rate)})",
            f"model.compile(optimizer, {objective.code}, metrics=[{objective.metric}])",
            f"model.fit({data[0]}, validation_data={data[1]}, epochs={epochs}, batch_size={batch})",
        ]
    )


def _reached(model: keras.Model, network: keras.Model) -> str:
    """Return how to reach a network inside a model."""
    return "model" + "".join(f'.get_layer("{name}")' for name in _path(model, network))


def _path(model: keras.Model, network: keras.Model) -> list[str]:
    for layer in model.layers:
        if layer is network:
            return [layer.name]
        if isinstance(layer, keras.Model) and (rest := _path(layer, network)):
            return [layer.name, *rest]
    return []


def _slices(network: keras.Model, wanted: Collection[str], others: Collection[str]) -> str:
    """Return an expression for the wanted layers as parts of the list ``names``.

    Layers without weights that are in neither list may be in a part, since nothing changes for them.
    """
    order = [layer.name for layer in network.layers]
    runs: list[tuple[str, str]] = []
    goes_on = False
    for layer in network.layers:
        if layer.name in wanted:
            runs[-1:] = [(runs[-1][0], layer.name)] if goes_on else [*runs[-1:], (layer.name, layer.name)]
            goes_on = True
        elif layer.name in others or layer.weights:
            goes_on = False
    parts = [_slice(order, *run) for run in runs]
    line = " + ".join(parts) or "[]"
    return line if len(line) < _WIDTH else "(\n    " + "\n    + ".join(parts) + "\n)"


def _slice(order: Sequence[str], first: str, last: str) -> str:
    if first == last:
        return f'["{first}"]'
    begins = "" if first == order[0] else f'names.index("{first}") '
    ends = "" if last == order[-1] else f' names.index("{last}") + 1'
    return f"names[{begins}:{ends}]"
