"""Byte-pair encoding (Sennrich et al. 2016) over bytes: the tokenizer of language models such as SmolLM2.

Nothing is unknown to it, since every text is bytes; frequent neighbours were merged into longer and longer tokens. The
library ``tokenizers`` does the work.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from course_utils.errors import CourseError
from course_utils.files import write_atomically

TOKENIZER = "tokenizer.json"
_CONTROL = 3  # the kind of a token that stands for no text
_PADDING = "<|im_end|>"


def write_tokenizer(settings: Mapping[str, Any], path: Path) -> None:
    """Write the tokenizer that a GGUF file describes in its settings, as a file of the library ``tokenizers``.

    Raises:
        CourseError: the settings describe none, or one of another kind.
    """
    try:
        tokens, kinds = settings["tokenizer.ggml.tokens"], settings["tokenizer.ggml.token_type"]
        merges = [tuple(merge.split(" ")) for merge in settings["tokenizer.ggml.merges"]]
        if settings["tokenizer.ggml.pre"] != "smollm" or len(tokens) != len(kinds):
            raise ValueError("it is of another kind")
        model = models.BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=merges)
        tokenizer = Tokenizer(model)
        # Digits one by one, then words with the space before them, as bytes.
        digits, words = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, words])
        tokenizer.decoder = decoders.ByteLevel()
        control = (token for token, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL)
        tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    except Exception as problem:  # the library raises plain Exception
        raise CourseError(f"The tokenizer of these weights cannot be read ({problem}).") from problem
    write_atomically(path, tokenizer.to_str())


class BytePair:
    """A tokenizer of a language model.

    Args:
        path: a file that ``write_tokenizer`` wrote.

    Attributes:
        padding: the id that fills up short rows, at their end.

    Raises:
        CourseError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
        except Exception as problem:  # the library raises plain Exception
            raise CourseError(f"{path} cannot be read as a tokenizer ({problem}). Fetch it again.") from problem
        padding = self._tokenizer.token_to_id(_PADDING)
        if padding is None:
            raise CourseError(f"{path} is not the tokenizer of a language model: it lacks {_PADDING}. Fetch it again.")
        self.padding = padding

    def __call__(self, texts: Sequence[str], length: int) -> NDArray[np.int32]:
        """Turn texts into token ids, int32 ``(n, length)``: the text's tokens, then padding.

        Args:
            texts: a list of strings; what doesn't fit into ``length`` is cut off.
            length: of a row, 1 or more.

        Raises:
            CourseError: ``texts`` is not a list of strings, or ``length`` is too short.
        """
        if isinstance(texts, str) or not texts or not all(isinstance(text, str) for text in texts):
            raise CourseError("texts must be a list of strings, such as ['one text', 'another text'].")
        if length < 1:
            raise CourseError(f"length={length} is too short: it must be 1 or more.")
        rows = np.full((len(texts), length), self.padding, np.int32)
        for row, encoded in zip(rows, self._tokenizer.encode_batch(list(texts)), strict=True):
            ids = encoded.ids[:length]
            row[: len(ids)] = ids
        return rows

    def pieces(self, text: str) -> list[str]:
        """Return the tokens of a text, as text."""
        return [self._tokenizer.decode([number]) for number in self._tokenizer.encode(text).ids]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of token ids; control tokens, and so padding, are left out."""
        text: str = self._tokenizer.decode([int(number) for number in ids])
        return text
