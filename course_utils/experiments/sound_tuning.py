"""Fine-tuning Whisper's encoder on few clips, from a fitted head (LP-FT)."""

from typing import Any

import keras

from course_utils.backbones import load_backbone
from course_utils.data import Split, load_sounds
from course_utils.transfer import Session, extract_features, linear_probe, set_linear_head, unfreeze_top, with_head

#: Validation speakers choose among them.
SOUND_RATES = (1e-5, 1e-4)
_BATCH, _EPOCHS = 20, 8


class SoundTuning:
    """Whisper's encoder with a head, of which the top blocks learn; every run begins at the same weights.

    Args:
        classes: of the task.
        depth: how many blocks learn, from the top.
    """

    def __init__(self, classes: int, depth: int = 1) -> None:
        self.network = load_backbone("whisper_tiny_en")
        self.model = with_head(self.network, classes, activation=None)
        unfreeze_top(self.model, depth)
        self._start = self.network.get_weights()

    def run(self, few: Split, learning_rate: float, seed: int, epochs: int = _EPOCHS) -> None:
        """Fit a head to labelled waves ``(n, samples)``, then train it together with the top blocks."""
        self.network.set_weights(self._start)
        set_linear_head(self.model, linear_probe(extract_features(self.network, few.inputs), few.labels))
        self.model.compile(
            keras.optimizers.AdamW(learning_rate, weight_decay=0.01, clipnorm=1.0),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        for _ in Session(self.model, few, epochs=epochs, batch_size=min(_BATCH, len(few)), seed=seed).events():
            pass

    def accuracy(self, part: Split) -> float:
        """Return the accuracy, 0..1, on waves."""
        kernel, bias = self.model.layers[-1].get_weights()
        scores = extract_features(self.network, part.inputs) @ kernel + bias
        return float((scores.argmax(axis=1) == part.labels).mean())


def sound_tuned_row(tuning: SoundTuning, task: str, labels: int, learning_rate: float, seed: int) -> dict[str, Any]:
    """Measure one run on a task of sounds: ``validation_target`` and ``accuracy``, 0..1."""
    parts = load_sounds(task, seed)
    rows = parts.train.few_rows(labels, seed)
    few = Split(parts.train.inputs[rows], parts.train.labels[rows])
    tuning.run(few, learning_rate, seed)
    return {"validation_target": tuning.accuracy(parts.validation), "accuracy": tuning.accuracy(parts.test)}
