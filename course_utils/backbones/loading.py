"""``load_backbone`` and ``load_source_model``: every pretrained network that the course reuses, by name."""

import keras

from course_utils.backbones.applications import APPLICATIONS
from course_utils.backbones.efficientnet_lite import EFFICIENTNET_LITE0
from course_utils.backbones.embedded import EMBEDDED
from course_utils.backbones.hub import HUB
from course_utils.backbones.minilm import MINILM
from course_utils.backbones.smollm2 import SMOLLM2
from course_utils.backbones.spec import BackboneSpec, declare, register, registered_specs
from course_utils.backbones.whisper import WHISPER
from course_utils.errors import CourseError
from course_utils.quiet import start_keras

register(*EMBEDDED.values(), EFFICIENTNET_LITE0, *APPLICATIONS, *HUB, MINILM, SMOLLM2, WHISPER)


_SMALLEST = 32  # pixels; every network halves the side five times


def backbone_names() -> tuple[str, ...]:
    """Return every name that ``load_backbone`` knows."""
    return tuple(name for name, spec in registered_specs().items() if spec.builder)


def loadable_spec(name: str) -> BackboneSpec:
    """Return the spec of a network that ``load_backbone`` loads.

    Raises:
        CourseError: it knows no such name.
    """
    spec = registered_specs().get(name)
    if spec is None or spec.builder is None:
        raise CourseError(f"There is no backbone {name!r}. Known backbones: {', '.join(backbone_names())}.")
    return spec


def load_backbone(
    name: str = "embedded",
    *,
    seed: int = 0,
    weights: str | None = "pretrained",
    image_size: int | None = None,
) -> keras.Model:
    """Load a network without its classifier.

    Args:
        name: of a network that ``course models list`` shows. ``embedded`` (pretrained on everything the course draws),
            ``embedded-textures`` and ``embedded-glyphs`` (on one kind of picture alone) ship with the course, and
            ``efficientnet_lite0`` (Tan and Le 2019; ImageNet's photographs) is installed with it. Fetched once
            (``course models fetch``): for text ``minilm`` and the language model ``smollm2_135m``, for sound
            ``whisper_tiny_en``. Networks of keras.applications and KerasHub are downloaded when they are first loaded.
        seed: which of the pretraining runs (``embedded`` ships 0, 1 and 2); with ``weights=None``, the seed of the
            random weights.
        weights: ``"pretrained"``, or ``None`` for the same network with random weights: the control.
        image_size: side of the pictures in pixels; 32 for the embedded backbones, at least 32 (usually 96
            to 224) for real ones. The default is the size the network was pretrained at. Text and sound may have any
            length.

    Returns:
        A functional model of one input and one output, with its preprocessing as its first layers:

        - pictures in [0, 255], float32 or uint8, ``(n, side, side, 3)``, to a feature map ``(n, h, w, channels)``;
        - token ids, int32 ``(n, length)`` (see ``load_tokenizer``), to ``(n, length, channels)``;
        - waves in [-1, 1] at 16 kHz, float32 ``(n, samples)``, to ``(n, positions, channels)``.

    Raises:
        CourseError: an unknown name, seed, weights or size; weights that were not fetched; a missing or damaged file;
            no network for a download.
    """
    spec = loadable_spec(name)
    if weights not in ("pretrained", None):
        raise CourseError(f"weights={weights!r} is neither 'pretrained' nor None (random weights).")
    start_keras()
    assert spec.builder is not None
    return declare(spec.builder(weights, seed, _size(spec, image_size)), spec)


def load_source_model(name: str = "embedded", *, seed: int = 0) -> keras.Model:
    """Load a backbone with the head it was pretrained with, so that it still does its source task.

    Args:
        name: ``embedded``, ``embedded-textures``, ``embedded-glyphs``, ``efficientnet_lite0`` or ``smollm2_135m``.
        seed: which of the pretraining runs.

    Returns:
        A model from pictures ``(n, side, side, 3)`` in [0, 255], of the backbone's default size, to logits ``(n,
        classes of its source task)``; its layers are the backbone, global average pooling and ``source_head``. That of
        a language model takes token ids ``(n, length)``, has no pooling, and returns logits ``(n, length, tokens)``.

    Raises:
        CourseError: an unknown name or seed; a missing or damaged file of weights.
    """
    known = {spec.name: spec.source_model for spec in registered_specs().values() if spec.source_model}
    if name not in known:
        raise CourseError(f"{name!r} ships without a source head. Names that have one: {', '.join(known)}.")
    start_keras()
    return known[name](seed)


def _size(spec: BackboneSpec, asked: int | None) -> int:
    """Return the side of the pictures; a network that was pretrained at a single size takes no other."""
    if not spec.input_sizes:
        if asked is not None:
            raise CourseError(f"The backbone {spec.name!r} takes inputs of any length. Leave image_size out.")
        return 0
    default, *others = spec.input_sizes
    if asked is not None and asked < _SMALLEST:
        raise CourseError(f"image_size={asked} is too small: use {_SMALLEST} or more.")
    if asked is not None and asked != default and not others:
        raise CourseError(
            f"The backbone {spec.name!r} takes pictures of {default} pixels; image_size={asked} does not fit. "
            "Leave image_size out, or choose efficientnet_lite0."
        )
    return asked or default
