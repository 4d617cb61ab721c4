"""What a backbone declares about itself, so that nothing has to be guessed from the names of its layers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from course_utils.backbones.padding import PaddingMark, QuietMark
from course_utils.errors import CourseError

Modality = Literal["pictures", "text", "sound"]


class Builder(Protocol):
    """Builds a network: ``weights`` is ``"pretrained"`` or None (random, drawn from ``seed``); ``size`` as in
    ``BackboneSpec.input_sizes``."""

    def __call__(self, weights: str | None, seed: int, size: int) -> keras.Model: ...


@dataclass(frozen=True)
class Pooling:
    """Pools a backbone's output ``(n, positions ..., channels)`` to one vector per row: the mean over the positions.

    Attributes:
        padding: the token id that only fills up rows; positions that hold it don't count. With None, all count.
        hop: the samples of a wave from one position to the next; quiet positions don't count. With None, all count.
    """

    padding: int | None = None
    hop: int | None = None

    def marked(self, output: Any, inputs: Any) -> Any:
        """Return a network's symbolic output with a mask of what counts, for whatever averages it.

        Inner blocks don't know that by themselves; nor does a network that builds without it.
        """
        mark = self._mark()
        return output if mark is None else mark([output, inputs])

    def layer(self, output_shape: tuple[int | None, ...]) -> layers.Layer:
        """Return the Keras layer that pools outputs of this shape; Keras's own mask tells it what is padding.

        Raises:
            CourseError: the outputs have no positions, or more than two axes of them.
        """
        positions = len(output_shape) - 2
        if positions == 1:
            return layers.GlobalAveragePooling1D()
        if positions == 2:
            return layers.GlobalAveragePooling2D()
        raise CourseError(
            f"Outputs of shape {output_shape} can't be averaged over positions; they must be (n, positions, channels) "
            "or (n, h, w, channels)."
        )

    def apply(self, outputs: NDArray[Any], inputs: NDArray[Any]) -> NDArray[np.float32]:
        """Pool arrays to float32 ``(n, channels)``; ``inputs`` are what the outputs were computed from."""
        positions = tuple(range(1, outputs.ndim - 1))
        pooled: NDArray[np.float32]
        mark = self._mark()
        if mark is None:
            pooled = outputs.mean(axis=positions, dtype=np.float32)
        else:
            counts = np.asarray(mark.compute_mask([outputs, inputs])).astype(np.float32)[..., None]
            pooled = (outputs * counts).sum(axis=1) / np.maximum(counts.sum(axis=1), 1)
        return pooled

    def _mark(self) -> layers.Layer | None:
        if self.padding is not None:
            return PaddingMark(self.padding)
        return None if self.hop is None else QuietMark(self.hop)


class Converter(Protocol):
    """Writes, into an empty folder, the files from which the builder later loads a fetched network.

    ``files`` are the pinned files of ``models.lock`` by role, already checked: read them as data only.
    """

    def __call__(self, files: Mapping[str, Path], folder: Path) -> None: ...


@dataclass(frozen=True)
class ModelCard:
    """What a learner wants to know before choosing a network, with its source.

    Attributes:
        parameters: weights without the head of the source task.
        paper: authors, year and title.
        score: published score on the source task, and whose figure it is.
        verified: what the weights' outputs were compared with, and the largest difference; or that there were none.
        speed: inputs per second of processor time, of which size; empty if it was never measured.
    """

    parameters: int
    paper: str
    score: str
    verified: str
    speed: str = ""


@dataclass(frozen=True)
class Hub:
    """An official place from which a library downloads weights; the library keeps them, and checks them itself.

    Attributes:
        name: of the hub, for people.
        megabytes: of the download, 10**6 bytes each.
        is_cached: whether the weights are on this computer already; it downloads nothing.
    """

    name: str
    megabytes: float
    is_cached: Callable[[], bool]


@dataclass(frozen=True)
class BackboneSpec:
    """One architecture with its pretraining.

    Attributes:
        name: for ``load_backbone``.
        modality: what kind of input it takes.
        blocks: the blocks in order from input to output, each with the name of its last layer.
        builder: builds the network, including its preprocessing; None if ``load_backbone`` has no weights for it.
        source_model: loads the network with the head of its source task, for a seed; None if that head doesn't ship.
        input_sizes: sides of pictures in pixels, lengths of texts in tokens, or of waves in samples; the first is the
            default. Empty: any, up to ``longest``.
        longest: the most tokens or samples of an input, where any length works; None for no limit.
        preprocessing: what happens to an input before the first block, in words.
        outside: names of the layers without weights that belong to no block, such as those that only prepare the input.
        pooling: how its output becomes one vector.
        source_task, source_data: what it was pretrained to do, and on what.
        source_inputs: how many different inputs pretraining used; 0 if that was never published.
        licence: of the weights.
        assets: the shipped file of weights for each seed of pretraining; empty if none ships.
        convert: makes what the builder loads out of the files that ``models.lock`` pins; None if it pins none.
        hub: where its weights are downloaded from if ``models.lock`` does not pin them; None if they ship.
        card: what to know before choosing it; None for networks of the course's own.
    """

    name: str
    modality: Modality
    blocks: Mapping[str, str]
    builder: Builder | None = None
    source_model: Callable[[int], keras.Model] | None = None
    input_sizes: tuple[int, ...] = ()
    longest: int | None = None
    preprocessing: str = ""
    outside: frozenset[str] = frozenset()
    pooling: Pooling = Pooling()
    source_task: str = ""
    source_data: str = ""
    source_inputs: int = 0
    licence: str = ""
    assets: Mapping[int, str] = field(default_factory=dict)
    convert: Converter | None = None
    hub: Hub | None = None
    card: ModelCard | None = None

    def grouped(self, model: keras.Model) -> dict[str, list[layers.Layer]]:
        """Return the model's layers by block.

        Raises:
            CourseError: the model lacks a layer that ends a block.
        """
        names = [layer.name for layer in model.layers]
        missing = [end for end in self.blocks.values() if end not in names]
        if missing:
            raise CourseError(
                f"{model.name!r} is declared as {self.name!r}, whose blocks end at layers that it does not have: "
                f"{', '.join(missing)}. Load it with load_backbone, or declare its own blocks."
            )
        by_block: dict[str, list[layers.Layer]] = {}
        rest = [layer for layer in model.layers if not isinstance(layer, layers.InputLayer)]
        rest = [layer for layer in rest if layer.name not in self.outside]
        for block, end in self.blocks.items():
            place = next(i for i, layer in enumerate(rest) if layer.name == end)
            by_block[block], rest = rest[: place + 1], rest[place + 1 :]
        return by_block


_SPECS: dict[str, BackboneSpec] = {}


def register(*specs: BackboneSpec) -> None:
    """Make specs known to ``load_backbone`` and ``spec_of``."""
    _SPECS.update({spec.name: spec for spec in specs})


def registered_specs() -> Mapping[str, BackboneSpec]:
    """Return every registered spec by name, in the order of registration."""
    return _SPECS


def declare(model: keras.Model, spec: BackboneSpec) -> keras.Model:
    """Declare which spec a model follows; returns the model.

    Raises:
        CourseError: it lacks a layer that ends one of the spec's blocks.
    """
    spec.grouped(model)
    model.backbone_spec = spec
    return model


def declared_spec(model: keras.Model) -> BackboneSpec | None:
    """Return the spec that a model follows: the declared one, or a registered one all of whose blocks' ends it has.

    So a network from keras.applications, or a copy, needs no declaration. None for any other model.
    """
    found = getattr(model, "backbone_spec", None)
    if isinstance(found, BackboneSpec):
        return found
    names = {layer.name for layer in model.layers}
    return next((spec for spec in _SPECS.values() if names.issuperset(spec.blocks.values())), None)


def spec_of(model: keras.Model) -> BackboneSpec:
    """Return the spec that a model follows.

    Raises:
        CourseError: it follows none.
    """
    found = declared_spec(model)
    if found is None:
        raise CourseError(
            f"model {model.name!r} does not say what its blocks are. Take a backbone from load_backbone "
            f"({', '.join(_SPECS)}), or declare them: backbones.declare(model, backbones.BackboneSpec(...))."
        )
    return found


def blocks(backbone: keras.Model) -> dict[str, list[layers.Layer]]:
    """Return the layers of a backbone by block, in order: the units that are frozen and unfrozen.

    Layers that only prepare the input, or mark what counts of the output, belong to no block.

    Raises:
        CourseError: the model follows no spec.
    """
    return spec_of(backbone).grouped(backbone)


def block_output(backbone: keras.Model, block: str) -> keras.Model:
    """Return the backbone cut off after a block; it shares its layers and weights with the whole.

    It is declared as a backbone of the blocks that are left, and pooled like the whole.

    Raises:
        CourseError: there is no such block; the message lists the ones there are.
    """
    known, spec = blocks(backbone), spec_of(backbone)
    if block not in known:
        raise CourseError(f"{backbone.name!r} has no block {block!r}. Its blocks: {', '.join(known)}.")
    output = spec.pooling.marked(known[block][-1].output, backbone.input)
    kept = list(known)[: list(known).index(block) + 1]
    cut = keras.Model(backbone.input, output, name=f"{backbone.name}_to_{block}")
    return declare(cut, replace(spec, blocks={name: spec.blocks[name] for name in kept}))
