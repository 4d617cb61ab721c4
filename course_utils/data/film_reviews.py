"""Sentences from film reviews, where their files are at hand: ``rotten_tomatoes`` in a folder of yours."""

import os
from pathlib import Path

from course_utils.data.text_splits import LabelledText
from course_utils.errors import CourseError

CLASSES = ("negative", "positive")
_FILES = ("rt-polarity.neg", "rt-polarity.pos")


def film_reviews_folder() -> Path | None:
    """Return the folder with the files, or None: ``rotten_tomatoes`` in the folder ``COURSE_REAL_ASSETS`` names."""
    assets = os.environ.get("COURSE_REAL_ASSETS")
    folder = Path(assets) / "rotten_tomatoes" if assets else None
    return folder if folder and all((folder / file).is_file() for file in _FILES) else None


def film_reviews() -> list[LabelledText]:
    """Return the sentences, each a group of its own: the files don't say which film one is about (Pang and Lee 2005).

    Raises:
        CourseError: the files are not on this computer, or are not in UTF-8.
    """
    folder = film_reviews_folder()
    if folder is None:
        raise CourseError(
            f"The film reviews are not on this computer. Put {' and '.join(_FILES)} into a folder rotten_tomatoes, and "
            "name the folder around it in COURSE_REAL_ASSETS. Their licence doesn't let the course ship them."
        )
    found: dict[str, LabelledText] = {}
    for label, file in enumerate(_FILES):
        try:
            text = (folder / file).read_text(encoding="utf-8")
        except UnicodeDecodeError as problem:
            raise CourseError(f"{folder / file} is not in UTF-8 ({problem}). Save it in UTF-8.") from problem
        for line in filter(None, map(str.strip, text.splitlines())):
            found.setdefault(line, (line, label, f"{label}.{len(found)}"))
    return list(found.values())
