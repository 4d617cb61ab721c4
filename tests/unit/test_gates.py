"""The release gates: each passes a good lesson, and fails a bad one with a sentence that says how to fix it."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import course_utils
from course_utils.authoring.build import build
from course_utils.authoring.gates import coverage, leaks, pages, percentages, reading, scores, size, subject
from course_utils.authoring.gates.examine import STATIC_GATES, examine
from course_utils.authoring.gates.subject import Subject, read_subject
from course_utils.checkout import find_lessons
from course_utils.errors import CourseError
from course_utils.execution import answer_cells as trial

ROOT = Path(course_utils.__file__).parents[1]

LESSON = '''# ---
# jupyter:
#   course:
#     title: Doubling
#     question: What is twice a number?
#     objectives:
#       - text: Write a function that doubles
#         practised_by: ["98.e1"]
#       - text: Say what twice a number is
#         practised_by: ["98.q1"]
#       - text: Double with confidence
#         practised_by: ["98.q1", "98.e1"]
#     misconceptions:
#       - id: twice-is-square
#         text: Twice a number is its square
#         caught_by: ["98.q1"]
#     terms: ["number", "twice"]
#     given: ["200 %"]
#     prerequisites: []
#     minutes: 4
#     seconds: 1
#     data: none
#     backbone: none
# ---

# %% [markdown]
# # 98 Doubling
# What is twice a number? See [the exercise](#Exercise-1) or [this lesson](98_doubling.ipynb#Exercise-1) again, or
# [another site](https://example.org/nothing). In lesson 98 you double. A **number** **twice** is 200 % of it, `3 %`.
#
# ![a number and its double](pictures/double.png)

# %% tags=["parameters"]
PROFILE = "laptop"

# %%
from course_utils.learn import Result


# %%
def check(id, answer=None):
    value = answer(21) if callable(answer) else answer
    outcome = "unattempted" if value is None else "passed" if value in ("b", 42) else "wrong"
    worth = {"98.q1": 1.0, "98.e1": 2.0}[id]
    return Result(id, "", outcome, worth * (outcome == "passed"), worth, "Add it to itself.")


# %%
measured = 1 / 0  # what the lesson computes is not run


# %%
def later(times=measured):
    """Needs what the lesson computes."""


# %%
def plus(a, b):
    return a + b


# %% [markdown]
# ## Quick check

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("98.q1", answer)

# %% [markdown]
# ## Exercise 1
# ```
# # no heading, since it is code
# ```


# %% nbgrader={"grade_id": "e1", "solution": true}
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return plus(x, x)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("98.e1", double)
### BEGIN HIDDEN TESTS
check("98.e1", double, seed=1)
### END HIDDEN TESTS
'''


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one lesson that passes every gate."""
    questions, exercises = {"98.q1": None}, {"98.e1": SimpleNamespace(points=2, words=SimpleNamespace(messages={}))}
    monkeypatch.setattr(subject, "load_questions", lambda lesson: questions if lesson == "98" else {})
    monkeypatch.setattr(subject, "load_exercises", lambda lesson: exercises if lesson == "98" else {})
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "98_doubling.py").write_text(LESSON, encoding="utf-8")
    (tmp_path / "lessons" / "pictures").mkdir(parents=True)
    (tmp_path / "lessons" / "pictures" / "double.png").touch()
    return tmp_path


def edited(course: Path, old: str, new: str) -> Subject:
    """Change the lesson's source, build it and return the subject."""
    assert old in LESSON
    (course / "solutions" / "98_doubling.py").write_text(LESSON.replace(old, new), encoding="utf-8")
    build(course)
    (lesson,) = find_lessons(course)
    return read_subject(lesson)


def found(gate, examined: Subject, *tried) -> list[str]:
    return [str(finding) for finding in gate(examined, *tried)]


@pytest.mark.parametrize("gate", STATIC_GATES, ids=lambda gate: gate.__name__)
def test_a_good_lesson_passes(gate, course: Path) -> None:
    assert found(gate, edited(course, "", "")) == []


@pytest.mark.parametrize("gate", STATIC_GATES, ids=lambda gate: gate.__name__)
@pytest.mark.parametrize("lesson", find_lessons(ROOT), ids=lambda lesson: lesson.name)
def test_the_courses_own_lessons_pass(lesson, gate) -> None:
    assert found(gate, read_subject(lesson)) == []


