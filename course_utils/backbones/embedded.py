"""The embedded backbone: a small residual network that a laptop trains in minutes.

Four blocks halve the side and double the channels; a 7x7 first layer is large enough to look at. 0.58 million
weights.
"""

from functools import partial
from typing import Any

import keras
from keras import layers

from course_utils import assets
from course_utils.backbones.pretraining_recipes import RECIPES
from course_utils.backbones.spec import BackboneSpec, ModelCard
from course_utils.data.drawing import SIZE
from course_utils.errors import CourseError

CHANNELS = (32, 64, 128, 256)


def build_embedded(
    seed: int = 0,
    name: str = "embedded",
    stem_regularizer: keras.regularizers.Regularizer | None = None,
    size: int = SIZE,
) -> keras.Model:
    """Build the untrained backbone, from pictures ``(n, 32, 32, 3)`` in [0, 255] to features ``(n, 2, 2, 256)``.

    ``seed`` decides the initial weights (He et al. 2015), layer by layer; ``stem_regularizer`` acts on the first
    kernel. Pictures of another ``size`` give a feature map of a sixteenth of their side.
    """
    inputs = layers.Input((size, size, 3), name="pictures")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(inputs)
    x = _conv(x, CHANNELS[0], 7, 2, "block1_conv", seed, stem_regularizer)
    for number in (2, 3):
        x = _conv(x, CHANNELS[number - 1], 3, 2, f"block{number}_conv1", seed + number)
        branch = _conv(x, CHANNELS[number - 1], 3, 1, f"block{number}_conv2", seed + 10 * number)
        x = layers.Add(name=f"block{number}_add")([x, branch])
    x = _conv(x, CHANNELS[3], 3, 2, "block4_conv", seed + 4)
    return keras.Model(inputs, x, name=name.replace("-", "_"))


def with_source_head(backbone: keras.Model, classes: int) -> keras.Model:
    """Return the network to pretrain: backbone, global average pooling and one dense layer of logits."""
    return keras.Sequential(
        [
            layers.Input(backbone.input_shape[1:]),
            backbone,
            layers.GlobalAveragePooling2D(name="pool"),
            layers.Dense(classes, name="source_head"),
        ]
    )


def load_embedded_source_model(name: str, seed: int) -> keras.Model:
    """Load an embedded backbone with the head it was pretrained with.

    Raises:
        CourseError: an unknown seed; a missing or damaged file of weights.
    """
    known = EMBEDDED[name].assets
    if seed not in known:
        raise CourseError(
            f"The backbone {name!r} ships with seed {', '.join(map(str, known))}; seed={seed} does not exist."
        )
    path = assets.verified(known[seed])
    model = with_source_head(build_embedded(seed, name), len(RECIPES[name].classes))
    model.load_weights(path)
    return model


def _spec(name: str) -> BackboneSpec:
    def build(weights: str | None, seed: int, size: int) -> keras.Model:
        if weights is None:
            return build_embedded(seed, name)
        return load_embedded_source_model(name, seed).get_layer(name.replace("-", "_"))

    recipe = RECIPES[name]
    return BackboneSpec(
        name=name,
        modality="pictures",
        blocks={"block1": "block1_relu", "block2": "block2_add", "block3": "block3_add", "block4": "block4_relu"},
        builder=build,
        source_model=partial(load_embedded_source_model, name),
        input_sizes=(SIZE,),
        preprocessing="[0, 255] to [-1, 1]",
        outside=frozenset({"rescale"}),
        source_task=f"{len(recipe.classes)} classes of drawn pictures",
        source_data="pictures drawn by this course",
        source_inputs=len(recipe.classes) * recipe.per_class,
        licence="MIT",
        assets={seed: f"{name}-{seed}.weights.h5" for seed in recipe.seeds},
        card=ModelCard(
            parameters=578_784,
            paper="this course; four blocks in the style of He et al. 2016",
            score="",  # in the weights' manifest
            verified="trained here; `course pretrain` repeats it",
        ),
    )


EMBEDDED = {name: _spec(name) for name in RECIPES}


def _conv(
    x: Any,
    channels: int,
    width: int,
    stride: int,
    name: str,
    seed: int,
    regularizer: keras.regularizers.Regularizer | None = None,
) -> Any:
    """Convolution, batch normalisation, ReLU."""
    x = layers.Conv2D(
        channels,
        width,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(seed=seed),
        kernel_regularizer=regularizer,
        name=name,
    )(x)
    x = layers.BatchNormalization(momentum=0.9, name=name.replace("conv", "bn"))(x)
    return layers.ReLU(name=name.replace("conv", "relu"))(x)
