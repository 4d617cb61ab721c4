"""A language model to talk with: SmolLM2 with its tokenizer, its chat template and an adapter if one is in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from keras import ops

from course_utils.backbones import load_backbone
from course_utils.backbones.bpe import BytePairEncoding
from course_utils.backbones.smollm2 import tokenizer_file
from course_utils.errors import CourseError
from course_utils.language.adapters import Adapter, fingerprint
from course_utils.language.compiling import compiled
from course_utils.language.decoder import UPDATED, Decoder
from course_utils.language.generation import Generator

_AT_ONCE = 32  # answers; more need more memory and are hardly faster
_LONGEST_TEXT = 64  # tokens, of which perplexity is measured
_BATCH = 8
#: Tokens that the network reads at most, question and answer together: ``llama.context_length`` in SmolLM2's file.
_CONTEXT = 8_192


class Example(Protocol):
    """A question and an answer to show, such as an ``Exchange`` of the house voice."""

    @property
    def question(self) -> str: ...

    @property
    def answer(self) -> str: ...


@dataclass(frozen=True)
class HeldBack:
    """An answer that is held back where the network isn't sure of it.

    Attributes:
        text: the answer; no other answer begins with its first token.
        limit: the chance, 0..1, that the answer begins so; up to it, the next likeliest beginning is taken.
    """

    text: str
    limit: float

    def __post_init__(self) -> None:
        if not self.text.strip() or not 0 <= self.limit <= 1:
            raise CourseError(
                f"HeldBack({self.text!r}, {self.limit}) is impossible: give a text with letters, and a limit in 0..1."
            )


class Writer:
    """A decoder and its tokenizer.

    Args:
        backbone: SmolLM2, or a network of its architecture.
        tokenizer: its tokenizer.

    Attributes:
        decoder: the layers.
        adapter: what is added to the network's projections; None if it is as it was loaded.
    """

    def __init__(self, backbone: keras.Model, tokenizer: BytePairEncoding) -> None:
        self.decoder, self.tokenizer = Decoder(backbone), tokenizer
        self.adapter: Adapter | None = None
        self._generator = Generator(self.decoder, tokenizer.padding)
        self._surprise = compiled(self._summed_surprise)
        self.adopt()

    def adopt(self) -> None:
        """Take the network's present weights as those without an adapter, after all of them were trained."""
        self.base = fingerprint(self.decoder.backbone)
        self._plain = {
            (number, name): np.asarray(getattr(layer, name).kernel)
            for number, layer in enumerate(self.decoder.attentions)
            for name in UPDATED
        }

    def use(self, adapter: Adapter | None) -> "Writer":
        """Answer with an adapter from now on, instead of the present one, or with none; returns this writer.

        The updates are folded into the kernels: answering takes no longer than without.

        Raises:
            CourseError: the adapter was trained on another network.
        """
        if adapter is not None and adapter.base != self.base:
            raise CourseError(
                f"This adapter was trained on the network {adapter.base}, and this one is {self.base}. Load the "
                "network again with load_writer(), or train an adapter on this one."
            )
        for place, plain in self._plain.items():
            if adapter is not None and place in adapter.updates:
                a, b = adapter.updates[place]
                plain = plain + a @ b
            getattr(self.decoder.attentions[place[0]], place[1]).kernel.assign(plain)
        self.adapter = adapter
        return self

    def prompt(
        self,
        question: str,
        *,
        instruction: str | None = None,
        examples: Sequence[Example] = (),
        evidence: Sequence[str] = (),
    ) -> str:
        """Put a question into the chat template: instruction, examples as earlier turns, passages, the question."""
        turns = [] if instruction is None else [("system", instruction)]
        for example in examples:
            turns += [("user", example.question), ("assistant", example.answer)]
        turns.append(("user", with_passages(question, evidence)))
        said = "".join(f"<|im_start|>{who}\n{what}<|im_end|>\n" for who, what in turns)
        return f"{said}<|im_start|>assistant\n"

    def answer(
        self,
        questions: Sequence[str],
        *,
        instruction: str | None = None,
        examples: Sequence[Example] = (),
        evidence: Sequence[Sequence[str]] | None = None,
        most: int = 48,
        held_back: HeldBack | None = None,
    ) -> list[str]:
        """Answer questions, always with the likeliest token.

        Args:
            questions: one or more; they are answered together, which is faster than one by one.
            instruction: what to do, for all of them.
            examples: questions with answers that are shown first, for all of them.
            evidence: passages for each question.
            most: tokens of an answer, after which it is cut off.
            held_back: an answer that is given only where it is likely enough, such as a refusal.

        Raises:
            CourseError: ``questions`` is one string, is empty or holds an empty one; ``evidence`` has another length;
                ``most`` is below 1; or a prompt is longer than the network reads.
        """
        if isinstance(questions, str) or not questions or not all(question.strip() for question in questions):
            raise CourseError(
                "questions must be a list of strings, none of them empty, such as ['How do I cancel an order?']."
            )
        if evidence is not None and len(evidence) != len(questions):
            raise CourseError(f"evidence has {len(evidence)} entries for {len(questions)} questions: one for each.")
        if most < 1:
            raise CourseError(f"most={most} must be 1 or more: so many tokens may an answer have.")
        shown = evidence if evidence is not None else [()] * len(questions)
        prompts = [
            self._encoded(self.prompt(q, instruction=instruction, examples=examples, evidence=passages), most)
            for q, passages in zip(questions, shown, strict=True)
        ]
        unlikely = None if held_back is None else (self.tokenizer.encode(held_back.text)[0], held_back.limit)
        told: list[list[int]] = []
        for first in range(0, len(prompts), _AT_ONCE):
            told += self._generator.answers(prompts[first : first + _AT_ONCE], most, unlikely)
        return [self.tokenizer.decode(tokens).strip() for tokens in told]

    def _encoded(self, text: str, most: int) -> list[int]:
        """Return a text's tokens, if there is room for ``most`` after them."""
        ids = self.tokenizer.encode(text)
        if len(ids) + most > _CONTEXT:
            raise CourseError(
                f"A text of {len(ids):,} tokens is too long: the network reads at most {_CONTEXT:,}, and {most:,} are "
                "kept for what it writes. Shorten it; of a prompt, leave out passages or examples."
            )
        return ids

    def next_words(self, text: str, k: int = 8) -> list[tuple[str, float]]:
        """Return the ``k`` likeliest next tokens, as text, each with its probability, 0..1, likeliest first.

        Raises:
            CourseError: the text is empty or longer than the network reads, or ``k`` is not in the vocabulary's range.
        """
        ids = self._encoded(text, most=1)
        if not ids:
            raise CourseError("text is empty: give the words after which the next one is asked for.")
        if not 1 <= k <= self.decoder.words:
            raise CourseError(f"k={k} must lie in 1..{self.decoder.words}.")
        chances = np.asarray(ops.softmax(self._generator.next_logits(ids)))
        best = np.argsort(-chances)[:k]
        return [(self.tokenizer.decode([int(token)]), float(chances[token])) for token in best]

    def perplexity(self, texts: Sequence[str]) -> float:
        """Return the perplexity of texts: e to the mean surprise of a token, given those before it; 1 or more.

        Of each text count the first 64 tokens, the first one after the mark of a beginning.

        Raises:
            CourseError: ``texts`` is one string, or all of them are empty.
        """
        if isinstance(texts, str):
            raise CourseError("texts must be a list of strings, such as ['One sentence.'].")
        rows = sorted((ids for text in texts if (ids := self.tokenizer.encode(text)[: _LONGEST_TEXT - 1])), key=len)
        if not rows:
            raise CourseError("Perplexity needs at least one text with a token.")
        total = 0.0
        for first in range(0, len(rows), _BATCH):
            batch = rows[first : first + _BATCH]
            ids, counted = filled_rows([[self.tokenizer.padding, *row] for row in batch], self.tokenizer.padding)
            counted[:, 0] = False
            total += float(self._surprise(ids, counted))
        return float(np.exp(total / sum(map(len, rows))))

    def _summed_surprise(self, ids: Any, counted: Any) -> Any:
        states, _ = self.decoder.states(ids)
        logits = self.decoder.logits(states[:, :-1])
        surprise = keras.losses.sparse_categorical_crossentropy(ids[:, 1:], logits, from_logits=True)
        return ops.sum(surprise * ops.cast(counted[:, 1:], "float32"))


def with_passages(question: str, passages: Sequence[str]) -> str:
    """Return a question above and below the passages to answer it from, a line each.

    A decoder reads from left to right: only what is asked first is known while the passages are read.
    """
    return "\n".join([question, *(f"- {passage}" for passage in passages), question]) if passages else question


def filled_rows(rows: Sequence[Sequence[int]], filler: int) -> tuple[Any, Any]:
    """Fill token ids up at their end: int32 ``(n, longest)``, and bool of that shape, True where a token stands."""
    longest = max(map(len, rows))
    ids, real = np.full((len(rows), longest), filler, np.int32), np.zeros((len(rows), longest), bool)
    for number, row in enumerate(rows):
        ids[number, : len(row)], real[number, : len(row)] = row, True
    return ids, real


def load_writer() -> Writer:
    """Load SmolLM2-135M-Instruct with its head and tokenizer: 5 s, and 0.8 GB of memory.

    Raises:
        CourseError: the network is not on this computer; the message says how to fetch it.
    """
    return Writer(load_backbone("smollm2_135m"), BytePairEncoding(tokenizer_file()))
