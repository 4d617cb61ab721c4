"""Speech to text: the decoder of Whisper tiny.en, which writes what its encoder heard (Radford et al. 2022).

The decoder is run here, not trained, so plain NumPy does: each step attends to the tokens that were written before and
to the encoder's 1,500 vectors, and the likeliest token is written.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.special import erf
from tokenizers import decoders

from course_utils.backbones.converted import converted_folder
from course_utils.backbones.loading import load_backbone
from course_utils.backbones.log_mel import LONGEST
from course_utils.backbones.whisper import DECODER_FILE, VOCABULARY_FILE, convert_whisper
from course_utils.errors import CourseError

_NAME = "whisper_tiny_en"
_HEADS = 6
_BEGINS = ("<|startoftranscript|>", "<|notimestamps|>")
_ENDS = "<|endoftext|>"  # what comes after it in the vocabulary is no text
_MOST = 224  # tokens of a transcript, half of its positions as in the original
_BLANK = "Ġ"  # the token of a space alone
#: Signs that nobody says; as the original, the transcriber writes none of them: "[MUSIC]" is no speech. The last two
#: are the first bytes of notes, as the vocabulary shows them.
_UNSPOKEN = re.compile(r"[\[\](){}<>#*+/=@\\^_`|~]|âĻ")

_Array = NDArray[np.float32]


class Transcriber:
    """Whisper with its decoder: writes down what is said in a wave, always the likeliest token next.

    Args:
        encoder: from waves to vectors, ``load_backbone("whisper_tiny_en")``.
        tensors: of the decoder, by the names of CTranslate2's file.
        tokens: the text of each token, in which each character stands for a byte.
    """

    def __init__(self, encoder: keras.Model, tensors: Mapping[str, NDArray[Any]], tokens: Sequence[str]) -> None:
        self._encoder, self._tokens = encoder, tuple(tokens)
        self._weights = {name: np.asarray(tensor, np.float32) for name, tensor in tensors.items()}
        self._blocks = sum(name.endswith("/ffn/linear_0/bias") for name in tensors)
        self._bytes = decoders.ByteLevel()
        self._begins, self._ends = [self._tokens.index(token) for token in _BEGINS], self._tokens.index(_ENDS)
        self._unspoken = [n for n, token in enumerate(self._tokens[: self._ends]) if _UNSPOKEN.search(token)]
        self._at_first = [*self._unspoken, self._tokens.index(_BLANK), self._ends]

    def transcribe(self, wave: NDArray[np.floating]) -> str:
        """Return what is said in a wave ``(samples,)`` at 16 kHz, at most 30 s; silence is added up to 30 s.

        Raises:
            CourseError: the wave is longer, or empty.
        """
        if not 0 < len(wave) <= LONGEST:
            raise CourseError(
                f"A wave of {len(wave):,} samples can't be transcribed: give 1 to {LONGEST:,}, 30 s at 16,000 a second."
            )
        whole = np.pad(np.asarray(wave, np.float32), (0, LONGEST - len(wave)))
        heard = np.asarray(self._encoder.predict_on_batch(whole[None]))[0]
        return str(self._bytes.decode([self._tokens[token] for token in self.tokens(heard)])).strip()

    def tokens(self, heard: _Array) -> list[int]:
        """Return the tokens for the encoder's vectors ``(positions, 384)``, without those that begin and end it."""
        across = [self._keys_and_values(f"layer_{number}", heard) for number in range(self._blocks)]
        written: list[list[_Array]] = [[] for _ in range(self._blocks)]
        told: list[int] = []
        token = self._begins[0]
        for place in range(_MOST):
            state = self._step(token, place, across, written)
            if place + 1 < len(self._begins):
                token = self._begins[place + 1]
                continue
            logits = self._weights["embeddings/weight"][: self._ends + 1] @ state
            logits[self._unspoken if told else self._at_first] = -np.inf
            token = int(logits.argmax())
            if token == self._ends:
                break
            told.append(token)
        return told

    def _step(
        self, token: int, place: int, across: Sequence[tuple[_Array, _Array]], written: Sequence[list[_Array]]
    ) -> _Array:
        """Return the last state after one more token; ``written`` grows by what each block keeps of it."""
        x = self._weights["embeddings/weight"][token] + self._weights["position_encodings/encodings"][place]
        for number, (keys, values) in enumerate(across):
            block = f"layer_{number}"
            own = self._linear(f"{block}/self_attention/linear_0", self._norm(f"{block}/self_attention/layer_norm", x))
            written[number].append(own)
            so_far = np.stack(written[number])
            query, earlier, told = own[: len(x)], so_far[:, len(x) : 2 * len(x)], so_far[:, 2 * len(x) :]
            x = x + self._linear(f"{block}/self_attention/linear_1", _attend(query, earlier, told))
            query = self._linear(f"{block}/attention/linear_0", self._norm(f"{block}/attention/layer_norm", x))
            x = x + self._linear(f"{block}/attention/linear_2", _attend(query, keys, values))
            wide = self._linear(f"{block}/ffn/linear_0", self._norm(f"{block}/ffn/layer_norm", x))
            x = x + self._linear(f"{block}/ffn/linear_1", wide * (1 + erf(wide / np.sqrt(2))) / 2)
        return self._norm("layer_norm", x)

    def _keys_and_values(self, block: str, heard: _Array) -> tuple[_Array, _Array]:
        keys, values = np.split(self._linear(f"{block}/attention/linear_1", heard), 2, axis=1)
        return keys, values

    def _linear(self, name: str, x: _Array) -> _Array:
        product: _Array = x @ self._weights[f"{name}/weight"].T
        return product + self._weights[f"{name}/bias"]

    def _norm(self, name: str, x: _Array) -> _Array:
        standard: _Array = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
        return standard * self._weights[f"{name}/gamma"] + self._weights[f"{name}/beta"]


def _attend(query: _Array, keys: _Array, values: _Array) -> _Array:
    """Return what a query ``(channels,)`` takes from keys and values ``(places, channels)``, head by head."""
    heads = (len(keys), _HEADS, -1)
    scores = np.einsum("hc,phc->hp", query.reshape(heads[1:]), keys.reshape(heads)) / np.sqrt(len(query) / _HEADS)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = scores / scores.sum(axis=1, keepdims=True)
    taken: _Array = np.einsum("hp,phc->hc", shares, values.reshape(heads))
    return taken.reshape(-1)


@lru_cache(maxsize=1)
def load_transcriber() -> Transcriber:
    """Load Whisper tiny.en with its decoder; once, since it holds 120 MB.

    Raises:
        CourseError: its weights are not on this computer.
    """
    folder = converted_folder(_NAME, convert_whisper)
    with np.load(folder / DECODER_FILE) as file:
        tensors = {name: file[name] for name in file.files}
    return Transcriber(load_backbone(_NAME), tensors, read_tokens(folder / VOCABULARY_FILE))


def read_tokens(path: Path) -> list[str]:
    """Return the tokens of a vocabulary, one on each line; no other sign than a line feed ends a line."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
