"""The control of lesson 11: a small network from scratch on log-mels, with augmentation and a tuned rate."""

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from course_utils.data import Split
from course_utils.transfer import Session

#: Validation speakers choose among them.
SCRATCH_RATES = (1e-3, 3e-3)
_STEPS, _BATCH = 400, 32
_SHIFT, _HIDDEN = 12, 10  # frames in either direction; bands or frames that are hidden


def sound_cnn(classes: int, learning_rate: float, seed: int) -> keras.Model:
    """Return a convolutional network with 0.1 million random weights, from log-mels ``(n, 100, 80)`` to classes."""
    keras.utils.set_random_seed(seed)
    stack = [keras.Input((None, 80)), layers.Reshape((-1, 80, 1)), layers.Normalization(mean=0.0, variance=0.25)]
    for width in (16, 32, 64, 64):
        stack += [
            layers.Conv2D(width, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(2),
        ]
    stack += [layers.GlobalAveragePooling2D(), layers.Dropout(0.3), layers.Dense(classes, activation="softmax")]
    model = keras.Sequential(stack)
    model.compile(
        keras.optimizers.AdamW(learning_rate, weight_decay=0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train_sound_cnn(few: Split, classes: int, learning_rate: float, seed: int, steps: int = _STEPS) -> keras.Model:
    """Train it on labelled log-mels, for about so many steps, each batch shifted in time and partly hidden."""
    model, batch = sound_cnn(classes, learning_rate, seed), min(_BATCH, len(few))
    epochs = max(1, round(steps * batch / len(few)))
    for _ in Session(model, few, epochs=epochs, batch_size=batch, augment=shifted_and_masked, seed=seed).events():
        pass
    return model


def shifted_and_masked(mels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Shift each log-mel ``(frames, bands)`` in time, and hide some frames and some bands (Park et al. 2019)."""
    changed = mels.copy()
    for mel in changed:
        quiet = mel.min()
        shift = int(rng.integers(-_SHIFT, _SHIFT + 1))
        mel[:] = np.roll(mel, shift, axis=0)
        if shift > 0:
            mel[:shift] = quiet
        elif shift < 0:
            mel[shift:] = quiet
        for axis in (0, 1):
            width = int(rng.integers(0, _HIDDEN + 1))
            start = int(rng.integers(0, mel.shape[axis] - width + 1))
            np.moveaxis(mel, axis, 0)[start : start + width] = quiet
    return changed
