"""Masked words: what a frozen network's state at a hidden word still says about the word."""

from collections import Counter
from functools import lru_cache
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import OneHotEncoder

from course_utils.backbones import blocks, load_backbone, load_tokenizer
from course_utils.backbones.minilm import vocabulary_file
from course_utils.backbones.wordpiece import WordPiece
from course_utils.data import PartName, deal_texts
from course_utils.data.library_texts import docstring_sentences
from course_utils.transfer import linear_probe

CLASSES, _OF_EACH, _LENGTH = 20, 40, 32
_MASK, _FIRST_WORD = 103, 1996  # ids; whole words begin there, behind special tokens, letters and marks
_BLOCKS = ("embeddings", "layer2", "layer4", "layer6")


class _Hidden(NamedTuple):
    """Sentences with one word hidden: ids ``(n, 32)``, where it was, and which of the words it was, ``(n,)`` each."""

    ids: NDArray[np.int32]
    places: NDArray[np.intp]
    labels: NDArray[np.int64]


def masked_word_rows(weights: str | None, seed: int) -> list[dict[str, Any]]:
    """Guess which of 20 frequent words was hidden, by a linear probe on the states at the mask; modules are disjoint.

    Returns:
        Rows with ``method``, a block or "its two neighbours" (a probe on the words left and right of the mask, which
        needs no network), and ``accuracy``, 0..1; guessing gets 5 %.
    """
    train, test = _part("train", seed), _part("test", seed)
    rows = []
    learned, tested = (_states(weights, part.ids, part.places) for part in (train, test))
    for block in _BLOCKS:
        accuracy = linear_probe(learned[block], train.labels).score(tested[block], test.labels)
        rows.append({"method": block, "accuracy": float(accuracy)})
    if weights:
        beside = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(_neighbours(train))
        probe = linear_probe(beside.transform(_neighbours(train)), train.labels, c=1.0)
        accuracy = probe.score(beside.transform(_neighbours(test)), test.labels)
        rows.append({"method": "its two neighbours", "accuracy": float(accuracy)})
    return rows


@lru_cache(maxsize=5)
def frequent_words(seed: int) -> dict[int, list[tuple[str, int, str]]]:
    """Return, by token id, the sentences for each of the 20 most frequent words; each serves one, drawn by seed."""
    tokenizer = WordPiece(vocabulary_file())
    found = docstring_sentences()
    found = [found[row] for row in np.random.default_rng(seed).permutation(len(found))]
    ids = tokenizer([text for text, _, _ in found], _LENGTH)
    counts = Counter(int(token) for row in ids for token in set(row.tolist()) if token >= _FIRST_WORD)
    pieces = {token: tokenizer.pieces_of([token])[0] for token in counts}
    words = [token for token, _ in counts.most_common() if not pieces[token].startswith("##")][:CLASSES]
    chosen: dict[int, list[tuple[str, int, str]]] = {word: [] for word in words}
    for (text, _, module), row in zip(found, ids, strict=True):
        here = [word for word in reversed(words) if word in row and len(chosen[word]) < _OF_EACH]  # the rarest first
        if here:
            chosen[here[0]].append((text, words.index(here[0]), module))
    return chosen


@lru_cache(maxsize=16)
def _part(name: PartName, seed: int) -> _Hidden:
    by_word = frequent_words(seed)
    part = deal_texts([text for texts in by_word.values() for text in texts], CLASSES, _OF_EACH, seed)
    split = part(name)
    ids = load_tokenizer("minilm")(split.inputs.tolist(), _LENGTH)
    wanted = np.array(list(by_word))[split.labels]
    places = (ids == wanted[:, None]).argmax(axis=1)
    ids[np.arange(len(ids)), places] = _MASK
    return _Hidden(ids, places, split.labels)


def _states(weights: str | None, ids: NDArray[np.int32], places: NDArray[np.intp]) -> dict[str, NDArray[np.float32]]:
    """Return each block's states at the hidden words, float32 ``(n, 384)``."""
    model = _by_block(weights)
    found: dict[str, list[NDArray[np.float32]]] = {block: [] for block in _BLOCKS}
    for start in range(0, len(ids), 64):
        rows = slice(start, start + 64)
        outputs = [np.asarray(output) for output in model(ids[rows], training=False)]
        for block, output in zip(_BLOCKS, outputs, strict=True):
            found[block].append(output[np.arange(len(output)), places[rows]])
    return {block: np.concatenate(parts) for block, parts in found.items()}


@lru_cache(maxsize=2)
def _by_block(weights: str | None) -> keras.Model:
    network = load_backbone("minilm", weights=weights)
    ends = blocks(network)
    return keras.Model(network.input, [ends[block][-1].output for block in _BLOCKS])


def _neighbours(part: _Hidden) -> NDArray[np.int32]:
    rows = np.arange(len(part.ids))
    return np.stack([part.ids[rows, part.places - 1], part.ids[rows, part.places + 1]], axis=1)
