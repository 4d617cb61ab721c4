"""Find the pictures in a folder with one sub-folder per class, and tell a wrong folder from a right one."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.errors import CourseError

#: Endings of files that are taken for pictures; what is in them decides in the end.
SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif")
)
#: One picture for each part.
SMALLEST_CLASS = 3
#: A table of this name in the folder says which pictures belong together.
GROUPS_FILE = "groups.csv"
_LITTER = frozenset(
    ["thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "lost+found", "__macosx", "__pycache__", "@eadir"]
)
_DEEPEST = 2  # levels below a folder that are searched for the one that was meant
_MOST_VISITED = 500  # folders


@dataclass(frozen=True)
class PictureFile:
    """One file as it is on disk; another size or time means another picture.

    Attributes:
        name: path relative to the folder, with ``/``: ``ants/photo1.jpg``.
        label: number of the class.
        bytes: size.
        modified: time of the last change, ns.
    """

    name: str
    label: int
    bytes: int
    modified: int


@dataclass(frozen=True)
class PictureFolder:
    """What a folder holds: the names of its classes, sorted, and the files of each, sorted.

    Attributes:
        notes: what was left out, in sentences.
        groups_modified: time of the last change of ``groups.csv``, ns; None if there is no such file.
    """

    path: Path
    class_names: tuple[str, ...]
    files: tuple[PictureFile, ...]
    notes: tuple[str, ...] = ()
    groups_modified: int | None = None


def find_pictures(folder: Path) -> PictureFolder:
    """List the pictures of every class; nothing is opened.

    Hidden files and the litter of operating systems are skipped. Links to files and to folders of classes are followed.

    Raises:
        CourseError: fewer than two classes, or a class of fewer than three pictures; the message says where the
            classes are if they lie one or two levels deeper, or one higher.
    """
    entries = _entries(folder)
    classes = sorted((e for e in entries if _is_folder(e)), key=lambda e: os.path.normcase(e.name))
    loose = sorted(e.name for e in entries if _looks_like_picture(e))
    inside = [_entries(Path(entry.path)) for entry in classes]
    if len(classes) < 2 or not any(_looks_like_picture(e) for found in inside for e in found):
        raise _not_classes(folder, len(classes), loose)
    files: list[PictureFile] = []
    for label, (entry, found) in enumerate(zip(classes, inside, strict=True)):
        pictures = [e for e in found if _looks_like_picture(e)]
        if len(pictures) < SMALLEST_CLASS:
            raise _small_class(Path(entry.path), len(pictures), found)
        pictures.sort(key=lambda e: os.path.normcase(e.name))
        files += [PictureFile(f"{entry.name}/{e.name}", label, *_size_and_time(e)) for e in pictures]
    return PictureFolder(
        path=folder,
        class_names=tuple(e.name for e in classes),
        files=tuple(files),
        notes=tuple(_left_out(folder, loose, inside)),
        groups_modified=next((_size_and_time(e)[1] for e in entries if e.name == GROUPS_FILE), None),
    )


def counted(number: int, noun: str) -> str:
    """Return ``1 picture``, ``12 pictures``; ``noun`` is the singular and takes an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def first_few(names: Sequence[str], most: int = 5) -> str:
    """List the first names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return [e for e in found if not e.name.startswith(".") and e.name.lower() not in _LITTER]
    except OSError as problem:
        raise CourseError(f"{folder} cannot be read ({problem.strerror}). Check its permissions.") from problem


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a loop
        return False


def _looks_like_picture(entry: os.DirEntry[str]) -> bool:
    return os.path.splitext(entry.name)[1].lower() in SUFFIXES and not _is_folder(entry)  # noqa: PTH122 - it is faster


def _size_and_time(entry: os.DirEntry[str]) -> tuple[int, int]:
    try:
        status = entry.stat()
    except OSError:  # a link to nothing; reading it will say so
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _left_out(folder: Path, loose: list[str], inside: list[list[os.DirEntry[str]]]) -> list[str]:
    notes = []
    if loose:
        notes.append(
            f"{counted(len(loose), 'picture')} in {folder.name} itself, beside the folders of the classes, "
            f"{'was' if len(loose) == 1 else 'were'} left out: {first_few(loose)}. Move each into its class's folder."
        )
    deeper = [
        Path(e.path).relative_to(folder).as_posix()
        for found in inside
        for e in found
        if _is_folder(e) and _holds_pictures(Path(e.path))
    ]
    if deeper:
        notes.append(
            f"The pictures in {first_few(deeper)} were left out: a class's pictures must lie in its folder itself, "
            "not in one inside it."
        )
    return notes


def _holds_pictures(folder: Path) -> bool:
    try:
        return any(_looks_like_picture(e) for e in _entries(folder))
    except CourseError:  # no permission
        return False


def _small_class(folder: Path, count: int, entries: list[os.DirEntry[str]]) -> CourseError:
    inside = [e.name for e in entries if _is_folder(e) and _holds_pictures(Path(e.path))]
    endings = sorted({Path(e.name).suffix.lower() for e in entries if not _is_folder(e)} - SUFFIXES - {""})
    cause = ""
    if inside:
        cause = f" The pictures in the folders inside it ({first_few(inside)}) are not read: move them up."
    elif endings and not count:
        cause = f" Its files end in {first_few(endings)}: export them as JPEG or PNG."
    elif not count:
        cause = " If it isn't a class, move it elsewhere."
    return CourseError(
        f"{folder} has {counted(count, 'picture')}; a class needs at least {SMALLEST_CLASS} "
        f"(files that end in {', '.join(sorted(SUFFIXES))}).{cause}"
    )


def _not_classes(folder: Path, sub_folders: int, loose: list[str]) -> CourseError:
    """Say what is wrong with a folder that doesn't hold classes, and which folder may have been meant."""
    deeper = _collections_below(folder)
    if deeper:
        names = first_few([path.relative_to(folder).as_posix() for path in deeper])
        best = next((path for path in deeper if path.name.lower().startswith("train")), deeper[0])
        return CourseError(
            f"The classes don't lie in {folder} itself, but deeper, in {names}: point at {best}. "
            "The course deals its pictures into training, validation and test parts itself."
        )
    if loose and _is_collection(folder.absolute().parent):
        return CourseError(
            f"{folder} holds the pictures of one class: point at the folder that holds all the classes, "
            f"{folder.absolute().parent}."
        )
    if loose:
        return CourseError(
            f"The {counted(len(loose), 'picture')} in {folder} lie in the folder itself: make one sub-folder per "
            "class in it, and move each picture into its class's."
        )
    return CourseError(
        f"{folder} has {counted(sub_folders, 'sub-folder')}; it needs at least two with pictures, one for each class."
    )


def _collections_below(folder: Path) -> list[Path]:
    """Return the nearest folders below that hold at least two folders with pictures; each is visited once."""
    level, seen = [folder], {os.path.realpath(folder)}
    for _ in range(_DEEPEST):
        below = []
        for path in level:
            for child in _sub_folders(path):
                real = os.path.realpath(child)
                if real not in seen and len(seen) < _MOST_VISITED:
                    seen.add(real)
                    below.append(child)
        if found := [path for path in below if _is_collection(path)]:
            return found
        level = below
    return []


def _is_collection(folder: Path) -> bool:
    return sum(map(_holds_pictures, _sub_folders(folder)[:_MOST_VISITED])) >= 2


def _sub_folders(folder: Path) -> list[Path]:
    try:
        return sorted(Path(e.path) for e in _entries(folder) if _is_folder(e))
    except CourseError:  # no permission
        return []
