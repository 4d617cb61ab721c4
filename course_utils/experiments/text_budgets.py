"""Label budgets of text: bag of words and frozen networks on the same labels."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import load_backbone, load_tokenizer
from course_utils.data import PARTS, Dataset, Split, load_texts, tokenised
from course_utils.experiments.bag_of_words import bag_of_words
from course_utils.inspection import block_features
from course_utils.transfer import linear_probe

#: Tokens in a row, start and end included: nine of ten texts fit, and the end of the others is cut off.
TEXT_LENGTHS = {"words": 8, "docstrings": 32, "support": 32, "reviews": 40, "code": 32}
#: Three networks that stay frozen: weights, and the block whose output is probed.
FROZEN = {
    "MiniLM, frozen": ("pretrained", "layer6"),
    "its word vectors": ("pretrained", "embeddings"),
    "random, frozen": (None, "layer6"),
}

_Blocks = dict[str, NDArray[np.float32]]


def as_tokens(task: str, seed: int) -> Dataset:
    """Return a task of ``load_texts`` as token ids of MiniLM's, as long as its texts need."""
    return tokenised(load_texts(task, seed), load_tokenizer("minilm"), TEXT_LENGTHS[task])


def budget_rows(task: str, labels: int, seed: int) -> list[dict[str, Any]]:
    """Measure bag of words and three frozen networks on ``labels`` texts of every class.

    Returns:
        Rows with ``method`` and ``accuracy``, 0..1, on test texts.
    """
    texts = load_texts(task, seed)
    rows = texts.train.few_rows(labels, seed)
    few = Split(texts.train.inputs[rows], texts.train.labels[rows])
    words = bag_of_words(few, texts.validation).score(texts.test.inputs, texts.test.labels)
    measured = [{"method": "bag of words", "accuracy": float(words)}]
    for method, (weights, block) in FROZEN.items():
        features = _by_text(task, weights)
        learned, tested = (_look_up(features, block, part.inputs) for part in (few, texts.test))
        accuracy = float(linear_probe(learned, few.labels).score(tested, texts.test.labels))
        measured.append({"method": method, "accuracy": accuracy})
    return measured


@lru_cache(maxsize=2)
def _by_text(task: str, weights: str | None) -> tuple[dict[str, int], _Blocks]:
    """Return all texts of a task with their row, and the features of every block: the split decides only which."""
    tokens, texts = as_tokens(task, 0), load_texts(task)
    everything = np.concatenate([getattr(texts, part).inputs for part in PARTS])
    ids = np.concatenate([getattr(tokens, part).inputs for part in PARTS])
    features = block_features(load_backbone("minilm", weights=weights), ids)
    return {text: row for row, text in enumerate(everything.tolist())}, features


def _look_up(features: tuple[dict[str, int], _Blocks], block: str, texts: NDArray[Any]) -> NDArray[np.float32]:
    rows, by_block = features
    return by_block[block][[rows[text] for text in texts.tolist()]]
