"""Open a folder of pictures."""

from pathlib import Path

import numpy as np

from course_utils.adapting.folder_task import FolderTask, tiny_classes
from course_utils.adapting.source_kinds import require_one_kind
from course_utils.data import Split
from course_utils.data.folders import load_folder
from course_utils.data.picture_files import find_pictures


def open_folder(folder: Path, image_size: int, seed: int) -> FolderTask:
    """Read a folder with a sub-folder of pictures per class, and deal it 60 / 20 / 20.

    Raises:
        CourseError: there is no such folder; it holds sounds, texts or films beside or instead of pictures; or it is
            not a folder of classes (see ``load_dataset``).
    """
    require_one_kind(folder, "pictures")
    loaded = load_folder(find_pictures(folder), image_size, seed)
    parts = {part: Split(pictures, labels) for part, (pictures, labels) in loaded.parts.items()}
    counts = np.bincount(parts["test"].labels, minlength=len(loaded.class_names))
    notes = (*loaded.notes, *tiny_classes(loaded.class_names, counts, "pictures"))
    return FolderTask(folder, loaded.class_names, parts, loaded.files, loaded.units, notes)
