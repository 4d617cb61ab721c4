"""Labelled texts, dealt into parts so that what belongs together stays together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from course_utils.data.dealing import deal
from course_utils.data.splits import Dataset, PartName, Split
from course_utils.errors import CourseError

#: A text, the number of its class, and the group that it belongs to.
LabelledText = tuple[str, int, str]


@dataclass(frozen=True, eq=False)
class TextSplit(Split):
    """Texts with one label each.

    Attributes:
        inputs: the texts, ``str`` ``(n,)``.
        labels: int64 ``(n,)``, in 0..classes-1.
        groups: what each text belongs to, ``str`` ``(n,)``: a stem, a module, a family of paraphrases. No group is in
            two parts.
    """

    groups: NDArray[np.str_]


def deal_texts(
    texts: Sequence[LabelledText], classes: int, per_class: int, seed: int
) -> Callable[[PartName], TextSplit]:
    """Deal texts 60 / 20 / 20 into parts, group by group, and return the function that gives a part.

    Args:
        texts: of all classes, each text once.
        classes: how many there are.
        per_class: how many texts to use of each class at most: the same ones for every seed, drawn once.
        seed: decides which groups are learned from and which are tested on.
    """
    rng = np.random.default_rng(0)
    chosen = []
    for label in range(classes):
        own = [text for text in texts if text[1] == label]
        chosen += [own[row] for row in rng.permutation(len(own))[:per_class]]
    words, numbers, names = zip(*chosen, strict=True)
    labels = np.array(numbers, np.int64)
    inputs, groups = np.array(words), np.array(names)
    rows = deal(labels, np.unique(groups, return_inverse=True)[1], seed)
    return lambda part: TextSplit(inputs[rows[part]], labels[rows[part]], groups[rows[part]])


def tokenised(dataset: Dataset, tokenizer: Callable[[Sequence[str], int], NDArray[np.int32]], length: int) -> Dataset:
    """Return a task of texts as token ids, which networks take.

    Args:
        dataset: from ``load_texts``.
        tokenizer: from ``load_tokenizer``.
        length: tokens in a row; longer texts are cut off.

    Raises:
        CourseError: the task's inputs are not texts.
    """

    def part(name: PartName) -> Split:
        split: Split = getattr(dataset, name)
        if split.inputs.dtype.kind != "U":
            raise CourseError(f"{dataset.name} holds no texts: give a task from load_texts.")
        return Split(tokenizer(split.inputs.tolist(), length), split.labels)

    return Dataset(dataset.name, dataset.class_names, part, dataset.card)
