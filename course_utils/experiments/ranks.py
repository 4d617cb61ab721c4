"""LoRA by rank and rate against full fine-tuning by rate: what each learns, and what each forgets.

Every run begins with the same weights and a random head, as in the comparison of remedies (``fair_front``), and
updates of every rank are tuned over as many rates as full fine-tuning (Biderman et al. 2024, LoRA learns less and
forgets less).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.experiments.finetuning import FineTuning, Recipe

#: Ranks of the updates; 0 stands for full fine-tuning.
RANKS = (1, 2, 4, 8, 16, 32, 64)
FULL = 0
#: Rates of AdamW: updates begin at 0 and need higher ones.
LORA_RATES = (3e-4, 1e-3, 3e-3, 1e-2)
FULL_RATES = (1e-4, 3e-4, 1e-3, 3e-3)


def rank_cells(seeds: Sequence[int]) -> tuple[dict[str, Any], ...]:
    """Return every rank with every rate and seed, full fine-tuning among them."""
    return tuple(
        {"rank": rank, "learning_rate": rate, "seed": seed}
        for seed in seeds
        for rank in (FULL, *RANKS)
        for rate in (LORA_RATES if rank else FULL_RATES)
    )


def measure_rank(
    start: Callable[[int | None], FineTuning], rank: int, learning_rate: float, seed: int
) -> dict[str, Any]:
    """Fine-tune with updates of one rank, or in full.

    Args:
        start: returns the experiment for a LoRA rank, or for ``None`` the one without updates.

    Returns:
        ``target``, ``source``, ``validation_target`` and ``validation_source``, each 0..1; ``trained``, how many
        weights of the backbone learn; and for full fine-tuning ``held_by``: for each of ``RANKS``, which share of the
        change a matrix of that rank could hold, the mean over the kernels.
    """
    ft = start(rank or None)
    measured = ft.result(Recipe(learning_rate=learning_rate, head="random"), seed)
    trained = sum(int(np.prod(weight.shape)) for weight in ft.network.trainable_weights)
    row = {**measured, "trained": trained}
    if rank == FULL:
        kernels = [
            (after - before).reshape(-1, before.shape[-1])
            for weight, before, after in zip(ft.network.weights, ft.start, ft.network.get_weights(), strict=True)
            if weight.name == "kernel"
        ]
        row["held_by"] = np.mean([held_by(change) for change in kernels], axis=0).round(4).tolist()
    return row


def held_by(change: NDArray[np.floating[Any]], ranks: Sequence[int] = RANKS) -> list[float]:
    """Return which share of a matrix, by its squared entries, the best one of each rank holds (Eckart and Young 1936).

    Args:
        change: ``(inputs, outputs)``, not all zero.
        ranks: each 1 or more.
    """
    energy = np.linalg.svd(change.astype(np.float64), compute_uv=False) ** 2
    shares = np.cumsum(energy) / energy.sum()
    return [float(shares[min(rank, len(shares)) - 1]) for rank in ranks]
