"""Seal the authors' questions for the learner's package: ``course_utils/learn/questions/lesson_NN.json``."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from course_utils.authoring.questions import AuthoredQuestion, read_questions
from course_utils.learn.answers import keys_within
from course_utils.learn.quick_checks import Question, checksum
from course_utils.learn.sealing import Reply, seal

SEALED = Path("course_utils") / "learn" / "questions"  # in a checkout


def sealed_texts(root: Path) -> dict[Path, str]:
    """Return the texts of the sealed files of the checkout ``root``, by path; the same questions give the same bytes.

    Raises:
        CourseError: a question breaks the schema.
    """
    return {
        root / SEALED / f"{stem}.json": to_json(
            {id: [seal_question(variant) for variant in variants] for id, variants in questions.items()}
        )
        for stem, questions in read_questions(root).items()
    }


def to_json(questions: dict[str, list[Question]]) -> str:
    """Return sealed questions as the text of their file."""
    content = {id: [_fields(variant) for variant in variants] for id, variants in questions.items()}
    return json.dumps({"checksum": checksum(content), "questions": content}, indent=1, ensure_ascii=False) + "\n"


def seal_question(authored: AuthoredQuestion) -> Question:
    """Seal every reply of a question under the answers that it belongs to."""
    # The salt only keeps questions apart, so it need not be secret. Derived from the authors' text, it changes with
    # every edit, and building twice gives the same bytes.
    salt = hashlib.sha256(json.dumps(asdict(authored)).encode()).hexdigest()[:16]
    replies: dict[str, Reply] = {}
    for answer, reply in _replies(authored):
        replies.setdefault(answer, reply)
    return Question(
        id=authored.id,
        kind=authored.kind,
        text=authored.text,
        salt=salt,
        # Sorted by tag, since the authors' order, which begins with the right number, would give the answer away.
        sealed=dict(sorted(seal(answer, reply, salt) for answer, reply in replies.items())),
        choices=authored.choices,
        positions=authored.positions,
        tolerance=authored.tolerance,
        unit=authored.unit,
        otherwise=authored.otherwise,
    )


def _replies(authored: AuthoredQuestion) -> Iterator[tuple[str, Reply]]:
    """Yield each answer, in the canonical form used for look-up, with its reply; right answers come first."""
    rights = [one for one in authored.foreseen if one.right]
    if authored.kind == "multiple":
        letters = "".join(sorted(str(one.answer) for one in rights))
        yield f"all of {letters}", Reply(True, " ".join(one.why for one in rights), len(rights))
    for one in sorted(authored.foreseen, key=lambda one: not one.right):
        reply = Reply(one.right, one.why, len(rights))
        if authored.kind == "number":
            for key in keys_within(float(one.answer), authored.tolerance):
                yield key, reply
        else:
            yield str(one.answer), reply


def _fields(question: Question) -> dict[str, object]:
    """Return the fields of a question that aren't empty."""
    return {name: value for name, value in asdict(question).items() if value}
