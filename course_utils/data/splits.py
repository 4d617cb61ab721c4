"""Labelled inputs of any kind, and the task whose parts they are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError

PartName = Literal["train", "validation", "test"]
PARTS: tuple[PartName, ...] = get_args(PartName)


@dataclass(frozen=True, eq=False)
class Split:
    """Inputs with one label each.

    Attributes:
        inputs: ``(n, ...)``: pictures uint8 ``(n, h, w, 3)``, token ids int ``(n, length)``, waves float
            ``(n, samples)``, or cached features float ``(n, channels)``.
        labels: int64 ``(n,)``, in 0..classes-1.
    """

    inputs: NDArray[Any]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def images(self) -> NDArray[Any]:
        """The inputs under their former name, which learners' older notebooks use."""
        return self.inputs

    def few(self, per_class: int, seed: int = 0) -> "Split":
        """Draw the same number of inputs from every class, shuffled; another seed draws others.

        Raises:
            CourseError: ``per_class`` is below 1 or more than the smallest class has.
        """
        rows = self.few_rows(per_class, seed)
        return Split(self.inputs[rows], self.labels[rows])

    def few_rows(self, per_class: int, seed: int = 0) -> NDArray[np.intp]:
        """Return the rows that ``few`` draws, int ``(classes * per_class,)``, to select from values computed once.

        Raises:
            CourseError: as ``few``.
        """
        classes, counts = np.unique(self.labels, return_counts=True)
        smallest = int(counts.min()) if len(counts) else 0
        if not 1 <= per_class <= smallest:
            raise CourseError(
                f"per_class={per_class} cannot be drawn: it must lie in 1..{smallest}, the size of the smallest class."
            )
        rng = np.random.default_rng(seed)
        chosen = [rng.permutation(np.flatnonzero(self.labels == c))[:per_class] for c in classes]
        return rng.permutation(np.concatenate(chosen))


@dataclass(frozen=True, eq=False)
class Dataset:
    """A task: training, validation and test inputs, the names of the classes and a card in one sentence.

    A part is made when it is first asked for: a drawn task has thousands of pictures that may never be needed.
    """

    name: str
    class_names: tuple[str, ...]
    make_part: Callable[[PartName], Split]
    card: str

    @cached_property
    def train(self) -> Split:
        """What is learned from."""
        return self.make_part("train")

    @cached_property
    def validation(self) -> Split:
        """What choices are made on."""
        return self.make_part("validation")

    @cached_property
    def test(self) -> Split:
        """What the result is measured on, once."""
        return self.make_part("test")

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)


def as_model_inputs(inputs: NDArray[Any]) -> NDArray[Any]:
    """Convert inputs to the type that a network takes: pictures, waves and features float32, token ids int32.

    Bytes are pixels; wider integers are token ids.
    """
    whole = np.issubdtype(inputs.dtype, np.integer) and inputs.dtype != np.uint8
    return inputs.astype(np.int32 if whole else np.float32)
