"""Greedy answers for a batch of prompts, with a key-value cache."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from course_utils.language.compiling import compiled
from course_utils.language.decoder import Cache, Decoder


class Generator:
    """Answers prompts with the likeliest token at every place; compiled on the first answer.

    Args:
        decoder: its weights are read for every token, so changes of them count at once.
        stop: the token that ends an answer, and that fills rows up.
    """

    def __init__(self, decoder: Decoder, stop: int) -> None:
        self.decoder, self.stop = decoder, stop

        def step(ids: Any, seen: Any, cache: Cache) -> Any:
            states, longer = decoder.states(ids, cache, seen)
            return decoder.logits(states[:, -1]), longer

        self._step = compiled(step)

    def next_logits(self, prompt: Sequence[int]) -> NDArray[np.float32]:
        """Return the logits of the token after one prompt, float32 ``(words,)``."""
        ids, seen = self._filled_up([prompt])
        logits, _ = self._step(ids, seen, self.decoder.empty_cache(1))
        return np.asarray(logits[0])

    def answers(
        self, prompts: Sequence[Sequence[int]], most: int, unlikely: tuple[int, float] | None = None
    ) -> list[list[int]]:
        """Return the tokens that follow each prompt, up to the stop token, which is left out.

        Args:
            prompts: token ids; they are filled up at their beginning, so that all answers begin at one place.
            most: tokens of an answer.
            unlikely: a token, and the chance, 0..1, up to which no answer begins with it.
        """
        ids, seen = self._filled_up(prompts)
        cache = self.decoder.empty_cache(len(prompts))
        done = np.zeros(len(prompts), bool)
        told = np.zeros((len(prompts), 0), np.int32)
        while told.shape[1] < most:
            logits, cache = self._step(ids, seen, cache)
            if unlikely is not None and told.shape[1] == 0:
                logits = _without(logits, *unlikely)
            # Told as int32, also where an index is int64: one type is one compiled function.
            ids = np.asarray(ops.argmax(logits, axis=-1), np.int32)[:, None]
            told = np.concatenate([told, ids], axis=1)
            done |= ids[:, 0] == self.stop
            if done.all():
                break
            seen = np.concatenate([seen, np.ones_like(ids, bool)], axis=1)
        return [_before(self.stop, row.tolist()) for row in told]

    def _filled_up(self, prompts: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        longest = max(map(len, prompts))
        ids = np.full((len(prompts), longest), self.stop, np.int32)
        seen = np.zeros(ids.shape, bool)
        for row, prompt in enumerate(prompts):
            ids[row, longest - len(prompt) :], seen[row, longest - len(prompt) :] = prompt, True
        return ids, seen


def _without(logits: Any, token: int, limit: float) -> Any:
    """Return logits ``(n, words)`` that rule a token out in the rows in which its chance is not above the limit."""
    below = ops.softmax(logits)[:, token] <= limit
    ruled_out = ops.one_hot(token, logits.shape[-1], dtype="bool")
    return ops.where(below[:, None] & ruled_out, -np.inf, logits)


def _before(stop: int, tokens: list[int]) -> list[int]:
    return tokens[: tokens.index(stop)] if stop in tokens else tokens
