"""Deal recordings or texts into parts: copies and groups stay together, and every part has some of every class."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.adapting.folder_task import WORDS, FolderTask, Material, tiny_classes
from course_utils.data import PARTS, Split
from course_utils.data.dealing import deal
from course_utils.data.duplicate_notes import duplicate_notes
from course_utils.data.duplicates import Pairs, united
from course_utils.data.picture_files import counted, first_few
from course_utils.errors import CourseError

_SMALLEST = 3  # of a class


def deal_all(
    source: Path,
    class_names: tuple[str, ...],
    inputs: NDArray[Any],
    labels: NDArray[np.int64],
    names: Sequence[str],
    contents: Sequence[str],
    groups: Sequence[str] | None,
    seed: int,
    modality: Material,
    notes: Sequence[str],
    texts: Sequence[str] = (),
    near: Pairs | None = None,
) -> FolderTask:
    """Deal 60 / 20 / 20, class by class.

    Args:
        inputs: what the network takes, ``(n, ...)``.
        labels: int64 ``(n,)``, sorted.
        names: of every input, as ``FolderTask.files``.
        contents: a text for each input; equal ones are copies.
        groups: of every input; None if nothing says what belongs together.
        notes: what is odd so far.
        texts: as they were written, if they are texts.
        near: pairs of rows that are nearly the same, which stay together if every part gets some of every class.

    Raises:
        CourseError: a class has fewer than three inputs, or too few groups or different inputs for three parts.
    """
    thing = WORDS[modality][0]
    counts = np.bincount(labels, minlength=len(class_names))
    smallest = int(counts.argmin())
    if counts[smallest] < _SMALLEST:
        raise CourseError(
            f"{source} has {counted(int(counts[smallest]), thing)} of {class_names[smallest]} that can be used; a "
            f"class needs at least {_SMALLEST}. {' '.join(notes)}".rstrip()
        )
    copies = _same(contents)
    near = copies if near is None else near
    certain = [copies]
    if groups:
        certain.append(_same([group or f"\0{row}" for row, group in enumerate(groups)]))
    unit = united(len(labels), np.concatenate([*certain, near]))
    dealt = deal(labels, unit, seed)
    together = not any(_missing(labels, rows) for rows in dealt.values())
    if not together:
        unit = united(len(labels), np.concatenate(certain))
        dealt = deal(labels, unit, seed)
    for part in PARTS:
        if missing := _missing(labels, dealt[part]):
            name = class_names[missing[0]]
            raise CourseError(
                f"{source} has no {'group' if groups else thing} of {name} left for the {part} part, since "
                f"{'a group is' if groups else 'copies are'} never split. Each class needs at least {_SMALLEST} "
                f"{'groups' if groups else f'different {thing}s'}: add some."
            )
    told = [*notes, *duplicate_notes(names, labels, copies, near, together, thing)]
    test = np.bincount(labels[dealt["test"]], minlength=len(class_names))
    told += tiny_classes(class_names, test, modality)
    if counts.max() > 3 * counts.min():
        few = [
            f"{name} ({number})" for name, number in zip(class_names, counts, strict=True) if 3 * number < counts.max()
        ]
        told.append(f"The classes are of very different size: few {thing}s of {first_few(few)}.")
    return FolderTask(
        source,
        class_names,
        {part: Split(inputs[rows], labels[rows]) for part, rows in dealt.items()},
        {part: tuple(names[row] for row in rows) for part, rows in dealt.items()},
        {part: unit[rows] for part, rows in dealt.items()},
        tuple(told),
        modality,
        {part: tuple(texts[row] for row in rows) for part, rows in dealt.items()} if texts else {},
    )


def _missing(labels: NDArray[np.int64], rows: NDArray[np.intp]) -> list[int]:
    """Return the classes of which a part has nothing."""
    return [int(label) for label in np.setdiff1d(labels, labels[rows])]


def _same(keys: Sequence[str]) -> NDArray[np.intp]:
    """Pair every row with the first one of the same key."""
    first: dict[str, int] = {}
    pairs = [(first.setdefault(key, row), row) for row, key in enumerate(keys)]
    return np.array([pair for pair in pairs if pair[0] != pair[1]], np.intp).reshape(-1, 2)
