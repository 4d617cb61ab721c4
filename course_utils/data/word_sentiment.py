"""Single words and whether people hear something good or bad in them, from the lexicon of vaderSentiment."""

from importlib.util import find_spec
from pathlib import Path

from course_utils.data.text_splits import LabelledText
from course_utils.errors import CourseError

CLASSES = ("negative", "positive")
_STEM = 4  # letters: words that begin with the same ones count as one stem
_CLEAR = 1.0  # the least mean rating on either side, of -4..4: words that people agree on


def word_sentiment() -> list[LabelledText]:
    """Return the words that ten people rated clearly, each with its stem as group (Hutto and Gilbert 2014).

    Raises:
        CourseError: the lexicon's package is not installed.
    """
    found = []
    for line in _lexicon().read_text(encoding="utf-8").splitlines():
        word, rating, *_ = line.split("\t")
        if word.isascii() and word.isalpha() and len(word) >= _STEM and abs(float(rating)) >= _CLEAR:
            found.append((word.lower(), int(float(rating) > 0), word.lower()[:_STEM]))
    return list(dict.fromkeys(found))


def _lexicon() -> Path:
    """Return the lexicon's file; the package around it is never run."""
    package = find_spec("vaderSentiment")
    if package is None or not package.submodule_search_locations:
        raise CourseError("The package vaderSentiment, whose lexicon this task reads, is missing: run make lab again.")
    return Path(package.submodule_search_locations[0]) / "vader_lexicon.txt"
