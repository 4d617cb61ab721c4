"""Labelled sounds, and how they are dealt into parts: by speaker, or, for comparison, by clip."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_utils.data.dealing import deal
from course_utils.data.splits import PartName, Split

#: Whether all clips of a speaker go to one part, or each clip on its own.
SplitBy = Literal["speaker", "clip"]


class Sounds(NamedTuple):
    """Clips with what is said and who says it, before they are dealt into parts."""

    classes: tuple[str, ...]
    waves: NDArray[np.float32]  # (n, samples), at 16 kHz
    labels: NDArray[np.int64]  # (n,), in the order of the classes
    speakers: NDArray[np.str_]  # (n,)


@dataclass(frozen=True, eq=False)
class SoundSplit(Split):
    """Waves with one label each.

    Attributes:
        inputs: float32 ``(n, samples)``, at 16 kHz.
        labels: int64 ``(n,)``, in 0..classes-1.
        speakers: who says it, ``str`` ``(n,)``.
        clips: the number of each clip among all of the task, int ``(n,)``: the same under every split.
    """

    speakers: NDArray[np.str_]
    clips: NDArray[np.intp]

    def rows(self, rows: NDArray[np.intp]) -> "SoundSplit":
        """Return some of the clips, by their rows."""
        return SoundSplit(self.inputs[rows], self.labels[rows], self.speakers[rows], self.clips[rows])


def deal_sounds(sounds: Sounds, by: SplitBy, seed: int) -> Callable[[PartName], SoundSplit]:
    """Deal clips 60 / 20 / 20 into parts, and return the function that gives a part.

    Args:
        sounds: of three speakers or more, each of whom says everything.
        by: ``"speaker"`` keeps a speaker's clips together, so that nobody is in two parts; the speakers take turns at
            being tested on, so as many seeds in a row as there are speakers test each of them equally often.
        seed: decides who, or which clips, are learned from and tested on.
    """
    everything = SoundSplit(sounds.waves, sounds.labels, sounds.speakers, np.arange(len(sounds.labels)))
    if by == "clip":
        order = np.argsort(sounds.labels, kind="stable")
        dealt = deal(sounds.labels[order], np.arange(len(order)), seed)
        return lambda part: everything.rows(order[dealt[part]])
    part_of = _take_turns(np.unique(sounds.speakers).tolist(), seed)
    rows = {
        part: np.flatnonzero([part_of[name] == part for name in sounds.speakers.tolist()]) for part in part_of.values()
    }
    return lambda part: everything.rows(rows[part])


def _take_turns(speakers: list[str], seed: int) -> dict[str, PartName]:
    """Return the part of each speaker: a fifth of them, but one at least, are tested on, and as many choose."""
    round_number, turn = divmod(seed, len(speakers))
    shuffled = np.random.default_rng(round_number).permutation(speakers).tolist()
    aside = max(1, len(speakers) // 5)
    in_turn: list[str] = shuffled[turn:] + shuffled[:turn]
    others: tuple[PartName, PartName] = ("test", "validation")
    return {name: others[at // aside] if at < 2 * aside else "train" for at, name in enumerate(in_turn)}
