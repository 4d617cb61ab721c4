"""Quick checks: the reply to an answer, for every learner, and what the sealed files don't reveal."""

import json
import re
from ast import literal_eval
from pathlib import Path

import numpy as np
import pytest

from course_utils.authoring.questions import QUESTIONS, parse_bank, read_questions
from course_utils.authoring.seal_questions import sealed_texts
from course_utils.learn import check, progress
from course_utils.learn.quick_checks import load_questions

ROOT = Path(__file__).parents[2]
BANKS = {
    path.stem: parse_bank(path.read_text(encoding="utf-8"), path.name).questions
    for path in (ROOT / QUESTIONS).glob("bank_*.toml")
}
LESSONS = sorted(path.stem[-2:] for path in (ROOT / QUESTIONS).glob("lesson_*.toml"))
AUTHORED = read_questions(ROOT) | BANKS
LEARNERS = (0, 7, 4711, 999_983)
# One of each shape; "mixed" is what no shape fits.
CURVES = {
    "rising": [20, 40, 60, 80],
    "falling": [80, 60, 40, 20],
    "flat": [50, 50, 50, 50],
    "peak": [20, 80, 60, 20],
    "valley": [80, 20, 60, 80],
    "mixed": [20, 80, 20, 80],
}


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def authored_of(question):
    """Return the authors' version of a question that a learner sees."""
    variants = AUTHORED[f"lesson_{question.id[:2]}"][question.id]
    return next(variant for variant in variants if variant.text == question.text)


def as_shown(question, letters):
    """Translate the authors' letters into the learner's."""
    seen = dict(zip(question.authored(question.letters), question.letters, strict=True))
    return "".join(seen[letter] for letter in letters)


def curve(shape, count):
    return list(np.interp(np.linspace(0, 3, count), [0, 1, 2, 3], CURVES[shape]))


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_question_accepts_its_right_answer_and_explains_every_other(lesson, learner):
    questions = load_questions(lesson, learner)
    assert len(questions) >= 5
    for id, question in questions.items():
        assert id.startswith(f"{lesson}.")
        assert question.check(None).outcome == "unattempted"
        authored = authored_of(question)
        assert len({one.why for one in authored.foreseen}) == len(authored.foreseen)
        if question.kind == "multiple":
            accepts_the_right_set_only(question, authored)
            continue
        for one in authored.foreseen:
            answer = one.answer
            if question.kind in ("single", "order"):
                answer = as_shown(question, answer)
            elif question.kind == "curve":
                answer = curve(answer, len(question.positions))
            result = question.check(answer)
            assert result.outcome == ("passed" if one.right else "wrong"), (id, answer)
            assert result.message.endswith(one.why)
        unforeseen = {"number": 987654.3, "curve": curve("mixed", len(question.positions))}
        if question.kind in unforeseen:
            result = question.check(unforeseen[question.kind])
            assert result.outcome == "wrong"
            assert result.message.endswith(authored.otherwise)


def accepts_the_right_set_only(question, authored):
    rights = {one.answer for one in authored.foreseen if one.right}
    assert question.check(as_shown(question, sorted(rights))).passed
    for one in authored.foreseen:
        result = question.check(as_shown(question, one.answer))
        assert result.passed == ({one.answer} == rights)
        assert one.right or one.why in result.message
        assert one.right or not question.check(as_shown(question, sorted({*rights, one.answer}))).passed
    if len(rights) > 1:
        assert "more choice" in question.check(as_shown(question, min(rights))).message


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_lesson_asks_every_question_and_its_solution_answers_them(lesson):
    (source,) = (ROOT / "solutions").glob(f"{lesson}_*.py")
    cell = r"answer = None.*\n### BEGIN SOLUTION\nanswer = (.+)\n### END SOLUTION\ncheck\(\"(.+)\", answer\)"
    solved = {id: literal_eval(answer) for answer, id in re.findall(cell, source.read_text(encoding="utf-8"))}
    questions = load_questions(lesson)
    assert set(solved) == set(questions)
    assert [id for id, answer in solved.items() if not questions[id].check(answer).passed] == []


def test_the_sealed_files_are_those_of_the_authors_questions():
    for path, text in sealed_texts(ROOT).items():
        assert path.read_text(encoding="utf-8") == text


def test_no_right_answer_and_no_explanation_can_be_read_in_the_sealed_files():
    for path in sorted((ROOT / "course_utils/learn/questions").iterdir()):
        text = path.read_text(encoding="utf-8")
        assert path.suffix == ".json"
        for variants in AUTHORED[path.stem].values():
            for authored in variants:
                for one in authored.foreseen:
                    assert one.why not in text
                    assert one.why[-30:] not in text
        for variants in json.loads(text)["questions"].values():
            for question in variants:
                assert list(question["sealed"]) == sorted(question["sealed"])
                assert set(question) <= {
                    *("id", "kind", "text", "salt", "sealed"),
                    *("choices", "positions", "tolerance", "unit", "otherwise", "topic"),
                }


def test_a_number_in_the_sealed_file_is_not_a_right_answer():
    """A right number, order or shape is in no field other than the question's own text."""
    for stem, questions in AUTHORED.items():
        sealed = json.loads((ROOT / f"course_utils/learn/questions/{stem}.json").read_text(encoding="utf-8"))
        for id, variants in questions.items():
            for authored, fields in zip(variants, sealed["questions"][id], strict=True):
                right = next(one for one in authored.foreseen if one.right)
                assert fields["text"] == authored.text
                plain = {name: value for name, value in fields.items() if name not in ("text", "sealed", "salt")}
                if authored.kind in ("number", "order", "curve"):
                    assert f'"{right.answer}"' not in json.dumps(plain)
                    assert right.answer not in plain.values()


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_authored_tolerance_decides_at_its_edges(learner):
    for lesson in ("00", "02", "03", "04", "05", "06"):
        for question in load_questions(lesson, learner).values():
            if question.kind != "number":
                continue
            right = float(next(one.answer for one in authored_of(question).foreseen if one.right))
            for edge in (-1, 1):
                assert question.check(right + edge * question.tolerance).passed, question.id
                assert not question.check(right + edge * (1.3 * question.tolerance + 1e-6 * abs(right))).passed


def test_a_learner_always_gets_the_same_and_learners_differ():
    assert load_questions("02", 7) == load_questions("02", 7)
    seen = {tuple((q.text, q.arrangement) for q in load_questions("02", learner).values()) for learner in range(1, 20)}
    assert len(seen) == 19
    assert all(not question.arrangement for question in load_questions("02").values())


def test_check_asks_the_question_of_the_learner_of_the_record(record):
    progress.begin(4711)
    question = load_questions("02", 4711)["02.q3"]
    assert question.arrangement
    assert repr(check("02.q3")) == repr(question.check())
    right = next(one.answer for one in authored_of(question).foreseen if one.right)
    assert check("02.q3", as_shown(question, right)).passed
    progress.begin(5)
    assert progress.learner() == 4711
    assert json.loads(record.read_text())["learner"] == 4711


def test_without_a_record_or_a_number_the_order_is_the_authors(record):
    assert progress.learner() == 0
    record.write_text(json.dumps({"version": 1, "checks": {}, "hints": {}, "predictions": {}, "learner": "me"}))
    assert progress.learner() == 0
