"""Networks of keras.applications, pretrained on ImageNet's photographs."""

import keras

from course_utils.backbones.spec import BackboneSpec
from course_utils.errors import CourseError


def build_mobilenet_v2(weights: str | None, seed: int, size: int) -> keras.Model:
    """MobileNetV2 without its classifier, for pictures in [0, 255] of ``size`` pixels.

    Raises:
        CourseError: its weights are not on this computer and cannot be downloaded.
    """
    if weights is None:
        keras.utils.set_random_seed(seed)
    elif size != 224:
        # The same convolution weights serve every size; asking for 224 means one file to download, not five.
        model = build_mobilenet_v2(None, 0, size)
        model.set_weights(build_mobilenet_v2(weights, 0, 224).get_weights())
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


_IMAGENET = {
    "modality": "pictures",
    "source_task": "1,000 classes of photographs",
    "source_data": "ImageNet (ILSVRC 2012)",
    "source_inputs": 1_281_167,
}

#: The numbered blocks of MobileNetV2 that end with their input added; the others end with a normalisation.
_WITH_SHORTCUT = (2, 4, 5, 7, 8, 9, 11, 12, 14, 15)

MOBILENET_V2 = BackboneSpec(
    name="mobilenet_v2",
    blocks={
        "stem": "expanded_conv_project_BN",
        **{f"block_{n}": f"block_{n}_{'add' if n in _WITH_SHORTCUT else 'project_BN'}" for n in range(1, 17)},
        "top": "out_relu",
    },
    builder=build_mobilenet_v2,
    input_sizes=(224, 96, 128, 160, 192),
    preprocessing="[0, 255] to [-1, 1]",
    outside=frozenset({"rescale"}),
    licence="Apache-2.0",
    **_IMAGENET,  # type: ignore[arg-type]
)

RESNET50 = BackboneSpec(
    name="resnet50",
    blocks={
        "stem": "pool1_pool",
        **{
            f"conv{stage}_block{n}": f"conv{stage}_block{n}_out"
            for stage, count in ((2, 3), (3, 4), (4, 6), (5, 3))
            for n in range(1, count + 1)
        },
    },
    preprocessing="BGR, less the means of ImageNet's channels",
    licence="MIT",
    **_IMAGENET,  # type: ignore[arg-type]
)

VGG16 = BackboneSpec(
    name="vgg16",
    blocks={f"block{n}": f"block{n}_pool" for n in range(1, 6)},
    preprocessing="BGR, less the means of ImageNet's channels",
    licence="CC BY 4.0",
    **_IMAGENET,  # type: ignore[arg-type]
)
