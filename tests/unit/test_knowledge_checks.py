"""Knowledge checks: marked at once in self-study; in a class, the learner's notebook doesn't know what is right."""

import re
from pathlib import Path

import numpy as np
import pytest

import course_utils
from course_utils.authoring.build import derive
from course_utils.authoring.knowledge_check_cells import asks_for_questions, for_class
from course_utils.authoring.question_cells import right_answer
from course_utils.authoring.questions import QUESTIONS, read_bank
from course_utils.authoring.sources import read_source
from course_utils.checkout import find_lessons
from course_utils.errors import CourseError
from course_utils.learn import answered, check, knowledge_check, marked, progress, progress_card
from course_utils.learn.knowledge_checks import load_knowledge_check, self_study_seed
from course_utils.learn.question_draw import SIZE, draw

ROOT = Path(course_utils.__file__).parents[1]
LESSONS = {lesson.name[:2]: lesson for lesson in find_lessons(ROOT)}
BANKS = {lesson: bank for lesson in LESSONS if (bank := read_bank(ROOT / QUESTIONS, lesson))}
LEARNERS = (0, 7, 4711, 999_983)
NONSENSE = [3.5j, object(), "z", "", "a and b", [1, 2], {"k": 1}, np.zeros((2, 2)), float("nan"), True, "?" * 10_000]

each_lesson = pytest.mark.parametrize("lesson", BANKS)


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def drawn_for(lesson, learner):
    bank = BANKS[lesson]
    return list(draw(bank.questions, bank.topics, self_study_seed(lesson, learner)).values())


# Self-study ----------------------------------------------------------------------------------------------
@each_lesson
@pytest.mark.parametrize("learner", LEARNERS)
def test_each_learner_is_asked_their_own_draw_and_told_what_is_right_and_why(lesson, learner):
    progress.begin(learner)
    drawn = drawn_for(lesson, learner)
    shown = repr(knowledge_check(lesson))
    for number, one in enumerate(drawn, 1):
        id = f"{lesson}.k{number}"
        assert one.question.text in shown
        assert all(f") {choice}" in shown for choice in one.question.choices)
        result = check(id, right_answer(one))
        assert (result.outcome, result.points, result.graded) == ("passed", 1.0, True)
        assert next(iter(f.why for f in one.question.foreseen if f.right)) in result.message
        for wrong in (f for f in one.question.foreseen if not f.right):
            answer = wrong.answer if one.question.kind == "number" else one.shown(wrong.answer)
            result = check(id, answer)
            assert (result.outcome, result.points) == ("wrong", 0.0)
            assert wrong.why in result.message


def test_learners_get_other_questions():
    draws = {tuple((q.text, q.arrangement) for q in load_knowledge_check("02", n).values()) for n in range(20)}
    assert len(draws) == 20
    assert load_knowledge_check("02", 7) == load_knowledge_check("02", 7)


@pytest.mark.parametrize("absent", [None, ...])
def test_an_untouched_answer_is_unattempted_and_worth_nothing(absent):
    result = check("02.k1", absent)
    assert (result.outcome, result.points, result.form) == ("unattempted", 0.0, None)
    assert result._repr_mimebundle_()["text/plain"] == "0"  # what nbgrader reads
    assert "Not answered yet" in result._repr_html_()


@pytest.mark.parametrize("answer", NONSENSE, ids=lambda answer: repr(answer)[:20])
def test_nonsense_gets_one_sentence_and_no_point(answer):
    for id, question in load_knowledge_check("02").items():
        result = check(id, answer)
        assert result.points == 0
        assert result.outcome in ("error", "wrong")
        if question.kind in ("single", "multiple", "order"):
            assert result.outcome == "error"
            assert re.fullmatch(r"The answer is [^.]+\.", re.sub(r"`[^`]*`", "", result.message))


def test_the_questions_are_sections_with_a_name_and_escaped():
    html = knowledge_check("02")._repr_html_()
    assert re.findall(r'<section aria-label="(.*?)"', html) == [f"Question {n}" for n in range(1, SIZE + 1)]
    assert "<script" not in html


def test_a_lesson_without_a_knowledge_check_gets_a_sentence():
    for lesson in ("98", 2, None):
        with pytest.raises(CourseError, match="has no knowledge check"):
            knowledge_check(lesson)


def test_progress_counts_it_apart_and_only_once_it_was_begun():
    assert "knowledge check" not in repr(progress_card("02"))
    points = re.search(r"points +(\d+ of \d+)", repr(progress_card("02")))[1]
    assert "1 of 6 points in the knowledge check" in check("02.k1", right_answer(drawn_for("02", 0)[0])).score
    card = repr(progress_card("02"))
    assert re.search(r"knowledge check +1 of 6 right", card)
    assert re.search(rf"points +{points}", card)