@pytest.mark.parametrize(
    ("gate", "old", "new", "said"),
    [
        (
            scores.everything_is_asked_once,
            'check("98.q1", answer)',
            "answer",
            '98.q1: the lesson asks for it 0 times. One cell with check("98.q1", ...) is needed.',
        ),
        (
            scores.everything_is_asked_once,
            'check("98.q1", answer)',
            'check("98.q1", answer)\ncheck("98.q7", answer)',
            'q1: it checks "98.q7", which the lesson does not have. Correct the id.',
        ),
        (
            scores.everything_is_asked_once,
            '"points": 2',
            '"points": 3',
            "98.e1: the cell e1-check gives 3 points and its check 2. Make them equal.",
        ),
        (
            coverage.objectives_are_practised,
            'practised_by: ["98.e1"]',
            'practised_by: ["98.e9"]',
            'objectives 1 (Write a function that doubles): it names "98.e9", which the lesson does not have. '
            "It has: 98.q1, 98.e1.",
        ),
        (
            coverage.objectives_are_practised,
            '"98.e1"]',
            '"98.q1"]',
            "98.e1: it serves no objective. Add it to practised_by of one in the front matter, or leave it out.",
        ),
        (
            coverage.misconceptions_are_caught,
            'caught_by: ["98.q1"]',
            'caught_by: ["98.q2"]',
            'misconceptions 1 (Twice a number is its square): it names "98.q2", which the lesson does not have. '
            "It has: 98.q1, 98.e1.",
        ),
        (
            pages.headings_are_in_order,
            "# ## Exercise 1",
            "# # Exercise 1",
            "exercise-1-1: 'Exercise 1' is a second title. Begin it with ## instead.",
        ),
        (
            pages.headings_are_in_order,
            "# ## Exercise 1",
            "# #### Exercise 1",
            "exercise-1-1: 'Exercise 1' has level 4, but at most 3 is allowed here. Begin it with ### instead.",
        ),
        (
            pages.headings_are_in_order,
            "# # 98 Doubling",
            "# 98 Doubling",
            "quick-check-1: 'Quick check' has level 2, but at most 1 is allowed here. Begin it with # instead.",
        ),
        (
            pages.pictures_have_words,
            "![a number and its double]",
            "![ ]",
            "98-doubling-1: a picture has no alternative text. Write ![what it shows](its file).",
        ),
        (
            pages.pictures_have_words,
            "![a number and its double](pictures/double.png)",
            '<img src="pictures/double.png" alt="">',
            "98-doubling-1: a picture has no alternative text. Write ![what it shows](its file).",
        ),
        (
            pages.links_lead_somewhere,
            "pictures/double.png",
            "pictures/half.png",
            "98-doubling-1: its link to pictures/half.png leads nowhere. Correct it, or take it out.",
        ),
        (
            pages.links_lead_somewhere,
            "98_doubling.ipynb",
            "99_tripling.ipynb",
            "98-doubling-1: its link to 99_tripling.ipynb leads nowhere. Correct it, or take it out.",
        ),
        (
            pages.links_lead_somewhere,
            "(#Exercise-1)",
            "(#Exercise-2)",
            "98-doubling-1: its link to #Exercise-2 fits no heading. An anchor is the heading with - for each space.",
        ),
        (
            pages.links_lead_somewhere,
            "ipynb#Exercise-1",
            "ipynb#exercise",
            "98-doubling-1: its link to 98_doubling.ipynb#exercise fits no heading. "
            "An anchor is the heading with - for each space.",
        ),
        (
            pages.links_lead_somewhere,
            "In lesson 98",
            "In lesson 97",
            "98-doubling-1: it names lesson 97, which does not exist. Correct the number.",
        ),
        (
            pages.cards_are_shown,
            "measured = 1 / 0",
            'reveal("98.twice", 2)\nmeasured = 1 / 0',
            "98-doubling-5: reveal(...) isn't its last line, so its card is never shown. Move it, or split the cell.",
        ),
        (
            reading.minutes_are_about_right,
            "minutes: 4",
            "minutes: 40",
            "minutes in the front matter: it says 40, but its words, code and checks take about 5. Change it to that.",
        ),
        (
            size.lesson_is_short_enough,
            "In lesson 98 you double.",
            "In lesson 98 you double. " + "Again! " * 2500,
            "its length: it has 2534 words, and 2500 are the most. Cut it, or split it.",
        ),
        (
            size.lesson_is_short_enough,
            "# %% [markdown]\n# ## Quick check\n",
            "# %%\n1\n\n" * 80 + "# %% [markdown]\n# ## Quick check\n",
            "its length: it has 92 cells, and 80 are the most. Cut it, or split it.",
        ),
        (
            size.lesson_is_short_enough,
            "minutes: 4",
            "minutes: 46",
            "its length: it has 46 minutes, and 45 are the most. Cut it, or split it.",
        ),
        (
            size.cells_are_short_enough,
            "    return a + b",
            "    a += 1\n\n" * 12 + "    return a + b",
            "98-doubling-7: it has 14 lines of code, and 12 are the most. Split it, or move the plumbing.",
        ),
        (
            size.terms_are_introduced,
            '["number", "twice"]',
            '["number", "thrice"]',
            "its terms: 'thrice' is never in bold. Write **thrice** where it is explained.",
        ),
        (
            size.terms_are_introduced,
            '["number", "twice"]',
            '["number", "twice", twice, number, number, number, number, number, number]',
            "its terms: it has 9 new terms, and 8 are the most. Drop some.",
        ),
        (
            percentages.numbers_are_measured,
            "In lesson 98 you double.",
            "In lesson 98 you double, and gain\n# 12.5 points.",
            "98-doubling-1: '12.5 points' is typed into the text. Compute it, or add it to given in the front matter.",
        ),
        (
            percentages.numbers_are_measured,
            'given: ["200 %"]',
            'given: ["200 %", "7 %"]',
            "given in the front matter: '7 %' is not in the text. Take it out.",
        ),
    ],
)
def test_a_fault_is_one_line_that_says_where_it_is_and_how_to_fix_it(gate, old, new, said, course: Path) -> None:
    assert found(gate, edited(course, old, new)) == [f"98_doubling, {said}"]


