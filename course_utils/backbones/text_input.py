"""``load_tokenizer``: what turns texts into the token ids that a network was pretrained on."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from course_utils.backbones.bpe import BytePairEncoding
from course_utils.backbones.minilm import vocabulary_file
from course_utils.backbones.smollm2 import tokenizer_file
from course_utils.backbones.wordpiece import WordPiece
from course_utils.errors import CourseError


class Tokenizer(Protocol):
    """Turns texts into token ids.

    Attributes:
        padding: the id that fills up short rows.
    """

    padding: int

    def __call__(self, texts: Sequence[str], length: int) -> NDArray[np.int32]:
        """Turn texts into token ids ``(n, length)``; what doesn't fit is cut off."""
        ...

    def pieces(self, text: str) -> list[str]:
        """Return the pieces that a text is cut into."""
        ...


_TOKENIZERS: dict[str, Callable[[], Tokenizer]] = {
    "minilm": lambda: WordPiece(vocabulary_file()),
    "smollm2_135m": lambda: BytePairEncoding(tokenizer_file()),
}


def load_tokenizer(name: str) -> Tokenizer:
    """Load the tokenizer of a text network.

    Args:
        name: as in ``load_backbone``: ``minilm`` or ``smollm2_135m``. Those of KerasHub come with it.

    Raises:
        CourseError: the course has no tokenizer of this name, or the network is not on this computer.
    """
    if name not in _TOKENIZERS:
        raise CourseError(f"There is no tokenizer {name!r}. The course has those of {', '.join(_TOKENIZERS)}.")
    return _TOKENIZERS[name]()
