"""Spaced review and the course's own solutions: what is asked when, and who sees what."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.learn import check, overview, progress_card, reference, review, solution
from course_utils.learn.catalogue import lessons, load_exercises
from course_utils.learn.checking import note_attempt
from course_utils.learn.quick_checks import load_questions
from course_utils.learn.result import Result
from course_utils.learn.spaced_review import choose


class Question:
    """A question whose only right answer is "a"."""

    def __init__(self, id):
        self.id = id

    def check(self, answer=None):
        outcome = {None: "unattempted", "a": "passed", "odd": "error"}.get(answer, "wrong")
        return Result(self.id, "Quick check", outcome, float(outcome == "passed"), 1.0, "why")


def questions(lesson, learner=0):
    return {f"{lesson}.q{number}": Question(f"{lesson}.q{number}") for number in range(1, 5)}


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


@pytest.fixture
def plain_questions(monkeypatch):
    for module in ("catalogue", "spaced_review", "progress_cards"):
        monkeypatch.setattr(f"course_utils.learn.{module}.load_questions", questions)


def asked(shown):
    return [result.id for result in shown.results]


@pytest.mark.parametrize(
    ("lesson", "ids"),
    [
        ("01", ["00.q1", "00.q2", "00.q3"]),
        ("02", ["01.q1", "00.q1", "01.q2"]),
        ("03", ["02.q1", "01.q1", "00.q1"]),
        ("04", ["03.q1", "02.q1", "01.q1"]),
        ("05", ["04.q1", "03.q1", "02.q1"]),
        ("06", ["05.q1", "04.q1", "03.q1"]),
    ],
)
def test_an_empty_record_gives_the_same_questions_to_everybody(plain_questions, lesson, ids):
    assert asked(review(lesson)) == ids


def test_what_was_missed_comes_first_then_the_untried_then_what_was_seen_longest_ago(plain_questions):
    for id in ("00.q1", "00.q2", "01.q1", "01.q2", "01.q3", "01.q4"):
        check(id, "a")
    check("00.q3", "b")
    assert asked(review("02")) == ["00.q3", "00.q4", "00.q1"]


def test_a_question_that_took_two_attempts_counts_as_missed(plain_questions):
    for id in [*questions("00"), *questions("01")]:
        check(id, "a")
    check("01.q3", "b")
    check("01.q3", "a")
    assert asked(review("02"))[0] == "01.q3"
    review("02", first="a")
    assert "01.q3" not in asked(review("03"))  # right at once in a review: no longer missed


def test_a_question_that_is_missed_in_a_review_comes_back(plain_questions):
    for lesson in ("00", "01", "02"):
        for id in questions(lesson):
            check(id, "a")
    first = asked(review("02", "b", "a", "a"))[0]
    review("02", "a", "a", "a")  # right at the second attempt
    assert asked(review("03"))[0] == first


def test_the_questions_stay_until_all_three_are_answered(plain_questions):
    first = asked(review("02"))
    check("00.q4", "b")  # it would be more urgent
    assert asked(review("02")) == first
    assert asked(review("02", "a", None, "odd")) == first  # an unreadable answer doesn't count
    assert asked(review("02")) == first
    assert asked(review("02", "a", "b", "odd")) == first
    assert asked(review("02")) == first
    done = review("02", "a", "a", "b")
    assert asked(done) == first
    assert "2 of 3 right" in repr(done)
    assert asked(review("02", "a", "a", "a")) == first
    again = asked(review("02"))
    assert again != first
    assert again[0] == "00.q4"


def test_answers_count_like_any_other(plain_questions, record):
    review("01", first="a", second="b")
    kept = json.loads(record.read_text())["checks"]
    assert kept["00.q1"]["outcome"] == "passed"
    assert kept["00.q2"]["missed"] is True
    assert "1 of 4 right" in repr(progress_card("00"))
    assert "Worth another look: 00.q2." in repr(overview())


def test_a_question_that_the_course_no_longer_has_is_replaced(plain_questions, record):
    gone = {"01": {"asked": ["00.q1", "00.q99", "00.q2"], "answered": []}}
    record.write_text(json.dumps({"version": 2, "reviews": gone}))
    assert asked(review("01")) == ["00.q1", "00.q2", "00.q3"]


@pytest.mark.parametrize("lesson", ["00", "77", "", 3, None, ["03"]])
def test_without_earlier_lessons_it_says_so(lesson, record):
    assert "looks back on earlier lessons" in repr(review(lesson))
    assert not record.exists()


ids = st.sampled_from([f"{lesson}.q{number}" for lesson in ("00", "01", "02") for number in (1, 2, 3, 4)])


@given(tried=st.lists(st.tuples(ids, st.booleans()), max_size=15))
def test_the_choice_is_three_of_the_pool_with_weak_answers_before_solid_ones(tried):
    record = {"checks": {}}
    pool = {**questions("00"), **questions("01"), **questions("02")}
    for id, right in tried:
        note_attempt(record, pool[id].check("a" if right else "b"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("course_utils.learn.spaced_review.load_questions", questions)
        chosen = choose(record, pool)
        assert chosen == choose(record, dict(reversed(pool.items())))
    assert len(set(chosen)) == 3
    solid = {id for id in pool if (id, True) in tried and (id, False) not in tried}
    assert len(set(chosen) & solid) == max(0, 3 - len(set(pool) - solid))


answers = st.none() | st.text(max_size=3) | st.floats() | st.lists(st.integers()) | st.binary() | st.just(...)


@given(first=answers, second=answers, third=answers)
def test_no_answer_to_a_review_raises(first, second, third):
    for lesson in ("01", "04"):
        shown = review(lesson, first=first, second=second, third=third)
        assert len(shown.results) == 3
        assert shown._repr_html_().count("<section") == 4


def test_a_review_shows_the_questions_themselves():
    shown = repr(review("04"))
    assert "Write your answers in place of `None`" in shown
    for id in asked(review("04")):
        assert load_questions(id[:2])[id].text in shown


# The course's own solutions ------------------------------------------------------------------------------------
@pytest.mark.parametrize("id", [id for lesson in lessons() for id in load_exercises(lesson)])
def test_every_exercise_has_a_solution_to_show(id):
    solution(id)
    shown = repr(solution(id))
    assert "def " in shown
    assert "###" not in shown
    code = next(block.text for block in solution(id).card().blocks if hasattr(block, "text") and "def " in block.text)
    compile(code, id, "exec")
    assert not code.rstrip().endswith('"""')  # there is a body


