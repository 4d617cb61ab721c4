"""Networks of keras.applications, pretrained on ImageNet's photographs.

Keras builds each of them a little differently: some prepare their pictures themselves, most leave that to the caller;
some nest layers, or number their names on from whatever was built before. Here they are all built alike: flat, from
pictures in [0, 255], with the preparation in layers of their own.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from course_utils.backbones.flattening import flat
from course_utils.backbones.spec import BackboneSpec, Hub, ModelCard
from course_utils.errors import CourseError

_PRETRAINED_SIZE = 224
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's red, green and blue, in 0..1
_MEAN_BGR = (103.939, 116.779, 123.68)  # in 0..255

#: Those that can be told to leave the preparation of pictures to the caller.
_OPTIONAL_PREPARATION = ("MobileNetV3Large", "ConvNeXtTiny")


def _to_unit_range(pictures: Any) -> Any:
    return layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(pictures)


def _standardised(pictures: Any) -> Any:
    mean, variance = [255 * value for value in _MEAN], [(255 * value) ** 2 for value in _DEVIATION]
    return layers.Normalization(mean=mean, variance=variance, name="standardise")(pictures)


def _centred_bgr(pictures: Any) -> Any:
    centre = layers.Normalization(mean=list(_MEAN_BGR), variance=[1.0] * 3, name="subtract_mean")
    return centre(keras.ops.flip(pictures, axis=-1))


#: In words, for the spec.
_PREPARATIONS: dict[Callable[[Any], Any], str] = {
    _to_unit_range: "[0, 255] to [-1, 1]",
    _standardised: "less the means of ImageNet's channels, divided by their standard deviations",
    _centred_bgr: "BGR, less the means of ImageNet's channels",
}
_PREPARING = frozenset({"rescale", "standardise", "subtract_mean"})


def _application(
    constructor: str,
    prepare: Callable[[Any], Any],
    file_name: str,
    megabytes: float,
    name: str,
    blocks: Mapping[str, str],
    licence: str,
    card: ModelCard,
) -> BackboneSpec:
    """Return the spec of one of the networks; ``file_name`` is Keras's, for the weights without the classifier."""

    def make(**how: Any) -> keras.Model:
        if constructor in _OPTIONAL_PREPARATION:
            how["include_preprocessing"] = False
        model: keras.Model = getattr(keras.applications, constructor)(include_top=False, **how)
        return model

    def build(weights: str | None, seed: int, size: int) -> keras.Model:
        if weights is not None and seed != 0:
            raise CourseError(f"{name} has one pretraining run, seed 0; seed={seed} does not exist.")
        learned = published() if weights else None
        structure = make(weights=None, input_tensor=prepare(keras.Input((size, size, 3))), name=name)
        model = flat(structure, _PREPARING, list(blocks.values()), seed)
        if learned:
            model.set_weights(learned)
        return model

    def published() -> list[NDArray[np.float32]]:
        """Return the weights; they serve every size, and asking for one means one file to download."""
        try:
            source = make(weights="imagenet", input_shape=(_PRETRAINED_SIZE, _PRETRAINED_SIZE, 3))
        except Exception as problem:  # Keras raises plain Exception when a download fails
            raise _unavailable(name, _weights_path(file_name), problem) from problem
        learned = (layer for layer in source.layers if not isinstance(layer, layers.Normalization))
        return [weight for layer in learned for weight in layer.get_weights()]

    return BackboneSpec(
        name=name,
        modality="pictures",
        blocks=blocks,
        builder=build,
        input_sizes=(_PRETRAINED_SIZE, 96, 128, 160, 192),
        preprocessing=_PREPARATIONS[prepare],
        outside=_PREPARING,
        source_task="1,000 classes of photographs",
        source_data="ImageNet (ILSVRC 2012)",
        source_inputs=1_281_167,
        licence=licence,
        hub=Hub("keras.applications", megabytes, lambda: _weights_path(file_name).is_file()),
        card=card,
    )