def attempted(examined: Subject) -> scores.Trial:
    return trial.try_versions(scores.asked(examined))


def test_the_solution_scores_everything_and_the_stub_nothing(course: Path) -> None:
    examined = edited(course, "", "")
    tried = attempted(examined)
    assert [answer.id for answer in tried["solution"]] == ["98.q1", "98.e1"]
    assert scores.points(tried["solution"]) == "3 of 3 points"
    assert scores.points(tried["untouched"]) == "0 of 3 points"
    assert found(scores.solution_scores_everything, examined, tried) == []
    assert found(scores.untouched_scores_nothing, examined, tried) == []


@pytest.mark.parametrize(
    ("gate", "old", "new", "said"),
    [
        (
            scores.solution_scores_everything,
            "return plus(x, x)",
            "return plus(x, 1)",
            "98.e1: the solution gets 0 of 2 (wrong: Add it to itself.). Fix the solution, or its check.",
        ),
        (
            scores.solution_scores_everything,
            "return plus(x, x)",
            "return later(x) + x",
            "e1-check: the solution's cell stops with NameError: name 'later' is not defined. Fix it.",
        ),
        (
            scores.untouched_scores_nothing,
            "answer = None",
            'answer = "a"',
            "98.q1: untouched, it is wrong with 0 points, not unattempted. Fix the stub.",
        ),
        (
            scores.untouched_scores_nothing,
            "def double(x):\n",
            "def double(x):\n    plus(x)\n",
            "e1-check: untouched, its cell stops with TypeError: plus() missing 1 required positional argument: 'b'. "
            "A stub must run without an error.",
        ),
    ],
)
def test_an_answer_with_an_unexpected_score_is_one_line(gate, old, new, said, course: Path) -> None:
    examined = edited(course, old, new)
    assert found(gate, examined, attempted(examined)) == [f"98_doubling, {said}"]


def in_cell(examined: Subject, cell_id: str, text: str) -> Subject:
    """Return the lesson with an extra line in a cell that learners get."""
    next(cell for cell in examined.learner.cells if cell.id == cell_id).source += f"\n{text}"
    return examined


@pytest.mark.parametrize(
    ("cell_id", "text", "said"),
    [
        ("exercise-1-1", "  return plus(x, x)", "it contains the solution of e1. Remove it from this cell."),
        ("quick-check-1", 'answer = "b"', "it contains the solution of q1. Remove it from this cell."),
        (
            "e1-check",
            'check("98.e1", double, seed=1)',
            "it contains the hidden test of e1-check. Remove it from this cell.",
        ),
        (
            "e1",
            "    ### BEGIN SOLUTION",
            "a marker of a solution or a hidden test is left in it. Run: course build",
        ),
    ],
)
def test_a_solution_or_hidden_test_among_the_lessons_is_found(cell_id, text, said, course: Path) -> None:
    examined = in_cell(edited(course, "", ""), cell_id, text)
    assert found(leaks.nothing_is_given_away, examined) == [f"98_doubling, {cell_id}: {said}"]


def test_an_output_among_the_lessons_is_found(course: Path) -> None:
    examined = edited(course, "", "")
    next(cell for cell in examined.learner.cells if cell.id == "e1").outputs = [{"output_type": "stream"}]
    assert found(leaks.nothing_is_given_away, examined) == [
        "98_doubling, e1: learners get its output, which may hold an answer. Run: course build"
    ]


@pytest.mark.parametrize("text", ["    return x", '    """Twice x."""'], ids=["another line", "a line twice"])
def test_a_stub_that_differs_from_its_solution_is_found(text: str, course: Path) -> None:
    examined = in_cell(edited(course, "", ""), "e1", text)
    assert found(leaks.stubs_stand_in_the_solution, examined) == [
        f"98_doubling, e1: its line {text.strip()!r} is not in the solution's source. Run: course build"
    ]


