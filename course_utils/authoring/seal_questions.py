"""Seal the authors' questions for the learner's package: ``course_utils/learn/questions``."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from course_utils.authoring.question_models import AuthoredQuestion
from course_utils.authoring.questions import QUESTIONS, parse_bank, read_questions
from course_utils.learn.quick_checks import Question, checksum
from course_utils.learn.replies import canonical_replies
from course_utils.learn.sealing import Reply, seal

SEALED = Path("course_utils") / "learn" / "questions"  # in a checkout


def sealed_texts(root: Path) -> dict[Path, str]:
    """Return the texts of the sealed files of the checkout ``root``, by path; the same questions give the same bytes.

    Raises:
        CourseError: a question breaks the schema.
    """
    sealed = {
        stem: {id: [seal_question(variant) for variant in variants] for id, variants in questions.items()}
        for stem, questions in read_questions(root).items()
    }
    for source in sorted((root / QUESTIONS).glob("bank_*.toml")):
        bank = parse_bank(source.read_text(encoding="utf-8"), source.name)
        sealed[source.stem] = {
            id: [seal_question(variant, bank.topics[id]) for variant in variants]
            for id, variants in bank.questions.items()
        }
    return {root / SEALED / f"{stem}.json": to_json(questions) for stem, questions in sealed.items()}


def to_json(questions: dict[str, list[Question]]) -> str:
    """Return sealed questions as the text of their file."""
    content = {id: [_fields(variant) for variant in variants] for id, variants in questions.items()}
    return json.dumps({"checksum": checksum(content), "questions": content}, indent=1, ensure_ascii=False) + "\n"


def seal_question(authored: AuthoredQuestion, topic: str = "") -> Question:
    """Seal every reply of a question under the answers that it belongs to."""
    # The salt only keeps questions apart, so it need not be secret. Derived from the authors' text, it changes with
    # every edit, and building twice gives the same bytes.
    salt = hashlib.sha256(json.dumps(asdict(authored)).encode()).hexdigest()[:16]
    replies: dict[str, Reply] = {}
    for answer, reply in canonical_replies(authored.kind, authored.foreseen, authored.tolerance):
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
        topic=topic,
    )


def _fields(question: Question) -> dict[str, object]:
    """Return the fields of a question that aren't empty."""
    return {name: value for name, value in asdict(question).items() if value}
