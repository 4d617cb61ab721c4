"""Pretraining of the embedded backbones: what ``course pretrain`` runs."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from course_utils.assets import add_to_manifest, sha256
from course_utils.backbones.embedded import build_embedded, with_source_head
from course_utils.backbones.pretraining_recipes import RECIPES, PretrainingRecipe
from course_utils.data.drawing import SIZE, draw_task
from course_utils.errors import CourseError
from course_utils.files import replacing

#: Called with (epochs done, epochs in total, metrics so far).
OnEpoch = Callable[[int, int, dict[str, float]], None]


@keras.saving.register_keras_serializable("course_utils")
class PictureAugmentation(keras.layers.Layer):
    """Vary pictures while training: shift, mirror, contrast, brightness, grey, negative and sensor noise."""

    def __init__(self, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, pictures: Any, training: bool = False) -> Any:
        """Turn pictures ``(n, 32, 32, 3)`` in [0, 255] into float32 pictures of about that range."""
        x = ops.cast(pictures, "float32")
        if not training:
            return x
        n = ops.shape(x)[0]

        def each(low: float, high: float) -> Any:
            return keras.random.uniform((n, 1, 1, 1), low, high, seed=self.draws)

        reach = SIZE // 8
        corner = keras.random.randint((2,), 0, 2 * reach + 1, seed=self.draws)
        padded = ops.pad(x, [[0, 0], [reach, reach], [reach, reach], [0, 0]], mode="reflect")
        x = ops.slice(padded, (0, corner[0], corner[1], 0), (n, SIZE, SIZE, 3))
        x = ops.where(each(0, 1) < 0.5, x[:, :, ::-1], x)
        mean = ops.mean(x, axis=(1, 2), keepdims=True)
        x = 127.5 + (mean - 127.5) * each(0.5, 1) + (x - mean) * each(0.35, 1.3) + each(-25, 25)
        grey = ops.broadcast_to(ops.mean(x, axis=-1, keepdims=True), ops.shape(x))
        x = ops.where(each(0, 1) < 0.3, grey, x)
        x = ops.where(each(0, 1) < 0.3, 255 - x, x)
        return x + keras.random.normal(ops.shape(x), seed=self.draws) * each(0, 20)


@keras.saving.register_keras_serializable("course_utils")
class Smoothness(keras.regularizers.Regularizer):
    """Penalise differences between neighbouring weights of a convolution kernel, and between its rim and zero.

    Small pictures leave the finest frequencies of a 7x7 kernel undetermined; this makes them smooth.
    """

    def __init__(self, strength: float) -> None:
        self.strength = strength

    def __call__(self, kernel: Any) -> Any:
        rim = ops.pad(kernel, [[1, 1], [1, 1], [0, 0], [0, 0]])
        down, right = rim[1:] - rim[:-1], rim[:, 1:] - rim[:, :-1]
        return self.strength * (ops.sum(down**2) + ops.sum(right**2))

    def get_config(self) -> dict[str, float]:
        return {"strength": self.strength}


def train_source(recipe: PretrainingRecipe, seed: int, on_progress: OnEpoch | None = None) -> keras.Model:
    """Train a recipe from scratch and return the network with its source head (logits)."""
    keras.utils.set_random_seed(seed)
    pictures, labels = draw_task(recipe.classes, recipe.per_class, seed)
    backbone = build_embedded(seed, stem_regularizer=Smoothness(recipe.stem_smoothness))
    stem = backbone.get_layer("block1_conv")
    # BatchNorm makes the scale of the first kernel irrelevant to what it computes. Training soon outgrows a small
    # random start, which then leaves no trace in the finished filters.
    stem.set_weights([stem.get_weights()[0] * recipe.stem_start])
    network = with_source_head(backbone, len(recipe.classes))
    inputs = keras.Input(backbone.input_shape[1:])
    model = keras.Model(inputs, network(PictureAugmentation(seed)(inputs)))
    steps = recipe.epochs * (len(labels) // recipe.batch_size + 1)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - steps // 10, warmup_target=recipe.learning_rate, warmup_steps=steps // 10
    )
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.label_smoothing),
        metrics=["accuracy"],
    )

    def tell(epoch: int, logs: dict[str, float] | None) -> None:
        if on_progress:
            on_progress(epoch + 1, recipe.epochs, {k: float(v) for k, v in (logs or {}).items()})

    model.fit(
        pictures,
        np.eye(len(recipe.classes), dtype=np.float32)[labels],
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=tell)],
        verbose=0,
    )
    return network


def source_accuracy(network: keras.Model, recipe: PretrainingRecipe, per_class: int = 40, seed: int = 50) -> float:
    """Return the accuracy, 0..1, on source pictures drawn with a seed that training never used."""
    pictures, labels = draw_task(recipe.classes, per_class, seed)
    logits = network.predict(pictures.astype(np.float32), batch_size=256, verbose=0)
    return float((logits.argmax(1) == labels).mean())


def pretrain(name: str, seed: int, out: Path, on_progress: OnEpoch | None = None) -> dict[str, object]:
    """Pretrain one embedded backbone and write its weights and its manifest entry into ``out``.

    Nothing is written before the run is complete.

    Returns:
        The manifest's entry: SHA-256, bytes, seed, command, date, seconds and source accuracy.

    Raises:
        CourseError: an unknown name.
    """
    if name not in RECIPES:
        raise CourseError(f"There is no recipe {name!r}. Known recipes: {', '.join(RECIPES)}.")
    recipe, started = RECIPES[name], time.perf_counter()
    network = train_source(recipe, seed, on_progress)
    path = out / f"{name}-{seed}.weights.h5"
    with replacing(path) as temporary:
        network.save_weights(temporary)
        entry: dict[str, object] = {
            "sha256": sha256(temporary),
            "bytes": temporary.stat().st_size,
            "licence": "MIT",
            "seed": seed,
            "command": f"course pretrain {name} --seed {seed}",
            "date": date.today().isoformat(),
            "seconds": round(time.perf_counter() - started),
            "classes": len(recipe.classes),
            "source_accuracy": round(source_accuracy(network, recipe), 4),
            "keras": keras.__version__,
        }
    add_to_manifest(out, path.name, entry)
    return entry
