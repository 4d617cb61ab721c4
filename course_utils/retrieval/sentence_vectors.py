"""Vectors of sentences, by MiniLM."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import load_backbone, load_tokenizer
from course_utils.retrieval.ranking import require_texts
from course_utils.transfer import extract_features

_TOKENS = 48  # a sentence of the handbook, or a question; what is longer is cut off
_BATCH = 50


def sentence_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return one vector of length 1 for each text: similar ones for texts about the same thing.

    Args:
        texts: sentences; of a longer text the first 48 tokens count.

    Returns:
        float32 ``(texts, 384)``.

    Raises:
        CourseError: a text is empty, or MiniLM isn't on this computer.
    """
    require_texts(texts)
    network, tokenizer = _minilm()
    found = extract_features(network, tokenizer(list(texts), _TOKENS), batch_size=_BATCH)
    vectors: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return vectors


@lru_cache(maxsize=1)
def _minilm() -> tuple[Any, Any]:
    return load_backbone("minilm"), load_tokenizer("minilm")
