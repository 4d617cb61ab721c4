"""Probes that learn a handful of spoken words, and say which one a new recording is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import is_here, load_backbone
from course_utils.experiments import log_mel_features, log_mels
from course_utils.transfer import extract_features, linear_probe

_SPEECH_NETWORK = "whisper_tiny_en"


class Listener:
    """A probe on the log-mel, and one on Whisper's frozen encoder if its weights are on this computer.

    Attributes:
        words: that it knows.
        rounds: by method, how many takes were guessed right by a probe of the other rounds, and how many there are. The
            n-th takes of all words are a round.
    """

    def __init__(self, waves: NDArray[np.float32], labels: NDArray[np.int64], words: Sequence[str]) -> None:
        """Learn words.

        Args:
            waves: float32 ``(takes, 16000)``.
            labels: the number of each take's word; every word has two takes or more.
            words: the words by number.
        """
        self.words = tuple(words)
        features = _features(waves)
        self._probes = {method: linear_probe(rows, labels) for method, rows in features.items()}
        number = _number_of_take(labels)
        self.rounds = {method: (_right(rows, labels, number), len(labels)) for method, rows in features.items()}

    def hear(self, wave: NDArray[np.float32]) -> dict[str, list[tuple[str, float]]]:
        """Return for each method all words with their probabilities, the likeliest first."""
        told, features = {}, _features(wave[None])
        for method in (m for m in features if m in self._probes):  # Whisper may have been fetched since
            shares = self._probes[method].predict_proba(features[method])[0]
            order = np.argsort(-shares)
            told[method] = [(self.words[place], float(shares[place])) for place in order]
        return told


def _features(waves: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    features = {"log-mel": log_mel_features(log_mels(waves), waves)["loudness of the bands"]}
    if is_here(_SPEECH_NETWORK):
        features = {"Whisper": extract_features(load_backbone(_SPEECH_NETWORK), waves)} | features
    return features


def _number_of_take(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each take how many of its word came before it."""
    return np.array([np.count_nonzero(labels[:place] == label) for place, label in enumerate(labels)])


def _right(rows: NDArray[Any], labels: NDArray[np.int64], number: NDArray[np.int64]) -> int:
    """Count the takes that a probe of all other rounds guesses."""
    right = 0
    for one in np.unique(number):
        tested = number == one
        probe = linear_probe(rows[~tested], labels[~tested])
        right += int((probe.predict(rows[tested]) == labels[tested]).sum())
    return right
