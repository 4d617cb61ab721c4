"""Tuning a language model on questions with answers: all layers, or LoRA's updates alone (Hu et al. 2021)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from course_utils.errors import CourseError
from course_utils.language.adapters import Adapter
from course_utils.language.compiling import training_step
from course_utils.language.decoder import UPDATED
from course_utils.language.writer import Writer, filled_rows

_WARM = 0.1  # of the steps


@dataclass(frozen=True)
class TaughtAnswer:
    """A question, the passages shown with it, and the answer to learn."""

    question: str
    answer: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class TuningRecipe:
    """How to tune.

    Attributes:
        method: ``"lora"`` trains updates of the query and value projections; ``"full"`` trains all but the table of
            words.
        learning_rate: of Adam at its highest; it rises over the first tenth of the steps and falls to 0 afterwards.
        epochs: passes over the pairs.
        rank: of LoRA's updates.
        batch_size: pairs in a step.
    """

    method: Literal["lora", "full"] = "lora"
    learning_rate: float = 1e-3
    epochs: int = 3
    rank: int = 8
    batch_size: int = 8

    def __post_init__(self) -> None:
        if self.method not in ("lora", "full"):
            raise CourseError(f"method={self.method!r} is unknown: choose 'lora' or 'full'.")
        if self.rank < 1 or self.epochs < 1 or self.batch_size < 1 or self.learning_rate <= 0:
            raise CourseError("rank, epochs and batch_size must be 1 or more, and learning_rate above 0.")


@dataclass(frozen=True)
class TuningRun:
    """What happened: the loss of every step (surprise of a token of the answers), and seconds of processor time."""

    losses: tuple[float, ...]
    seconds: float


def tune(
    writer: Writer,
    pairs: Sequence[TaughtAnswer],
    recipe: TuningRecipe,
    seed: int = 0,
    on_step: Callable[[int, int, float], None] | None = None,
) -> TuningRun:
    """Tune a writer; afterwards it answers with what it learned. Only the answers' tokens count for the loss.

    LoRA goes on from the adapter in use, or begins a new one, which is ``writer.adapter`` afterwards. Full tuning
    changes the network itself: adapters of it don't fit any more; to go back, load the writer again.

    Args:
        writer: what to tune.
        pairs: what to learn; one or more.
        recipe: how.
        seed: decides the order of the pairs, and how a new adapter begins.
        on_step: called after every step with its number, from 1, the number of steps, and its loss.

    Raises:
        CourseError: there are no pairs; or the adapter in use has another rank.
    """
    if not pairs:
        raise CourseError("pairs is empty: give at least one question with its answer.")
    began = time.process_time()
    lora = _begun(writer, recipe.rank, seed) if recipe.method == "lora" else {}
    writer.use(None)
    if lora:
        variables = [variable for pair in lora.values() for variable in pair]
    else:
        variables = _of_layers(writer.decoder.backbone)
    optimizer = keras.optimizers.Adam(recipe.learning_rate, global_clipnorm=1.0)

    def loss(ids: Any, learned: Any) -> Any:
        states, _ = writer.decoder.states(ids, updates=lora)
        # The head is as large as ten layers, so it sees only the places whose next token counts.
        places = ops.where(ops.reshape(learned[:, 1:], (-1,)))[0]
        states = ops.take(ops.reshape(states[:, :-1], (-1, states.shape[-1])), places, axis=0)
        wanted = ops.take(ops.reshape(ids[:, 1:], (-1,)), places)
        logits = writer.decoder.logits(states)
        return ops.mean(keras.losses.sparse_categorical_crossentropy(wanted, logits, from_logits=True))

    step = training_step(loss, variables, optimizer)
    batches = _batches(writer, pairs, recipe, seed)
    losses = []
    for number, batch in enumerate(batches, start=1):
        optimizer.learning_rate.assign(recipe.learning_rate * _share(number, len(batches)))
        losses.append(float(step(*batch)))
        if on_step:
            on_step(number, len(batches), losses[-1])
    if lora:
        updates = {place: (np.asarray(a), np.asarray(b)) for place, (a, b) in lora.items()}
        writer.use(Adapter(writer.base, recipe.rank, updates))
    else:
        writer.adopt()
    return TuningRun(tuple(losses), time.process_time() - began)


def _begun(writer: Writer, rank: int, seed: int) -> dict[tuple[int, str], tuple[keras.Variable, keras.Variable]]:
    """Return the variables A and B: those of the adapter in use, or A at random (He et al. 2015) and B at 0."""
    if writer.adapter is not None and writer.adapter.rank != rank:
        raise CourseError(
            f"The adapter in use has rank {writer.adapter.rank}, and the recipe asks for rank={rank}. Give the recipe "
            "that rank, or begin again: writer.use(None)."
        )
    begun = {}
    rng = np.random.default_rng((seed, rank))
    for number, layer in enumerate(writer.decoder.attentions):
        for name in UPDATED:
            inputs, outputs = getattr(layer, name).kernel.shape
            a = (rng.uniform(-1, 1, (inputs, rank)) * np.sqrt(6 / inputs)).astype(np.float32)
            b = np.zeros((rank, outputs), np.float32)
            if writer.adapter is not None:
                a, b = writer.adapter.updates[number, name]
            begun[number, name] = (keras.Variable(a), keras.Variable(b))
    return begun


def _of_layers(backbone: keras.Model) -> list[keras.Variable]:
    table = {id(variable) for variable in backbone.get_layer("tokens").weights}
    return [variable for variable in backbone.weights if id(variable) not in table]


def _batches(writer: Writer, pairs: Sequence[TaughtAnswer], recipe: TuningRecipe, seed: int) -> list[tuple[Any, Any]]:
    """Return all batches of all epochs, of one length: token ids, and where a token of an answer stands."""
    tokenizer = writer.tokenizer
    rows = []
    for pair in pairs:
        asked = tokenizer.encode(writer.prompt(pair.question, evidence=pair.evidence))
        rows.append((asked, [*tokenizer.encode(pair.answer), tokenizer.padding]))
    ids, learned = filled_rows([asked + told for asked, told in rows], tokenizer.padding)
    for number, (asked, _) in enumerate(rows):
        learned[number, : len(asked)] = False
    rng, size = np.random.default_rng(seed), recipe.batch_size
    orders = [rng.permutation(len(rows)) for _ in range(recipe.epochs)]
    chosen = [order[first : first + size] for order in orders for first in range(0, len(rows), size)]
    return [(ids[some], learned[some]) for some in chosen]


def _share(step: int, steps: int) -> float:
    rising = max(1, round(_WARM * steps))
    return min(step / rising, (steps + 1 - step) / (steps + 1 - rising))
