"""Which kind of files a source holds: it must be one kind, since what was left out would be missed by nobody."""

from collections import Counter
from pathlib import Path

from course_utils.adapting.folder_task import WORDS, Material
from course_utils.data.picture_files import SUFFIXES, counted, first_few
from course_utils.data.sounds import SOUND_ENDINGS
from course_utils.errors import CourseError

TABLE_ENDINGS = (".csv", ".tsv")
_KINDS: dict[str, frozenset[str]] = {
    "pictures": frozenset(SUFFIXES),
    "sounds": frozenset((*SOUND_ENDINGS, ".m4a", ".aac")),
    "texts": frozenset((*TABLE_ENDINGS, ".txt", ".json", ".jsonl", ".xlsx", ".parquet")),
    "films": frozenset((".mp4", ".mov", ".avi", ".mkv", ".webm")),
}
_OURS = frozenset(("groups.csv", "readme.txt"))


def kind_of(source: Path) -> Material:
    """Say what a source holds: a table holds texts, and a folder what most of its classes' files are.

    Raises:
        CourseError: there is no such source, or it is a file of another kind.
    """
    if not source.exists():
        raise CourseError(
            f"There is no folder {source}, and no such file. Check the path: it must be a folder with one sub-folder "
            "per class, or a CSV file of texts."
        )
    if source.is_file():
        if source.suffix.lower() in TABLE_ENDINGS:
            return "texts"
        raise CourseError(
            f"{source} is a file, but pictures and recordings come in a folder, with one sub-folder per class, and "
            "texts in a CSV file. Unpack it if it is an archive, or save it as CSV."
        )
    numbers = _numbers(source)
    return "sounds" if numbers["sounds"] > numbers["pictures"] else "pictures"


def require_one_kind(folder: Path, kind: Material) -> None:
    """Refuse a folder that isn't there, or whose classes hold other kinds of files beside or instead of ``kind``.

    Raises:
        CourseError: as it says.
    """
    if kind_of(folder) == "texts":
        raise CourseError(
            f"{folder} is a table of texts: give a folder with one sub-folder of {WORDS[kind][1]} per class."
        )
    endings, numbers = _endings(folder), _numbers(folder)
    for other in _KINDS:
        if other == kind or not numbers[other]:
            continue
        if not numbers[kind]:
            hint = ": put texts into one CSV file with the columns text and label" if other == "texts" else ""
            raise CourseError(f"{folder} holds {other}, not {kind}{hint}. Give a folder of {WORDS[kind][1]}.")
        raise CourseError(
            f"{folder} mixes {counted(numbers[kind], WORDS[kind][0])} with {counted(numbers[other], 'file')} of "
            f"{other} ({first_few(sorted(_KINDS[other] & endings.keys()))}). Move those elsewhere, so that each class "
            f"holds {WORDS[kind][1]}."
        )


def _numbers(folder: Path) -> dict[str, int]:
    endings = _endings(folder)
    return {kind: sum(endings[ending] for ending in known) for kind, known in _KINDS.items()}


def _endings(folder: Path) -> Counter[str]:
    """Count the endings of the files in a folder's classes."""
    return Counter(
        path.suffix.lower()
        for path in folder.glob("*/*")
        if path.is_file() and not path.name.startswith(".") and path.name.lower() not in _OURS
    )
