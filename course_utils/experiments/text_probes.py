"""What each layer of a text network makes easy: surface, grammar or meaning."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from course_utils.backbones import load_backbone, load_tokenizer
from course_utils.data import deal_texts, load_texts
from course_utils.data.library_texts import docstring_sentences
from course_utils.experiments.text_budgets import TEXT_LENGTHS, TextFeatures, features_by_text, look_up
from course_utils.inspection import block_features
from course_utils.transfer import linear_probe

_NEGATION = re.compile(r"\b(not|no|never|none|nothing|neither|nor|without|cannot|\w+n't)\b", re.IGNORECASE)
_LONG = 13  # words: about half of the sentences have more

#: Questions about a sentence that nobody needs a label for.
PROPERTIES: dict[str, Callable[[str], bool]] = {
    "length": lambda text: len(text.split()) > _LONG,
    "comma": lambda text: "," in text,
    "negation": lambda text: bool(_NEGATION.search(text)),
}
#: Tasks whose labels are about meaning.
MEANINGS = {"word sentiment": "words", "desk": "support", "review sentiment": "reviews"}
_SENTENCES, _OF_EACH, _PER_CLASS = 1000, 250, 60


def layer_rows(what: str, weights: str | None, seed: int) -> list[dict[str, Any]]:
    """Probe every block of MiniLM for a property or a meaning, with 60 labels of each class; test groups are unseen.

    Returns:
        Rows with ``block``, ``accuracy`` (0..1) and ``classes``, how many there are.
    """
    if what in PROPERTIES:
        features, part = _docstring_features(weights), _property_parts(what, seed)
        train, test, classes = part("train"), part("test"), 2
    else:
        task = load_texts(MEANINGS[what], seed)
        features, train, test, classes = features_by_text(task.name, weights), task.train, task.test, task.num_classes
    few = train.few(_PER_CLASS, seed)
    rows = []
    for block in features.by_block:
        probe = linear_probe(look_up(features, block, few.inputs), few.labels)
        accuracy = float(probe.score(look_up(features, block, test.inputs), test.labels))
        rows.append({"block": block, "accuracy": accuracy, "classes": classes})
    return rows


@lru_cache
def _sentences() -> list[tuple[str, int, str]]:
    """Return a thousand sentences of documentation strings, always the same ones."""
    found = docstring_sentences()
    return [found[row] for row in np.random.default_rng(0).permutation(len(found))[:_SENTENCES]]


def _property_parts(name: str, seed: int) -> Callable[..., Any]:
    """Deal the sentences with a property as label, as many with it as without."""
    asked = PROPERTIES[name]
    labelled = [(text, int(asked(text)), module) for text, _, module in _sentences()]
    fewest = min(sum(label == wanted for _, label, _ in labelled) for wanted in (0, 1))
    return deal_texts(labelled, 2, min(_OF_EACH, fewest), seed)


@lru_cache(maxsize=2)
def _docstring_features(weights: str | None) -> TextFeatures:
    texts = [text for text, _, _ in _sentences()]
    ids = load_tokenizer("minilm")(texts, TEXT_LENGTHS["docstrings"])
    rows = {text: row for row, text in enumerate(texts)}
    return TextFeatures(rows, block_features(load_backbone("minilm", weights=weights), ids))
