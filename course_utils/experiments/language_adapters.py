"""The adapters that ship: what ``course pretrain`` trains on top of SmolLM2."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import keras

from course_utils.assets import add_to_manifest, sha256
from course_utils.experiments.language_facts import READER_RECIPE, assistant_pairs, reader_pairs
from course_utils.experiments.language_voice import VOICE_RECIPES, voice_pairs
from course_utils.language import TaughtAnswer, TuningRecipe, load_writer, save_adapter, tune

#: The adapters by name, with what each learns from, by seed, and how.
LANGUAGE_ADAPTERS: dict[str, tuple[Callable[[int], list[TaughtAnswer]], TuningRecipe]] = {
    "voice": (lambda seed: voice_pairs(), VOICE_RECIPES["LoRA"]),
    "reader": (reader_pairs, READER_RECIPE),
    "assistant": (assistant_pairs, READER_RECIPE),
}


def train_adapter(
    name: str, seed: int, out: Path, on_progress: Callable[[int, int, dict[str, float]], None] | None = None
) -> dict[str, Any]:
    """Train an adapter of SmolLM2, write it with its manifest entry, and return the entry.

    Args:
        name: one of ``LANGUAGE_ADAPTERS``.
        seed: decides the order of the pairs and the adapter's start; but for the voice, also the lessons.
        out: the folder to write into.
        on_progress: called with (steps done, steps in total, the loss).

    Raises:
        CourseError: SmolLM2 is not on this computer.
    """
    pairs_of, recipe = LANGUAGE_ADAPTERS[name]

    def on_step(step: int, steps: int, loss: float) -> None:
        if on_progress:
            on_progress(step, steps, {"loss": loss})

    writer = load_writer()
    tuned = tune(writer, pairs_of(seed), recipe, seed, on_step)
    assert writer.adapter is not None
    path = save_adapter(writer.adapter, out / f"{name}.npz")
    entry = {
        "sha256": sha256(path),
        "bytes": path.stat().st_size,
        "licence": "Apache-2.0",  # as that of the network that it changes
        "seed": seed,
        "command": f"course pretrain {name} --seed {seed}",
        "date": date.today().isoformat(),
        "seconds": round(tuned.seconds),
        "rank": recipe.rank,
        "base": writer.base,
        "keras": keras.__version__,
    }
    add_to_manifest(out, path.name, entry)
    return entry
