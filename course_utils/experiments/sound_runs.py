"""What is recorded about sounds: label budgets, layers, speakers, damage, fine-tuning, and the lab's looks."""

from functools import lru_cache
from itertools import product
from typing import Any

from course_utils.data import Split, load_sounds, sound_names
from course_utils.experiments.sound_budgets import BUDGETS, budget_rows, clip_parts, labels_of
from course_utils.experiments.sound_features import all_clips, log_mels
from course_utils.experiments.sound_looks import look_at_sounds
from course_utils.experiments.sound_probes import (
    DAMAGES,
    DIGITS,
    UPSIDE_DOWN,
    damage_rows,
    layer_rows,
    speaker_rows,
)
from course_utils.experiments.sound_scratch import SCRATCH_RATES, train_sound_cnn
from course_utils.experiments.sound_tuning import SOUND_RATES, SoundTuning, sound_tuned_row

_Cell = dict[str, Any]
#: Every one of the four speakers is tested on twice.
_EIGHT = range(8)

SOUND_BUDGET_CELLS = tuple(
    {"task": task, "labels": labels, "seed": seed} for task, labels, seed in product(sound_names(), BUDGETS, _EIGHT)
)
SOUND_SCRATCH_CELLS = tuple(
    {"task": DIGITS, "labels": 5, "learning_rate": rate, "seed": seed} for rate, seed in product(SCRATCH_RATES, _EIGHT)
)
SOUND_LAYER_CELLS = tuple(
    {"what": what, "network": network, "seed": seed}
    for what, network, seed in product(("digit", "speaker"), ("pretrained", "random"), _EIGHT)
)
#: Speakers, and takes of each digit: twelve from one, two or three people, and fewer or more of one.
SOUND_SPEAKER_CELLS = tuple(
    {"speakers": speakers, "takes": takes, "seed": seed}
    for (speakers, takes), seed in product(((1, 3), (1, 12), (1, 24), (2, 12), (3, 12)), _EIGHT)
)
SOUND_DAMAGE_CELLS = tuple(
    {"damage": damage, "seed": seed} for damage, seed in product((*DAMAGES, UPSIDE_DOWN), _EIGHT)
)
SOUND_TUNED_CELLS = tuple(
    {"blocks": 1, "labels": 5, "learning_rate": rate, "seed": seed} for rate, seed in product(SOUND_RATES, _EIGHT)
)
SOUND_LOOK_CELLS = ({"task": "vowels", "seed": 0},)


def measure_sound_budget(cell: _Cell) -> list[_Cell]:
    """Frozen networks and log-mels on one draw of labels."""
    return [{**cell, **row} for row in budget_rows(**cell)]


def measure_sound_scratch(cell: _Cell) -> list[_Cell]:
    """A small network from scratch on the same clips."""
    parts, labels, mels = clip_parts(cell["task"], cell["labels"], cell["seed"]), labels_of(cell["task"]), _mels()
    few = Split(mels[parts.few], labels[parts.few])
    model = train_sound_cnn(few, len(set(labels.tolist())), cell["learning_rate"], cell["seed"])
    guessed = model.predict(mels, batch_size=100, verbose=0).argmax(axis=1) == labels
    measured = {"heard": parts.heard, "validation_target": parts.validation, "accuracy": parts.unheard}
    return [
        {**cell, "method": "from scratch", **{name: float(guessed[clips].mean()) for name, clips in measured.items()}}
    ]


def measure_sound_layers(cell: _Cell) -> list[_Cell]:
    """A probe on every block, for what is said or for who says it."""
    return [{**cell, **row, "method": row["block"]} for row in layer_rows(**cell)]


def measure_sound_speakers(cell: _Cell) -> list[_Cell]:
    """As many takes from one, two or three people."""
    return [{**cell, **row} for row in speaker_rows(**cell)]


def measure_sound_damage(cell: _Cell) -> list[_Cell]:
    """Whole clips to learn from, damaged ones to test on."""
    return [{**cell, **row} for row in damage_rows(**cell)]


def measure_sound_tuned(cell: _Cell) -> list[_Cell]:
    """LP-FT of the top block."""
    tuning = _tuning(cell["blocks"])
    row = sound_tuned_row(tuning, DIGITS, cell["labels"], cell["learning_rate"], cell["seed"])
    return [{**cell, "method": "LP-FT", **row}]


def measure_sound_looks(cell: _Cell) -> list[_Cell]:
    """A close look at every sound of the lab."""
    return [{**cell, "number": number, **look} for number, look in enumerate(look_at_sounds())]


@lru_cache(maxsize=1)
def _mels() -> Any:
    return log_mels(all_clips(DIGITS).inputs)


@lru_cache(maxsize=2)
def _tuning(depth: int) -> SoundTuning:
    return SoundTuning(len(load_sounds(DIGITS).class_names), depth)
