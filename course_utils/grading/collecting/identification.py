"""Which lesson a notebook is: the one of the class whose text it has most of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from course_utils.grading.submissions import cell_source

_QUESTION = "-question"  # how the grade ids of the class's own questions end


def texts(cells: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return what a notebook's text cells say."""
    sources = (cell_source(dict(cell)) for cell in cells if cell.get("cell_type") == "markdown")
    return frozenset(source.strip() for source in sources if source and source.strip())


def is_lesson(cells: Sequence[Mapping[str, Any]], lesson: str, lessons: Mapping[str, frozenset[str]]) -> bool:
    """Say whether a notebook is the lesson ``lesson`` and not another one of ``lessons``, each given by its texts."""
    own = texts(cells)
    shared = {name: len(own & said) for name, said in lessons.items()}
    return shared[lesson] > 0 and shared[lesson] == max(shared.values())


def has_other_questions(cells: Sequence[Mapping[str, Any]], questions: frozenset[str]) -> bool:
    """Say whether a notebook has none of the class's own questions, so that its answers are to other ones."""
    return bool(questions) and not texts(cells) & questions


def questions_in(cells: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the texts of the class's own questions in a lesson that was handed out."""
    return texts(
        cell
        for cell in cells
        if str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")).endswith(_QUESTION)
    )
