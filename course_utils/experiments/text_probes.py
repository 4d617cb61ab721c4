"""What each layer of a text network makes easy: surface, grammar or meaning."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from course_utils.backbones import load_backbone, load_tokenizer
from course_utils.data import Dataset, deal_texts, tokenised
from course_utils.data.library_texts import docstring_sentences
from course_utils.experiments.text_budgets import TEXT_LENGTHS, as_tokens
from course_utils.inspection import probe_blocks

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
_PER_CLASS = 60


@lru_cache(maxsize=32)
def property_task(name: str, seed: int) -> Dataset:
    """Return the docstrings' sentences with one property as label, as many with it as without, as token ids."""
    found: dict[bool, list[tuple[str, int, str]]] = {False: [], True: []}
    for text, _, module in docstring_sentences():
        found[PROPERTIES[name](text)].append((text, int(PROPERTIES[name](text)), module))
    fewest = min(len(texts) for texts in found.values())
    part = deal_texts(found[False] + found[True], 2, min(400, fewest), seed)
    task = Dataset(name, ("without", "with"), part, "")
    return tokenised(task, load_tokenizer("minilm"), TEXT_LENGTHS["docstrings"])


def layer_rows(what: str, weights: str | None, seed: int) -> list[dict[str, Any]]:
    """Probe every block of MiniLM for a property or a meaning, 60 labels per class; rows as ``probe_blocks``."""
    task = property_task(what, seed) if what in PROPERTIES else as_tokens(MEANINGS[what], seed)
    rows = probe_blocks(
        load_backbone("minilm", weights=weights), task.train, task.test, per_class=_PER_CLASS, seeds=[seed]
    )
    return [{**row, "classes": task.num_classes} for row in rows]
