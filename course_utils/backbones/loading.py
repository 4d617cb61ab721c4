"""Backbones: the pretrained networks that the course reuses, all behind ``load_backbone``."""

import re

import keras
import numpy as np

from course_utils.assets import manifest, verified
from course_utils.backbones.embedded import SIZE, build_embedded
from course_utils.backbones.pretraining_recipes import RECIPES
from course_utils.errors import CourseError
from course_utils.quiet import start_keras

REAL_BACKBONES = ("mobilenet_v2",)
_BLOCK = re.compile(r"^(block_?\d+[a-z]?|conv\d+_block\d+)(?=_|$)")


def backbone_names() -> tuple[str, ...]:
    """Every name that ``load_backbone`` knows."""
    return (*RECIPES, *REAL_BACKBONES)


def load_backbone(
    name: str = "embedded",
    *,
    seed: int = 0,
    weights: str | None = "pretrained",
    image_size: int | None = None,
) -> keras.Model:
    """Load a network without its classifier.

    Args:
        name: ``embedded`` (pretrained on everything the course draws), ``embedded-textures`` or
            ``embedded-glyphs`` (on one kind of picture alone), or ``mobilenet_v2`` (pretrained on ImageNet's
            photographs, Sandler et al. 2018; downloaded once, or read from Keras's cache).
        seed: which of the pretraining runs (``embedded`` ships 0, 1 and 2); with ``weights=None``, the seed of the
            random weights.
        weights: ``"pretrained"``, or ``None`` for the same network with random weights: the control.
        image_size: side of the pictures in pixels; 32 for the embedded backbones, at least 32 (usually 96
            to 224) for real ones. The default is the size the network was pretrained at.

    Returns:
        A functional model from pictures in [0, 255], float32 or uint8, ``(n, side, side, 3)``, to a feature map
        ``(n, h, w, channels)``, float32. Its preprocessing is its first layer.

    Raises:
        CourseError: an unknown name, seed, weights or size; a missing or damaged file; no network for a download.
    """
    if name not in backbone_names():
        raise CourseError(f"There is no backbone {name!r}. Known backbones: {', '.join(backbone_names())}.")
    if weights not in ("pretrained", None):
        raise CourseError(f"weights={weights!r} is neither 'pretrained' nor None (random weights).")
    start_keras()
    if name in REAL_BACKBONES:
        return _mobilenet_v2(image_size or 224, weights, seed)
    if image_size not in (None, SIZE):
        raise CourseError(
            f"The backbone {name!r} takes pictures of {SIZE} pixels; image_size={image_size} does not fit. "
            "Leave image_size out, or choose mobilenet_v2."
        )
    if weights is None:
        return build_embedded(seed, name)
    return load_source_model(name, seed=seed).get_layer(name.replace("-", "_"))


def load_source_model(name: str = "embedded", *, seed: int = 0) -> keras.Model:
    """An embedded backbone with the head it was pretrained with: it still does its source task.

    Returns:
        Pictures ``(n, 32, 32, 3)`` in [0, 255] to logits ``(n, classes of its source task)``; the layers are the
        backbone, global average pooling and ``source_head``.
    """
    if name not in RECIPES:
        raise CourseError(f"{name!r} ships without a source head. Names that have one: {', '.join(RECIPES)}.")
    seeds = [s for s in range(10) if f"{name}-{s}.weights.h5" in manifest()]
    if seed not in seeds:
        raise CourseError(
            f"The backbone {name!r} ships with seed {', '.join(map(str, seeds))}; seed={seed} does not exist."
        )
    path = verified(f"{name}-{seed}.weights.h5")
    model = with_source_head(build_embedded(seed, name), len(RECIPES[name].classes))
    model.load_weights(path)
    return model


def with_source_head(backbone: keras.Model, classes: int) -> keras.Model:
    """The network that is pretrained: backbone, global average pooling and one dense layer of logits."""
    return keras.Sequential(
        [
            keras.layers.Input(backbone.input_shape[1:]),
            backbone,
            keras.layers.GlobalAveragePooling2D(name="pool"),
            keras.layers.Dense(classes, name="source_head"),
        ]
    )


def _mobilenet_v2(size: int, weights: str | None, seed: int) -> keras.Model:
    if weights is None:
        keras.utils.set_random_seed(seed)
    elif size != 224:
        # The same convolution weights serve every size; asking for 224 means one file to download, not five.
        model = _mobilenet_v2(size, None, 0)
        model.set_weights(_mobilenet_v2(224, weights, 0).get_weights())
        return model
    pictures = keras.Input((size, size, 3), name="pictures")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(pictures)
    try:
        return keras.applications.MobileNetV2(
            input_shape=(size, size, 3),
            input_tensor=scaled,
            include_top=False,
            weights="imagenet" if weights else None,
            name="mobilenet_v2",
        )
    except Exception as problem:  # Keras raises plain Exception when a download fails
        if "URL" not in str(problem) and not isinstance(problem, OSError):
            raise
        raise CourseError(
            "The ImageNet weights of mobilenet_v2 are not on this computer and could not be downloaded. Connect "
            "to the network once, or put the file into ~/.keras/models; BACKBONE = 'embedded' needs no network."
        ) from problem


def blocks(backbone: keras.Model) -> dict[str, list[keras.layers.Layer]]:
    """The layers of a backbone by block, in order: the units in which one freezes and thaws.

    A block is what the layers' names say (``block2_conv1`` belongs to ``block2``, ``conv3_block1_out`` to
    ``conv3_block1``). Layers with weights before the first block are the ``stem``; those behind the last, the
    ``top``. Layers that only prepare the input belong to no block.
    """
    grouped: dict[str, list[keras.layers.Layer]] = {}
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.InputLayer | keras.layers.Rescaling | keras.layers.Normalization):
            continue
        match = _BLOCK.match(layer.name)
        started = [name for name in grouped if name != "stem"]
        grouped.setdefault(match.group(1) if match else ("top" if started else "stem"), []).append(layer)
    return grouped


def block_output(backbone: keras.Model, block: str) -> keras.Model:
    """The backbone cut off behind a block: it shares its layers and weights with the whole.

    Raises:
        CourseError: the backbone has no such block; the message lists the ones it has.
    """
    known = blocks(backbone)
    if block not in known:
        raise CourseError(f"{backbone.name!r} has no block {block!r}. Its blocks: {', '.join(known)}.")
    return keras.Model(backbone.input, known[block][-1].output, name=f"{backbone.name}_to_{block}")


def count_weights(backbone: keras.Model) -> int:
    """The number of weights of a model, moving statistics included."""
    return int(sum(np.prod(w.shape) for w in backbone.weights))