# The notebooks -------------------------------------------------------------------------------------------
def run_tests(notebook, given):
    """Run the cells that mark, as their last line's value, with these values of ``k1``, ``k2`` and so on."""
    points = []
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and re.fullmatch(r"k\d+-check", cell.id):
            code = re.sub(r"### BEGIN HIDDEN TESTS\n", "", cell.source)
            *_, last = re.split(r"^(?=learn\.|check)", code, flags=re.MULTILINE)
            points.append(eval(last.replace("### END HIDDEN TESTS", ""), {"learn": course_utils.learn, **given}))
    return points


def solutions_of(notebook):
    found = (re.search(r"(k\d+) = \(\n    ### BEGIN SOLUTION\n    (.+)\n", cell.source) for cell in notebook.cells)
    return {match[1]: eval(match[2]) for match in found if match}


@each_lesson
def test_the_lesson_has_a_cell_for_each_answer_and_each_point(lesson):
    notebook = read_source(LESSONS[lesson].source)
    place = next(i for i, cell in enumerate(notebook.cells) if asks_for_questions(cell))
    cells = notebook.cells[place + 1 : place + 1 + 2 * SIZE]
    assert [cell.id for cell in cells] == [f"k{n}{end}" for n in range(1, SIZE + 1) for end in ("", "-check")]
    assert [cell.metadata.nbgrader.points for cell in cells[1::2]] == [1] * SIZE
    learner = {cell.id: cell.source for cell in derive(LESSONS[lesson]).cells}
    assert learner["k1"] == "k1 = (\n    ...  # YOUR ANSWER HERE\n)"
    assert all(check(f"{lesson}.{name}", answer).passed for name, answer in solutions_of(notebook).items())


@each_lesson
@pytest.mark.parametrize("seed", ["spring", "autumn", "a third"])
def test_a_class_marks_the_right_answers_and_no_others(lesson, seed):
    notebook = read_source(LESSONS[lesson].source)
    for_class(notebook, lesson, BANKS[lesson], seed)
    right = solutions_of(notebook)
    assert [result.points for result in run_tests(notebook, right)] == [1.0] * SIZE
    untouched = run_tests(notebook, dict.fromkeys(right, ...))
    assert [(result.outcome, result.points) for result in untouched] == [("unattempted", 0.0)] * SIZE
    drawn = draw(BANKS[lesson].questions, BANKS[lesson].topics, f"{seed} {lesson}").values()
    wrong = {}
    for name, one in zip(right, drawn, strict=True):
        first = next(f for f in one.question.foreseen if not f.right)
        wrong[name] = first.answer if one.question.kind == "number" else one.shown(first.answer)
        assert right[name] == right_answer(one)
    results = run_tests(notebook, wrong)
    assert [(result.outcome, result.points) for result in results] == [("wrong", 0.0)] * SIZE
    for nonsense in NONSENSE:
        assert {result.points for result in run_tests(notebook, dict.fromkeys(right, nonsense))} == {0.0}


@each_lesson
def test_a_class_draw_follows_from_its_seed_alone(lesson):
    def sources(seed):
        notebook = read_source(LESSONS[lesson].source)
        for_class(notebook, lesson, BANKS[lesson], seed)
        return [cell.source for cell in notebook.cells]

    assert sources("spring") == sources("spring")
    assert sources("spring") != sources("autumn")
    assert not any("knowledge_check(" in source for source in sources("spring"))


@pytest.mark.parametrize("kind", ["single", "multiple", "order"])
def test_the_learner_in_a_class_sees_answered_and_not_right(kind):
    good = "bca" if kind == "order" else "b"
    assert "Answered" in repr(answered("02.k1", good, kind, choices=3))
    assert "Not answered yet" in repr(answered("02.k1", ..., kind, choices=3))
    said = repr(answered("02.k1", "z", kind, choices=3))
    assert "could not be read" in said
    assert "a to c" in said


def test_the_learner_in_a_class_may_write_a_number_in_several_ways():
    for number in (1285, "1,285", 1285.0, np.float32(1285)):
        assert "Answered" in repr(answered("02.k1", number, "number"))
        assert marked("02.k1", number, "number", {1285: (True, "w"), 5: (False, "x")}, otherwise="o").passed
    assert "one finite number" in repr(answered("02.k1", [1], "number"))
    assert marked("02.k1", 5, "number", {1285: (True, "w"), 5: (False, "x")}, otherwise="o").message == "x"
    assert marked("02.k1", 7, "number", {1285: (True, "w")}, tolerance=1.0, otherwise="o").message == "o"


def test_an_order_and_several_choices_are_marked_whole():
    order = {"bca": (True, "w"), "acb": (False, "x")}
    for answer, points, message in (("bca", 1, "w"), ("b, c, a", 1, "w"), ("acb", 0, "x"), ("abc", 0, "o")):
        result = marked("02.k1", answer, "order", order, choices=3, otherwise="o")
        assert (result.points, result.message) == (points, message)
    several = {"a": (True, "w"), "b": (False, "x"), "c": (True, "v")}
    assert marked("02.k1", "ca", "multiple", several, choices=3).passed
    for answer, said in (("a", "1 more choice belongs"), ("abc", "b) x"), ("b", "2 more choices belong")):
        result = marked("02.k1", answer, "multiple", several, choices=3)
        assert result.points == 0
        assert said in result.message
