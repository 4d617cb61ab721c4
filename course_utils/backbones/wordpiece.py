"""WordPiece (Schuster and Nakajima 2012), the tokenizer of BERT: words, and pieces of words that are rare.

Text is cleaned, lower-cased and stripped of accents; it is split at spaces, around punctuation and around Chinese
characters; and every word is cut into the longest pieces that the vocabulary knows, from left to right.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from numbers import Integral
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_LONGEST_WORD = 100  # characters; a longer word is unknown as a whole
_CONTINUES = "##"
_CHINESE = (
    *((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F)),
    *((0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)),
)


class WordPiece:
    """A tokenizer for an uncased vocabulary of BERT's.

    Args:
        vocabulary: a UTF-8 text file with one piece a line; its line, counted from 0, is the piece's id.

    Raises:
        CourseError: the file cannot be read, holds a piece twice, or lacks one of BERT's special pieces.
    """

    def __init__(self, vocabulary: Path) -> None:
        try:
            self._pieces = vocabulary.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as problem:
            raise CourseError(f"{vocabulary} cannot be read as a vocabulary ({problem}). Fetch it again.") from problem
        if self._pieces and not self._pieces[-1]:
            self._pieces.pop()
        self._ids = {piece: number for number, piece in enumerate(self._pieces)}
        if len(self._ids) < len(self._pieces):
            raise CourseError(f"{vocabulary} is damaged: it holds a piece more than once. Fetch it again.")
        missing = [piece for piece in _SPECIAL if piece not in self._ids]
        if missing:
            raise CourseError(f"{vocabulary} is not a vocabulary of BERT's: it lacks {', '.join(missing)}.")
        self.padding, self._unknown, self._start, self._end, _ = (self._ids[piece] for piece in _SPECIAL)
        self._cut = lru_cache(maxsize=100_000)(self._cut_word)

    def __call__(self, texts: Sequence[str], length: int) -> NDArray[np.int32]:
        """Turn texts into token ids, int32 ``(n, length)``: a start, the text's pieces, an end, then padding.

        Args:
            texts: a list of strings; what doesn't fit into ``length`` is cut off.
            length: of a row, 3 or more.

        Raises:
            CourseError: ``texts`` is one string, is empty, or holds something else than strings; or ``length`` is too
                short.
        """
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise CourseError("texts must be a list of strings, such as ['one text', 'another text'].")
        if not len(texts):
            raise CourseError("texts is empty: give it at least one text.")
        if not isinstance(length, Integral) or length < 3:
            raise CourseError(
                f"length={length} must be a whole number, 3 or more: a row holds a start, an end and one piece or more."
            )
        rows = np.full((len(texts), length), self.padding, np.int32)
        for row, text in zip(rows, texts, strict=True):
            ids = [number for word in _words(text) for number in self._cut(word)][: length - 2]
            row[: len(ids) + 2] = [self._start, *ids, self._end]
        return rows

    def pieces(self, text: str) -> list[str]:
        """Return the pieces of a text; those that continue a word begin with ``##``, and ``[UNK]`` is unknown."""
        return [self._pieces[number] for word in _words(text) for number in self._cut(word)]

    def pieces_of(self, ids: Sequence[int]) -> list[str]:
        """Return the piece of each id, special ones included.

        Raises:
            CourseError: an id is not in the vocabulary.
        """
        for number in ids:
            if not 0 <= number < len(self._pieces):
                raise CourseError(f"{number} is not a token id: they lie in 0..{len(self._pieces) - 1}.")
        return [self._pieces[number] for number in ids]

    def _cut_word(self, word: str) -> tuple[int, ...]:
        """Return the ids of a word's pieces; of a word that cannot be cut into known pieces, the unknown one's."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        found, start = [], 0
        while start < len(word):
            prefix = _CONTINUES if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if prefix + word[start:end] in self._ids), None)
            if end is None:
                return (self._unknown,)
            found.append(self._ids[prefix + word[start:end]])
            start = end
        return tuple(found)


def _words(text: str) -> list[str]:
    """Return the words and punctuation marks of a text, lower-cased and without accents."""
    cleaned = "".join(_cleaned(character) for character in text)
    # Letter by letter: a word's last sigma stays like the others, as in the publisher's own tokenizer.
    plain = "".join(c.lower() for c in unicodedata.normalize("NFD", cleaned) if unicodedata.category(c) != "Mn")
    return "".join(f" {c} " if _is_punctuation(c) else c for c in plain).split()


def _cleaned(character: str) -> str:
    """Return a character as it takes part: a space, itself set apart if Chinese, or nothing."""
    if character.isspace() and character not in "\x0b\x0c\x1c\x1d\x1e\x1f\x85":
        return " "
    code, category = ord(character), unicodedata.category(character)
    if code in (0, 0xFFFD) or category in ("Cc", "Cf", "Co", "Cs"):
        return ""
    return f" {character} " if any(first <= code <= last for first, last in _CHINESE) else character


def _is_punctuation(character: str) -> bool:
    """Return whether a character is a word of its own: Unicode's punctuation, and every other mark of ASCII's."""
    marks = character.isascii() and character.isprintable() and not character.isalnum() and not character.isspace()
    return marks or unicodedata.category(character).startswith("P")
