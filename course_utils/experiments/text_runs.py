"""What is recorded about texts: label budgets, layers, learning rates, and fine-tuning on few labels."""

from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from course_utils.experiments.masked_words import masked_word_rows
from course_utils.experiments.sentence_looks import look_at, sentences, shelf
from course_utils.experiments.text_budgets import TEXT_LENGTHS, as_tokens, budget_rows
from course_utils.experiments.text_probes import MEANINGS, PROPERTIES, layer_rows
from course_utils.experiments.text_tuning import TextHead, TextRecipe, TextTuning
from course_utils.transfer import extract_features, linear_probe

_Cell = dict[str, Any]
_FIVE, _THREE = range(5), range(3)

BUDGETS = (1, 5, 20, 100)
#: Steps of a run, by labels per class: more would hardly change it, fewer would not be enough.
TUNING_STEPS = {5: 24, 20: 30, 100: 45}
#: Rates of fine-tuning, from a random head or a fitted one; validation texts choose.
TUNING_RATES = (1e-4, 3e-4)
#: Learning with random weights gets the same choice.
_METHODS: dict[str, tuple[str | None, TextHead]] = {
    "fine-tuned": ("pretrained", "random"),
    "LP-FT": ("pretrained", "probe"),
    "from scratch": (None, "random"),
}
#: Rates, each plain and gentle; and a longer run.
RATES_TRIED, FEW = (2e-5, 1e-3), 20

BUDGET_CELLS = tuple(
    {"task": task, "labels": labels, "seed": seed} for task, labels, seed in product(TEXT_LENGTHS, BUDGETS, _FIVE)
)
LAYER_CELLS = tuple(
    {"what": what, "network": network, "seed": seed}
    for what, network, seed in product((*PROPERTIES, *MEANINGS), ("pretrained", "random"), _FIVE)
)
MASKED_CELLS = tuple({"network": network, "seed": seed} for network, seed in product(("pretrained", "random"), _FIVE))
SENTENCE_CELLS = tuple({"number": number, "seed": 0} for number in range(8))
RATE_CELLS = tuple(
    {"schedule": schedule, "learning_rate": rate, "seed": seed}
    for schedule, rate, seed in (
        *product(("plain", "gentle"), RATES_TRIED, _FIVE),
        *product(("longer",), (2e-5,), _FIVE),
    )
)
#: Ranks of updates on text, 0 for all layers in full; each is tuned over as many rates.
TEXT_RANKS = {0: (1e-4, 3e-4, 1e-3), 1: (1e-3, 3e-3, 1e-2), 4: (1e-3, 3e-3, 1e-2)}
RANK_CELLS = tuple(
    {"rank": rank, "learning_rate": rate, "seed": seed}
    for seed in _FIVE
    for rank, rates in TEXT_RANKS.items()
    for rate in rates
)
_TUNED = {"words": (5, 20, 100), "support": (5,), "docstrings": (20,)}


def tuned_cells() -> tuple[_Cell, ...]:
    """Return the runs of fine-tuning; from scratch with the most labels only, and on words, the cheapest task."""
    return tuple(
        {"task": task, "method": method, "labels": labels, "learning_rate": rate, "seed": seed}
        for task, budgets in _TUNED.items()
        for method in _METHODS
        for labels in budgets
        if method != "from scratch" or (task == "words" and labels == max(budgets))
        for rate in TUNING_RATES
        for seed in _THREE
    )


def measure_budget(cell: _Cell) -> list[_Cell]:
    """Bag of words and frozen networks on one draw of labels."""
    return [{**cell, **row} for row in budget_rows(**cell)]


def measure_layers(cell: _Cell) -> list[_Cell]:
    """A probe on every block, for one property or meaning."""
    rows = layer_rows(cell["what"], _weights(cell["network"]), cell["seed"])
    return [{**cell, **row, "method": row["block"]} for row in rows]


def measure_masked(cell: _Cell) -> list[_Cell]:
    """Hidden words, guessed from the states at the mask."""
    return [{**cell, **row} for row in masked_word_rows(_weights(cell["network"]), cell["seed"])]


def measure_sentence(cell: _Cell) -> list[_Cell]:
    """A close look at one sentence of the lab; the first cell brings the labelled messages along."""
    sentence = sentences()[cell["number"]]
    looked = {**cell, **sentence, **look_at(sentence["text"])}
    return [looked | {"shelf": shelf()} if cell["number"] == 0 else looked]


def measure_rate(cell: _Cell) -> list[_Cell]:
    """Fine-tuning on few words at one rate: plain, gentle, or gentle and three times as long."""
    schedule, seed = cell["schedule"], cell["seed"]
    steps = TUNING_STEPS[FEW] * (3 if schedule == "longer" else 1)
    tuning, task = _tuning(2, "pretrained", schedule != "plain", None), as_tokens("words", seed)
    tuning.run(task.train.few(FEW, seed), TextRecipe(cell["learning_rate"], steps, gentle=tuning.gentle), seed)
    return [{**cell, "method": schedule, "accuracy": tuning.accuracy(task.test)}]


def measure_tuned(cell: _Cell) -> list[_Cell]:
    """Fine-tuning on few texts of a task, from one start at one rate."""
    weights, head = _METHODS[cell["method"]]
    task, seed = as_tokens(cell["task"], cell["seed"]), cell["seed"]
    tuning = _tuning(task.num_classes, weights, True, None)
    recipe = TextRecipe(cell["learning_rate"], TUNING_STEPS[cell["labels"]], head)
    tuning.run(task.train.few(cell["labels"], seed), recipe, seed)
    return [{**cell, "validation_target": tuning.accuracy(task.validation), "accuracy": tuning.accuracy(task.test)}]


def measure_text_rank(cell: _Cell) -> list[_Cell]:
    """LP-FT on few words with updates of one rank or in full, and what is left for another task, the messages.

    ``kept`` is the accuracy of a new probe on messages, on the features as they are after the training.
    """
    rank, seed = cell["rank"], cell["seed"]
    tuning, task, other = (
        _tuning(2, "pretrained", True, rank or None),
        as_tokens("words", seed),
        as_tokens("support", seed),
    )
    recipe = TextRecipe(cell["learning_rate"], TUNING_STEPS[100], "probe")
    tuning.run(task.train.few(100, seed), recipe, seed)
    few = other.train.few(FEW, seed)
    probe = linear_probe(extract_features(tuning.network, few.inputs), few.labels)
    return [
        {
            **cell,
            "target": tuning.accuracy(task.test),
            "validation_target": tuning.accuracy(task.validation),
            "kept": float(probe.score(extract_features(tuning.network, other.test.inputs), other.test.labels)),
            "trained": sum(int(np.prod(weight.shape)) for weight in tuning.network.trainable_weights),
        }
    ]


@lru_cache(maxsize=2)
def _tuning(classes: int, weights: str | None, gentle: bool, lora_rank: int | None) -> TextTuning:
    return TextTuning(classes, weights, gentle, lora_rank)


def _weights(network: str) -> str | None:
    return "pretrained" if network == "pretrained" else None
