"""Byte-pair encoding (Sennrich et al. 2016) over bytes: the tokenizer of language models such as SmolLM2.

Every text is bytes, so no word is unknown; frequent neighbours were merged into longer and longer tokens. Bytes that
the vocabulary lacks are left out: SmolLM2's lacks six control characters and some bytes of characters from U+40000 on,
which are hardly used. The library ``tokenizers`` does the work.
"""

from collections.abc import Mapping, Sequence
from numbers import Integral
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


class BytePairEncoding:
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
            CourseError: ``texts`` is not a list of strings, or one of them is empty; or ``length`` is too short.
        """
        if isinstance(texts, str) or not len(texts) or not all(isinstance(text, str) for text in texts):
            raise CourseError("texts must be a list of strings, such as ['one text', 'another text'].")
        if not isinstance(length, Integral) or length < 1:
            raise CourseError(f"length={length} must be a whole number, 1 or more.")
        rows = np.full((len(texts), length), self.padding, np.int32)
        for number, encoded in enumerate(self._tokenizer.encode_batch([_without_surrogates(text) for text in texts])):
            ids = encoded.ids[:length]
            if not ids:  # the mean over no positions is not a number
                raise CourseError(f"texts[{number}] is empty: a row needs at least one token. Leave this text out.")
            rows[number, : len(ids)] = ids
        return rows

    def encode(self, text: str) -> list[int]:
        """Return the token ids of a text, without padding; an empty text has none."""
        ids: list[int] = self._tokenizer.encode(_without_surrogates(text)).ids
        return ids

    def pieces(self, text: str) -> list[str]:
        """Return the tokens of a text, as text."""
        return [self._tokenizer.decode([number]) for number in self.encode(text)]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of token ids; control tokens, and so padding, are left out.

        Raises:
            CourseError: an id is not in the vocabulary.
        """
        largest = self._tokenizer.get_vocab_size() - 1
        for number in ids:
            if not 0 <= number <= largest:
                raise CourseError(f"{number} is not a token id: they lie in 0..{largest}.")
        text: str = self._tokenizer.decode([int(number) for number in ids])
        return text


def _without_surrogates(text: str) -> str:
    """Leave out halves of characters, which a damaged file leaves in a text: the library takes none."""
    return text.encode("utf-8", "ignore").decode("utf-8")