def _weights_path(file_name: str) -> Path:
    """Return where Keras keeps a file of weights."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "models" / file_name


def _unavailable(name: str, path: Path, problem: Exception) -> CourseError:
    if path.is_file():  # Keras removes what it could not download to the end
        return CourseError(
            f"{path}, the ImageNet weights of {name}, cannot be read ({problem}). Delete it, so that it is "
            "downloaded again."
        )
    return CourseError(
        f"The ImageNet weights of {name} are not on this computer and could not be downloaded ({problem}). Connect to "
        f"the network once, or put the file {path.name} into {path.parent}. BACKBONE = 'efficientnet_lite0' and "
        "'embedded' need no network."
    )


_STRUCTURE_ONLY = (
    "weights not at hand; with random ones, outputs equal those of Keras's own network on its own preprocess_input "
    "within 1e-5 of the largest"
)

#: The numbered blocks that end with their input added; the others end with a normalisation.
_V2_SHORTCUTS, _V3_SHORTCUTS = (2, 4, 5, 7, 8, 9, 11, 12, 14, 15), (2, 4, 5, 7, 8, 9, 11, 13, 14)

MOBILENET_V2 = _application(
    "MobileNetV2",
    _to_unit_range,
    "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    9.4,
    name="mobilenet_v2",
    blocks={
        "stem": "expanded_conv_project_BN",
        **{f"block_{n}": f"block_{n}_{'add' if n in _V2_SHORTCUTS else 'project_BN'}" for n in range(1, 17)},
        "top": "out_relu",
    },
    licence="Apache-2.0",
    card=ModelCard(
        parameters=2_257_984,
        paper="Sandler et al. 2018, MobileNetV2: Inverted Residuals and Linear Bottlenecks",
        score="71.3 % of ImageNet's validation pictures (keras.io's figure)",
        verified="features of Keras's own network on its own preprocess_input, within 1e-4",
        speed="72 pictures of 224 pixels",
    ),
)

MOBILENET_V3 = _application(
    "MobileNetV3Large",
    _to_unit_range,
    "weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
    12.7,
    name="mobilenet_v3",
    blocks={
        "stem": "expanded_conv_add",
        **{f"block_{n}": f"expanded_conv_{n}_{'add' if n in _V3_SHORTCUTS else 'project_bn'}" for n in range(1, 15)},
        "top": "mobilenet_v3_top",
    },
    licence="Apache-2.0",
    card=ModelCard(
        parameters=2_996_352,
        paper="Howard et al. 2019, Searching for MobileNetV3 (Large)",
        score="75.6 % of ImageNet's validation pictures (the figure in Keras's documentation)",
        verified=_STRUCTURE_ONLY,
        speed="88 pictures of 224 pixels",
    ),
)

RESNET50 = _application(
    "ResNet50",
    _centred_bgr,
    "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    94.8,
    name="resnet50",
    blocks={
        "stem": "pool1_pool",
        **{
            f"conv{stage}_block{n}": f"conv{stage}_block{n}_out"
            for stage, repeats in ((2, 3), (3, 4), (4, 6), (5, 3))
            for n in range(1, repeats + 1)
        },
    },
    licence="MIT",
    card=ModelCard(
        parameters=23_587_712,
        paper="He et al. 2016, Deep Residual Learning for Image Recognition",
        score="74.9 % of ImageNet's validation pictures (keras.io's figure)",
        verified=_STRUCTURE_ONLY,
        speed="17 pictures of 224 pixels",
    ),
)

VGG16 = _application(
    "VGG16",
    _centred_bgr,
    "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    58.9,
    name="vgg16",
    blocks={f"block{n}": f"block{n}_pool" for n in range(1, 6)},
    licence="CC BY 4.0",
    card=ModelCard(
        parameters=14_714_688,
        paper="Simonyan and Zisserman 2015, Very Deep Convolutional Networks for Large-Scale Image Recognition",
        score="71.3 % of ImageNet's validation pictures (keras.io's figure)",
        verified=_STRUCTURE_ONLY,
        speed="6 pictures of 224 pixels",
    ),
)

EFFICIENTNET_B0 = _application(
    "EfficientNetB0",
    _standardised,
    "efficientnetb0_notop.h5",
    16.7,
    name="efficientnet_b0",
    blocks={
        "stem": "stem_activation",
        **{
            f"block{stage}{letter}": f"block{stage}{letter}_{'project_bn' if letter == 'a' else 'add'}"
            for stage, letters in enumerate(("a", "ab", "ab", "abc", "abc", "abcd", "a"), start=1)
            for letter in letters
        },
        "top": "efficientnet_b0_top",
    },
    licence="Apache-2.0",
    card=ModelCard(
        parameters=4_049_564,
        paper="Tan and Le 2019, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
        score="77.1 % of ImageNet's validation pictures (keras.io's figure)",
        verified=_STRUCTURE_ONLY,
        speed="49 pictures of 224 pixels",
    ),
)

CONVNEXT_TINY = _application(
    "ConvNeXtTiny",
    _standardised,
    "convnext_tiny_notop.h5",
    111.7,
    name="convnext_tiny",
    blocks={
        "stem": "convnext_tiny_stem_layernorm",
        **{
            f"stage{stage}_block{n}": f"convnext_tiny_stage_{stage}_block_{n}_add"
            for stage, repeats in enumerate((3, 3, 9, 3))
            for n in range(repeats)
        },
        "top": "convnext_tiny_top",
    },
    licence="MIT",
    card=ModelCard(
        parameters=27_820_128,
        paper="Liu et al. 2022, A ConvNet for the 2020s",
        score="81.3 % of ImageNet's validation pictures (keras.io's figure)",
        verified=_STRUCTURE_ONLY,
        speed="2 pictures of 224 pixels",
    ),
)

APPLICATIONS = (MOBILENET_V2, MOBILENET_V3, RESNET50, VGG16, EFFICIENTNET_B0, CONVNEXT_TINY)