def test_what_a_lesson_computes_is_left_out_and_what_it_defines_is_kept() -> None:
    assert trial.definitions("x = slow()\ndef f(a):\n    return a\nclass A:\n    pass") == [
        "def f(a):\n    return a",
        "class A:\n    pass",
    ]
    assert trial.definitions("import math\nx = 1") == ["import math\nx = 1"]


def test_an_examination_tries_the_answers_in_another_process_and_counts(course: Path, tmp_path: Path) -> None:
    told = []
    build(course)
    (passed,) = examine(course, lambda done, total: told.append((done, total)))
    assert passed.findings == ()
    assert passed.figures.startswith("solution 3 of 3 points, untouched 0 of 3 points; reading level ")
    assert passed.figures.endswith("4 minutes said, 5 counted")
    assert told == [(1, 1)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "from course_utils.learn import Result",
            "import no_such_module",
            "its answers: they could not be tried (ModuleNotFoundError: No module named 'no_such_module'). "
            "Fix the cells with imports and definitions.",
        ),
        (
            "    return plus(x, x)",
            "    import os\n    os._exit(3)",
            "its answers: they could not be tried (exit code 3). Fix the cells with imports and definitions.",
        ),
    ],
)
def test_answers_that_end_the_process_are_a_finding(old: str, new: str, said: str, course: Path) -> None:
    edited(course, old, new)
    (failed,) = examine(course, lambda done, total: None)
    assert [str(finding) for finding in failed.findings] == [f"98_doubling, {said}"]


def test_an_answer_that_never_ends_is_a_finding(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "_PATIENCE", 0.01)
    with pytest.raises(CourseError, match=r"took more than .* s\. Find the one that does not end"):
        scores.try_apart(edited(course, "", ""))


def test_a_quick_check_without_an_explanation_is_a_finding(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(lesson: str) -> None:
        raise CourseError("lesson_98.toml, question 98.q1, a choice: why is missing or empty.")

    build(course)
    monkeypatch.setattr(subject, "load_questions", broken)
    (failed,) = examine(course, lambda done, total: None)
    assert [str(finding) for finding in failed.findings] == [
        "98_doubling, its files: lesson_98.toml, question 98.q1, a choice: why is missing or empty."
    ]


def test_a_lesson_that_was_not_built_is_a_finding(course: Path) -> None:
    (failed,) = examine(course, lambda done, total: None)
    path = course / "lessons" / "98_doubling.ipynb"
    assert [str(finding) for finding in failed.findings] == [
        f"98_doubling, its files: There is no {path}. Make it with: course build"
    ]


def test_a_trial_is_not_recorded_in_any_progress_file(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(mine))
    note = "from course_utils.learn import progress\nprogress.update(lambda record: None)\n"
    scores.try_apart(
        edited(course, "from course_utils.learn import Result", f"{note}from course_utils.learn import Result")
    )
    assert not mine.exists()


def test_the_gates_themselves_start_without_keras() -> None:
    program = "import sys, course_utils.authoring.gates\nsys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("word", "count"), [("cat", 1), ("make", 1), ("table", 2), ("network", 2), ("accuracy", 4), ("the", 1), ("hmm", 1)]
)
def test_syllables_of_plain_words(word: str, count: int) -> None:
    assert reading.syllables(word) == count


def test_the_reading_level_is_the_formulas() -> None:
    # 6 words in one sentence, 6 syllables
    assert reading.reading_level("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)


def test_longer_sentences_and_longer_words_read_harder() -> None:
    short = "You freeze it. You train the head. Then you look."
    joined = "You freeze it and you train the head and then you look"
    heavy = "Immobilisation precedes classifier optimisation. Evaluation subsequently corroborates generalisation."
    assert reading.reading_level(short) < reading.reading_level(joined) < reading.reading_level(heavy)


def test_code_links_and_addresses_do_not_count_as_words() -> None:
    plain = "Read the paper. Then run it."
    marked = "Read the [paper](https://example.org/internationalisation). Then run it `transfer.gradual_unfreezing()`."
    assert reading.reading_level(marked) == reading.reading_level(plain)
    assert reading.reading_level("```\ncode alone\n```") == 0


@given(st.text())
def test_any_text_has_a_reading_level(text: str) -> None:
    assert reading.reading_level(text) == reading.reading_level(text)  # a number, and not NaN


@given(st.from_regex(r"[a-z]+", fullmatch=True))
def test_a_word_has_at_least_one_syllable_and_at_most_its_letters(word: str) -> None:
    assert 1 <= reading.syllables(word) <= len(word)
