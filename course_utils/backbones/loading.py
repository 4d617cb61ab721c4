"""``load_backbone``: every pretrained network that the course reuses, by name."""

import keras

from course_utils.backbones.applications import MOBILENET_V2, RESNET50, VGG16
from course_utils.backbones.embedded import EMBEDDED
from course_utils.backbones.spec import BackboneSpec, declare, register, registered_specs
from course_utils.errors import CourseError
from course_utils.quiet import start_keras

register(*EMBEDDED.values(), MOBILENET_V2, RESNET50, VGG16)


def backbone_names() -> tuple[str, ...]:
    """Return every name that ``load_backbone`` knows."""
    return tuple(name for name, spec in registered_specs().items() if spec.builder)


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
    spec = registered_specs().get(name)
    if spec is None or spec.builder is None:
        raise CourseError(f"There is no backbone {name!r}. Known backbones: {', '.join(backbone_names())}.")
    if weights not in ("pretrained", None):
        raise CourseError(f"weights={weights!r} is neither 'pretrained' nor None (random weights).")
    start_keras()
    return declare(spec.builder(weights, seed, _size(spec, image_size)), spec)


def _size(spec: BackboneSpec, asked: int | None) -> int:
    """Return the side of the pictures; a network that was pretrained at a single size takes no other."""
    default, *others = spec.input_sizes
    if asked is not None and asked != default and not others:
        raise CourseError(
            f"The backbone {spec.name!r} takes pictures of {default} pixels; image_size={asked} does not fit. "
            "Leave image_size out, or choose mobilenet_v2."
        )
    return asked or default
