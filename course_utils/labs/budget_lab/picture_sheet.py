"""The pictures that a few labels are about, as one small image that the page cuts up."""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from course_utils.data import Split, load_dataset
from course_utils.errors import CourseError
from course_utils.labs.budget_lab.label_budget import SEEDS, TABLE, TASKS, page_data, recorded_budgets

SHOWN: int = TABLE["shown"]
_QUALITY = 85  # about 80 kB a task


def picture_sheet(task: str) -> str:
    """Return the first pictures of every class that each seed draws, as the address of a WebP image.

    A row of the image is a class. Its columns are ``SHOWN`` pictures for each seed: a smaller budget draws the first
    of them, and no others.
    """
    train = load_dataset(task).train
    columns = [column for seed in SEEDS for column in _in_order(train, seed)]
    sheet = np.concatenate([np.concatenate(list(column)) for column in columns], axis=1)
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, "WEBP", quality=_QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def whole_page_data() -> dict[str, Any]:
    """Return what a web page needs, where nothing can be asked for later: the curves, and the pictures of every task.

    Raises:
        CourseError: a recording is missing or damaged.
    """
    found = {task: recorded_budgets(task) for task in TASKS}
    for recorded in found.values():
        if recorded.missing:
            raise CourseError(recorded.missing)
    return {**page_data(found), "pictures": {task: picture_sheet(task) for task in TASKS}}


def _in_order(train: Split, seed: int) -> list[np.ndarray]:
    """Return, for 1 to ``SHOWN`` labels, the picture of every class that comes with the last of them."""
    before: set[int] = set()
    new = []
    for labels in range(1, SHOWN + 1):
        drawn = set(train.few_rows(labels, seed).tolist())
        rows = sorted(drawn - before, key=lambda row: int(train.labels[row]))
        new.append(train.inputs[rows])
        before = drawn
    return new
