"""The blocks of any model: declared, named by a rule, or listed by the learner; and what freezing them leaves."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import keras

from course_utils.backbones import BackboneSpec, blocks, declare, declared_spec
from course_utils.errors import CourseError
from course_utils.transfer.freezing import trainable_summary, unfreeze_blocks

#: More blocks than this are too many to lock one by one.
MOST = 30
# block1_conv, block_1_expand, block2b_add, stage3: a layer belongs to the block that its name begins with.
_NAMED = re.compile(r"(?:block|stage)_?\d+[a-z]?(?=_|$)")


class BlockWeights(NamedTuple):
    """A block: how many of its weights learn if it is not frozen, and how many it has."""

    name: str
    weights: int
    total: int


def find_backbone(model: keras.Model, given: Mapping[str, Sequence[str]] | None = None) -> keras.Model:
    """Return the network in a model, or the model itself, whose blocks are known; they are declared from then on.

    Known are, in this order: the blocks ``given``; those that a spec declares, for the course's networks and many of
    keras.applications; and those that layers are named after, such as ``block1_conv`` or ``stage2_add``. A named block
    reaches to its last layer: what lies between two blocks belongs to the later one, and what lies behind the last is
    the head.

    Args:
        model: a model with a head.
        given: the names of the layers of each block, in order from input to output.

    Raises:
        CourseError: no blocks are known, there are too many, or those ``given`` don't fit the model.
    """
    if given is not None:
        network, spec = _given(model, given)
        return declare(network, spec)
    for network in _networks(model):
        if not declared_spec(network):
            if not (ends := _named(network)):
                continue
            declare(network, BackboneSpec(network.name, "pictures", ends))
        _refuse_too_many(blocks(network))
        return network
    raise CourseError(
        f"The blocks of model {model.name!r} are not known. Name its layers after their blocks ('block1_conv', "
        "'block2_conv', ...), or list the layers of each block: blocks={'low': ['conv1', 'bn1'], 'high': ['conv2']}."
    )


def locks_of(network: keras.Model) -> tuple[bool, ...]:
    """Return by block whether nothing in it can learn."""
    return tuple(not any(layer.trainable_weights for layer in members) for members in blocks(network).values())


def lock(model: keras.Model, network: keras.Model, locked: Sequence[bool]) -> None:
    """Freeze the locked blocks of ``network`` in ``model`` and unfreeze the others; BatchNorm stays frozen in all.

    The head stays as it is, unless the whole model was frozen: then it becomes trainable.
    """
    if not model.trainable:
        model.trainable = True
    names = list(blocks(network))
    unfreeze_blocks(network, [name for name, is_locked in zip(names, locked, strict=True) if not is_locked])


def count_weights(model: keras.Model, network: keras.Model) -> tuple[list[BlockWeights], int]:
    """Return the blocks of ``network`` with their weights, and how many weights of the head learn.

    It unfreezes every block: lock them again afterwards.

    Raises:
        CourseError: the model has no head that can learn.
    """
    grouped = blocks(network)
    lock(model, network, [False] * len(grouped))
    counted = [
        BlockWeights(
            name,
            sum(_size(weight) for layer in members for weight in layer.trainable_weights),
            sum(layer.count_params() for layer in members),
        )
        for name, members in grouped.items()
    ]
    head = trainable_summary(model)[0] - sum(block.weights for block in counted)
    if head == 0:
        raise CourseError(
            f"The head of model {model.name!r} cannot learn: no layer behind its blocks has trainable weights. Put a "
            "layer such as Dense(classes, activation='softmax') there, or unfreeze the one there is."
        )
    return counted, head


def _size(weight: keras.Variable) -> int:
    size = 1
    for length in weight.shape:
        size *= int(length)
    return size


def _networks(model: keras.Model) -> Iterator[keras.Model]:
    """Yield a model and the models inside it, the outer first."""
    yield model
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _networks(layer)


def _named(network: keras.Model) -> dict[str, str]:
    """Return the last layer of each block that layers are named after; empty if blocks don't follow one another."""
    ends: dict[str, str] = {}
    for layer in network.layers:
        if found := _NAMED.match(layer.name):
            if found[0] in ends and found[0] != list(ends)[-1]:
                return {}
            ends[found[0]] = layer.name
    return ends


def _given(model: keras.Model, given: Mapping[str, Sequence[str]]) -> tuple[keras.Model, BackboneSpec]:
    """Return the network that holds the given layers, and a spec of exactly these blocks."""
    if not isinstance(given, Mapping) or not given:
        raise CourseError(f"blocks={given!r} lists no blocks; give {{'low': ['conv1', 'bn1'], 'high': ['conv2']}}.")
    for block, names in given.items():
        if isinstance(names, str) or not names:
            raise CourseError(f"blocks[{block!r}] is {names!r}, not a list of layers' names such as ['conv1', 'bn1'].")
    _refuse_too_many(given)
    wanted = [name for names in given.values() for name in names]
    networks = list(_networks(model))
    holders = [network for network in networks if set(wanted) <= {layer.name for layer in network.layers}]
    if not holders:
        known = {layer.name for network in networks for layer in network.layers}
        unknown = next((name for name in wanted if name not in known), wanted[-1])
        raise CourseError(
            f"blocks names the layer {unknown!r}, which model {model.name!r} does not have beside the others. "
            "Take the names from model.summary(expand_nested=True), all of one network."
        )
    order = [layer.name for layer in holders[0].layers]
    places = [sorted(order.index(name) for name in names) for names in given.values()]
    if (flat := list(chain(*places))) != sorted(set(flat)):
        raise CourseError(
            "blocks is not in the order of the network: give each layer once, and the blocks from input to output."
        )
    ends = {block: order[at[-1]] for block, at in zip(given, places, strict=True)}
    outside = frozenset(order) - set(wanted)
    return holders[0], BackboneSpec(holders[0].name, "pictures", ends, outside=outside)


def _refuse_too_many(found: Collection[str]) -> None:
    if len(found) > MOST:
        raise CourseError(
            f"{len(found)} blocks are too many for this lab, which shows {MOST} at most. Put neighbours together: "
            "blocks={'low': [...], 'high': [...]} with the names of their layers."
        )