def test_a_learner_who_has_not_tried_is_asked_to_try_first(record):
    first = repr(solution("02.e1"))
    assert "Try it yourself first" in first
    assert "def build_frozen" not in first
    assert json.loads(record.read_text())["solutions"] == {"02.e1": {"seen": False}}
    assert "def build_frozen" in repr(solution("02.e1"))
    assert json.loads(record.read_text())["solutions"] == {"02.e1": {"seen": True}}


def test_a_learner_who_has_tried_sees_it_at_once():
    check("02.e3", lambda *curves: 3)
    assert "def label_efficiency" in repr(solution("02.e3"))


@pytest.mark.parametrize("setting", ["off", "OFF", " off "])
def test_an_instructor_can_switch_solutions_off(monkeypatch, record, setting):
    monkeypatch.setenv("COURSE_SOLUTIONS", setting)
    for _ in range(2):
        assert "switched off" in repr(solution("02.e1"))
    assert not record.exists()


def test_without_the_sources_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(reference, "SOURCES", tmp_path / "none")
    assert "aren't part of this copy" in repr(solution("02.e1"))


def test_a_quick_check_has_no_solution_to_show():
    assert "explains itself" in repr(solution("02.q1"))


def test_a_solution_is_found_however_its_marker_is_spelled(monkeypatch, tmp_path):
    marker = '# %% tags=["x"] nbgrader={"solution": true,   "grade_id": "e1"}'
    body = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    source = f"{marker}\n{body}"
    (tmp_path / "02_x.py").write_text(f"# %%\n1\n\n{source}\n# %%\n2\n")
    monkeypatch.setattr(reference, "SOURCES", tmp_path)
    solution("02.e1")
    assert "def f():\n    return 1" in repr(solution("02.e1"))
