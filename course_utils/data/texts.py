"""``load_texts``: tasks of short texts, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from course_utils.data import film_reviews, library_texts, support_messages, word_sentiment
from course_utils.data.splits import Dataset
from course_utils.data.text_splits import LabelledText, deal_texts
from course_utils.errors import CourseError


@dataclass(frozen=True)
class _Source:
    """Where a task's texts come from, and how many of each class are used."""

    classes: tuple[str, ...]
    texts: Callable[[], list[LabelledText]]
    per_class: int
    card: str


_SOURCES = {
    "words": _Source(
        word_sentiment.CLASSES,
        word_sentiment.word_sentiment,
        1000,
        "Single words that people rated as good or bad; words that begin alike are never in two parts.",
    ),
    "docstrings": _Source(
        library_texts.CLASSES,
        library_texts.docstring_sentences,
        240,
        "Sentences of Python's documentation strings: from which library? No module is in two parts.",
    ),
    "support": _Source(
        support_messages.CLASSES,
        support_messages.support_messages,
        240,
        "Messages to a shop, written by a grammar: for which desk? No wording is in two parts.",
    ),
    "reviews": _Source(
        film_reviews.CLASSES,
        film_reviews.film_reviews,
        500,
        "Real: sentences from film reviews, good or bad; the files must be at hand.",
    ),
    "code": _Source(
        library_texts.CLASSES,
        library_texts.code_lines,
        240,
        "Lines of code: from which library? No module is in two parts. A far target for a network that read prose.",
    ),
}


def text_names() -> tuple[str, ...]:
    """Return the names of the tasks of texts."""
    return tuple(_SOURCES)


@lru_cache(maxsize=32)
def load_texts(name: str, seed: int = 0) -> Dataset:
    """Load a task of short texts.

    Args:
        name: one of ``text_names()``.
        seed: decides which groups (stems, modules, wordings) are learned from and which are tested on.

    Returns:
        The task. Its parts are ``TextSplit``: texts, labels and groups.

    Raises:
        CourseError: an unknown name, or a task whose files are not on this computer.
    """
    if name not in _SOURCES:
        raise CourseError(f"There are no texts {name!r}. Known: {', '.join(_SOURCES)}.")
    source = _SOURCES[name]
    part = deal_texts(_read(name), len(source.classes), source.per_class, seed)
    return Dataset(name, source.classes, part, source.card)


@lru_cache
def _read(name: str) -> list[LabelledText]:
    return _SOURCES[name].texts()
