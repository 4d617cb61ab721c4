"""A close look at one sentence: its tokens' similarity in every layer, and how near labelled messages are."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import blocks, load_backbone
from course_utils.backbones.minilm import vocabulary_file
from course_utils.backbones.wordpiece import WordPiece
from course_utils.data import load_texts

#: Labelled messages of each desk, and the most tokens that are looked at, start and end included.
SHELF, MOST_TOKENS = 20, 32
_SEED = 0
#: Sentences for no desk in particular: two opposites, and one that two desks could answer.
_HAND_WRITTEN = ("The parcel arrived.", "The parcel did not arrive.", "I can't pay because the website logs me out.")


def shelf() -> list[dict[str, str]]:
    """Return the labelled messages, ``text`` and ``desk``: first one of every desk, then the next of every desk."""
    texts = load_texts("support", _SEED)
    few = texts.train.few(SHELF, _SEED)
    by_desk = [few.inputs[few.labels == label] for label in range(texts.num_classes)]
    return [
        {"text": str(own[number]), "desk": desk}
        for number in range(SHELF)
        for desk, own in zip(texts.class_names, by_desk, strict=True)
    ]


def sentences() -> list[dict[str, str]]:
    """Return the sentences to look at, ``text`` and ``desk``: one of each desk whose wording nobody learned from."""
    texts = load_texts("support", _SEED)
    first = [int(np.flatnonzero(texts.test.labels == label)[0]) for label in range(texts.num_classes)]
    messages = [
        {"text": str(texts.test.inputs[row]), "desk": desk} for row, desk in zip(first, texts.class_names, strict=True)
    ]
    return messages + [{"text": text, "desk": ""} for text in _HAND_WRITTEN]


def look_at(text: str) -> dict[str, Any]:
    """Look at a sentence with MiniLM, layer by layer; layer 0 is the word vectors.

    Returns:
        ``tokens``: the pieces, start and end included. ``similar``: by layer, the cosines between the tokens' states
        in hundredths. ``near``: by layer, the cosines with each message of ``shelf()`` in thousandths. ``nearest``: the
        largest of them in the last layer, -1..1.

    Raises:
        CourseError: MiniLM is not on this computer.
    """
    tokenizer = WordPiece(vocabulary_file())
    ids = tokenizer([text], MOST_TOKENS)
    ids = ids[:, : int((ids != 0).sum())]
    layers = [layer[0] for layer in _layers(ids)]
    states = [_unit(layer) for layer in layers]
    near = [on_shelf @ _unit(layer.mean(axis=0)) for on_shelf, layer in zip(_shelf_vectors(), layers, strict=True)]
    return {
        "tokens": tokenizer.pieces_of(ids[0]),
        "similar": [np.rint(100 * layer @ layer.T).astype(int).tolist() for layer in states],
        "near": [np.rint(1000 * layer).astype(int).tolist() for layer in near],
        "nearest": float(near[-1].max()),
    }


@lru_cache(maxsize=1)
def _shelf_vectors() -> list[NDArray[np.float32]]:
    ids = WordPiece(vocabulary_file())([message["text"] for message in shelf()], 40)
    real = (ids != 0)[..., None]
    return [_unit((layer * real).sum(axis=1) / real.sum(axis=1)) for layer in _layers(ids)]


def _layers(ids: NDArray[np.int32]) -> Sequence[NDArray[np.float32]]:
    return [np.asarray(output) for output in _model()(ids, training=False)]


@lru_cache(maxsize=1)
def _model() -> keras.Model:
    network = load_backbone("minilm")
    return keras.Model(network.input, [members[-1].output for members in blocks(network).values()])


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit
