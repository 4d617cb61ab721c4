"""Label budgets of text: bag of words and frozen networks on the same labels."""

from functools import lru_cache
from typing import Any, NamedTuple

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


class TextFeatures(NamedTuple):
    """The features of many texts: ``row`` of each text, and float32 ``(n, 384)`` by block."""

    row: dict[str, int]
    by_block: dict[str, NDArray[np.float32]]


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
        features = features_by_text(task, weights)
        learned, tested = (look_up(features, block, part.inputs) for part in (few, texts.test))
        accuracy = float(linear_probe(learned, few.labels).score(tested, texts.test.labels))
        measured.append({"method": method, "accuracy": accuracy})
    return measured


@lru_cache(maxsize=12)
def features_by_text(task: str, weights: str | None) -> TextFeatures:
    """Return the features of all texts of a task: the split decides only which of them are used."""
    tokens, texts = as_tokens(task, 0), load_texts(task)
    everything = np.concatenate([getattr(texts, part).inputs for part in PARTS])
    ids = np.concatenate([getattr(tokens, part).inputs for part in PARTS])
    rows = {text: row for row, text in enumerate(everything.tolist())}
    return TextFeatures(rows, block_features(load_backbone("minilm", weights=weights), ids))


def look_up(features: TextFeatures, block: str, texts: NDArray[Any]) -> NDArray[np.float32]:
    """Return the features of texts after a block, float32 ``(n, 384)``."""
    found: NDArray[np.float32] = features.by_block[block][[features.row[text] for text in texts.tolist()]]
    return found
