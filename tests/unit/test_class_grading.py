"""Grading a class in the sandbox: everyone gets what their answers are worth, whatever the others hand in."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from sandboxed import skip_without_sandbox
from test_classroom import DEMO, LESSON, QUESTIONS, nbgrader, read, solutions

from course_utils.authoring import build as builder
from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.execution.graded.pool import ExecutorPool
from course_utils.execution.sandbox import bubblewrap
from course_utils.execution.sandbox.unconfined import WARNING
from course_utils.exercises.lesson_00.times_guessing import TimesGuessing
from course_utils.grading import class_grading, classroom, scorer
from course_utils.grading.class_grading import GradedSubmission, grade_class

BODY = '''
# %%
from course_utils import check, learn

# %% [markdown]
# ## Exercise

# %% nbgrader={"grade_id": "e1", "solution": true}
def times_guessing(accuracy, classes):
    """How many times better than guessing."""
    ### BEGIN SOLUTION
    return accuracy * classes
    ### END SOLUTION

# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("00.e1", times_guessing)
### BEGIN HIDDEN TESTS
check("00.e1", times_guessing, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Knowledge check

# %% tags=["knowledge-check"]
learn.knowledge_check("01")
'''
LATE_POLICY = """
from nbgrader.plugins import LateSubmissionPlugin
class HalfAPoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.5
c.AssignLatePenalties.plugin_class = HalfAPoint
"""
RIGHT = "def times_guessing(accuracy, classes):\n    return accuracy * classes"
TAMPERING = """
def times_guessing(accuracy, classes):
    import numpy as np
    import course_utils.exercises.lesson_00 as lesson
    from course_utils.learn import class_questions, exercise
    for kind in (exercise.Exercise, type(lesson.EXERCISES[0])):
        kind.verdict = lambda self, inputs, data: exercise.passed()
        kind.judge = lambda self, seed, evidence: exercise.Judgement("passed", 1.0, "passed", {}, "")
    class_questions.marked = lambda *given, **more: None
    save = np.savez
    np.savez = lambda file, **arrays: save(file, times=np.full(4, np.nan))
    return 1
"""
FORGED = """
def times_guessing(accuracy, classes):
    from course_utils.learn.calling import Unusable
    raise Unusable("a message of its own", points=100)
"""
LARGE = """
def times_guessing(accuracy, classes):
    import numpy as np
    save = np.savez
    np.savez = lambda file, **arrays: save(file, times=np.zeros(10**6))
    return 1
"""
ANSWERS: dict[str, str] = {
    "warns": "import sys, warnings\nwarnings.warn('careful')\nprint('x' * 10**6, file=sys.stderr)\n" + RIGHT,
    "another way": "times_guessing = lambda accuracy, classes: sum(accuracy for _ in range(classes))",
    "wrong": "def times_guessing(accuracy, classes):\n    return accuracy / classes",
    "memorised": "def times_guessing(accuracy, classes):\n    return 0.8 * 5",
    "raises": "def times_guessing(accuracy, classes):\n    return 1 / 0",
    "not python": "def times_guessing(accuracy",
    "exits": "def times_guessing(accuracy, classes):\n    import os\n    os._exit(0)",
    "loops": (
        "def times_guessing(accuracy, classes):\n    while True:\n        try:\n            pass\n"
        "        except BaseException:\n            pass"
    ),
    "loops outside": RIGHT + "\nwhile True: pass",  # which the answer doesn't need
    "tampers": TAMPERING,
    "forges": FORGED,
    "lies about its size": LARGE,
}  # fmt: skip
E1 = {
    "all": ("passed", 2.0),
    "half": ("passed", 2.0),
    "nothing": ("unattempted", 0.0),
    "warns": ("passed", 2.0),
    "another way": ("passed", 2.0),
    "wrong": ("wrong", 0.0),
    "memorised": ("wrong", 0.0),
    "raises": ("raised", 0.0),
    "not python": ("raised", 0.0),
    "exits": ("crashed", None),
    "loops": ("timed out", 0.0),
    "loops outside": ("passed", 2.0),
    "tampers": ("tampered", 0.0),
    "forges": ("tampered", 0.0),
    "lies about its size": ("tampered", 0.0),
    "deleted": ("unattempted", 0.0),
    "relabelled": ("passed", 2.0),
}
UNREADABLE = {"copied half": "Was it copied whole?", "linked": "can't be opened"}


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class folder whose lesson has been handed out."""
    skip_without_sandbox()
    root = shutil.copytree(DEMO, tmp_path_factory.mktemp("grading") / "course")
    source = root / "solutions" / f"{LESSON}.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(text[: text.index("# %% [markdown]\n# ## Exercise 1")] + BODY, encoding="utf-8")
    (root / "solutions" / "questions").mkdir(exist_ok=True)
    shutil.copy(QUESTIONS / "bank_01.toml", root / "solutions" / "questions")
    builder.build(root)
    folder = root.parent / "class"
    classroom.init(folder, root)
    nbgrader(folder, "generate_assignment", LESSON)
    return folder


def hand_in(folder: Path, learner: str, answers: dict[str, str], forget: str = "", relabel: bool = False) -> Path:
    notebook = nbformat.read(folder / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != forget]
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
        if relabel:  # as tools do that drop what they don't know, and learners who would like more points
            cell.metadata = nbformat.NotebookNode()
    path = folder / "submitted" / learner / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def graded(handed_out: Path) -> Iterator[dict[str, GradedSubmission]]:
    """What became of everybody, graded with little time for each."""
    folder, right = handed_out, solutions(read(handed_out))
    hand_in(folder, "all", {"e1": RIGHT, **right})
    half = hand_in(folder, "half", {"e1": RIGHT, "k1": right["k1"]})
    half.with_name("timestamp.txt").write_text("2026-03-02 00:00:00 UTC")
    half.with_name("submission_secret.txt").write_text("s3cret")
    with sqlite3.connect(folder / "gradebook.db") as book:
        book.execute("UPDATE assignment SET duedate = '2026-03-01 00:00:00.000000'")
    with (folder / "nbgrader_config.py").open("a") as settings:
        settings.write(LATE_POLICY)
    hand_in(folder, "nothing", {})
    for learner, answer in ANSWERS.items():
        hand_in(folder, learner, {"e1": answer, **right})
    hand_in(folder, "deleted", {"e1": RIGHT, **right}, forget="e1")
    hand_in(folder, "relabelled", {"e1": RIGHT, **right}, relabel=True)
    broken = hand_in(folder, "copied half", {"e1": RIGHT})
    broken.write_bytes(broken.read_bytes()[:3000])
    link = hand_in(folder, "linked", {"e1": RIGHT})
    link.unlink()
    link.symlink_to(folder / "source" / LESSON / f"{LESSON}.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorer, "SECONDS", 2.0)
        patch.setattr(TimesGuessing, "seconds", 1)
        patch.setattr(class_grading, "_PRELOADED", ())
        yield {one.learner: one for one in grade_class(folder, LESSON)}


def scores(folder: Path) -> dict[tuple[str, str], float | None]:
    """The gradebook's scores, by learner and cell."""
    asked = """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score FROM grade
        JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        return {(learner, cell): score for learner, cell, score in book.execute(asked)}


@pytest.mark.parametrize("learner", E1)
def test_everyone_gets_what_the_answer_is_worth(graded: dict[str, GradedSubmission], learner: str) -> None:
    mark = graded[learner].marks[0]
    assert (mark.status, mark.points) == E1[learner], mark


def test_a_ruined_exercise_costs_no_question_of_the_knowledge_check(graded: dict[str, GradedSubmission]) -> None:
    for learner in E1:
        earned = sum(mark.points or 0 for mark in graded[learner].marks[1:])
        assert earned == {"half": 1, "nothing": 0}.get(learner, 6), learner


@pytest.mark.parametrize("learner", UNREADABLE)
def test_what_can_not_be_read_is_listed_and_gets_no_score(
    graded: dict[str, GradedSubmission], handed_out: Path, learner: str
) -> None:
    assert graded[learner].marks == ()
    assert UNREADABLE[learner] in graded[learner].remarks[0]
    assert not [key for key in scores(handed_out) if key[0] == learner]


def test_messages_say_what_is_wrong_and_name_the_misconception(graded: dict[str, GradedSubmission]) -> None:
    mark = graded["wrong"].marks[0]
    assert mark.misconception
    assert mark.message
    assert graded["deleted"].remarks == ("e1 has no cell.",)


def test_the_gradebook_holds_the_same(graded: dict[str, GradedSubmission], handed_out: Path) -> None:
    found = scores(handed_out)
    assert found == {(one.learner, mark.cell): mark.points for one in graded.values() for mark in one.marks}


def test_a_second_run_runs_nothing_and_changes_nothing(
    graded: dict[str, GradedSubmission], handed_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scores(handed_out)
    monkeypatch.setattr(class_grading, "GradedExecutor", None)  # nothing can be run
    again = {one.learner: one for one in grade_class(handed_out, LESSON)}
    assert all(one.kept for one in again.values() if one.marks)
    assert {name: one.marks for name, one in again.items()} == {name: one.marks for name, one in graded.items()}
    assert scores(handed_out) == before


def test_who_is_late_loses_what_the_class_has_agreed_on(graded: dict[str, GradedSubmission], handed_out: Path) -> None:
    with sqlite3.connect(handed_out / "gradebook.db") as book:
        found = book.execute("SELECT late_submission_penalty FROM submitted_notebook").fetchall()
    assert sorted(penalty for (penalty,) in found if penalty) == [0.5]


def test_a_grade_that_a_person_gave_stays(graded: dict[str, GradedSubmission], handed_out: Path) -> None:
    with sqlite3.connect(handed_out / "gradebook.db") as book:
        book.execute("UPDATE grade SET manual_score = 1.5, needs_manual_grade = 0 WHERE auto_score IS NULL")
    list(grade_class(handed_out, LESSON))
    with sqlite3.connect(handed_out / "gradebook.db") as book:
        found = book.execute("SELECT manual_score, needs_manual_grade FROM grade WHERE auto_score IS NULL").fetchall()
    assert found == [(1.5, 0)]


def test_the_command_lists_everyone_and_fails_where_a_person_must_look(
    graded: dict[str, GradedSubmission], handed_out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["class", "grade", LESSON, "--class", str(handed_out)]) == 1
    said = capsys.readouterr().out
    assert "all                      8 of 8       7 passed" in said
    assert "A person must look at 3: " in said
    heads, first = said[said.index("answers") :].splitlines()[:2]
    counts = dict(zip(heads.replace("timed out", "timed-out").split()[1:], first.split()[1:], strict=True))
    assert counts == {status.replace(" ", "-"): str(n) for status, n in Counter(s for s, _ in E1.values()).items()}
    assert run(["class", "grade", LESSON, "--class", str(handed_out), "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["learner"] for line in lines} == E1.keys() | UNREADABLE.keys()


@pytest.mark.slow
def test_stock_nbgrader_makes_feedback_without_hidden_tests(
    graded: dict[str, GradedSubmission], handed_out: Path
) -> None:
    nbgrader(handed_out, "generate_feedback", LESSON)
    pages = {path.parts[-3]: path.read_text(encoding="utf-8") for path in handed_out.glob("feedback/*/*/*.html")}
    assert pages.keys() == E1.keys()
    secret = (handed_out / "secret_seed").read_text().strip()
    for page in pages.values():
        assert not [word for word in ("HIDDEN", "learn.marked", "seed=1", secret) if word in page]
    assert graded["wrong"].marks[0].message.split(".")[0] in pages["wrong"]


def test_what_the_exchange_has_brought_goes_with_it(graded: dict[str, GradedSubmission], handed_out: Path) -> None:
    half, other = (handed_out / "autograded" / learner / LESSON for learner in ("half", "all"))
    assert (half / "timestamp.txt").read_text() == "2026-03-02 00:00:00 UTC"
    assert (half / "submission_secret.txt").read_text() == "s3cret"
    assert [path.name for path in other.iterdir()] == [f"{LESSON}.ipynb"]


def test_our_feedback_replaces_it_and_the_report_is_made_of_what_was_graded(
    graded: dict[str, GradedSubmission], handed_out: Path
) -> None:
    assert run(["class", "feedback", LESSON, "--class", str(handed_out)]) == 1  # of some, nothing can be read
    pages = {path.parts[-3]: path.read_text(encoding="utf-8") for path in handed_out.glob("feedback/*/*/*.html")}
    assert pages.keys() == E1.keys() | UNREADABLE.keys()
    assert "8 of 8 points" in pages["all"]
    assert "0.5 points were taken off" in pages["half"]
    assert "Was it copied whole?" in pages["copied half"]
    assert graded["wrong"].marks[0].message.split(".")[0] in pages["wrong"]
    secret = (handed_out / "secret_seed").read_text().strip()
    for page in pages.values():
        assert not [word for word in ("HIDDEN", "learn.marked", "seed=1", secret, "<script") if word in page]
    assert run(["class", "report", LESSON, "--class", str(handed_out), "--names"]) == 0
    (report,) = json.loads((handed_out / "report" / f"{LESSON}.json").read_text())
    assert report["points"].keys() == E1.keys()
    assert {who for who, _ in report["unread"]} == UNREADABLE.keys()
    assert {who: how.partition(" (")[0] for who, id, how in report["to_look_at"] if id == "00.e1"} == {
        who: how for who, (how, _) in E1.items() if how in ("crashed", "timed out", "tampered")
    }


KILLED = """
import os, sys
from pathlib import Path
from course_utils.grading import class_grading
class_grading._PRELOADED = ()
for number, one in enumerate(class_grading.grade_class(Path(sys.argv[1]), sys.argv[2]), 1):
    if number == int(sys.argv[3]):
        os.kill(os.getpid(), 9)
"""


def test_after_a_kill_the_next_run_goes_on(handed_out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    shutil.copytree(handed_out, folder, ignore=shutil.ignore_patterns("submitted", "ledger.db*", "gradebook.db"))
    (folder / "submitted").mkdir()
    nbgrader(folder, "generate_assignment", LESSON, "--force")
    for learner in ("ada", "bob", "cyd"):
        hand_in(folder, learner, {"e1": f"# {learner}\n{RIGHT}"})
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), LESSON, "2"], check=False, timeout=300)
    assert done.returncode == -9
    after = [(one.learner, one.kept, one.marks[0].points) for one in grade_class(folder, LESSON)]
    assert after == [("ada", True, 2.0), ("bob", True, 2.0), ("cyd", False, 2.0)]


def test_two_learners_with_the_same_answers_cost_one_run(
    handed_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "class"
    shutil.copytree(handed_out, folder, ignore=shutil.ignore_patterns("submitted", "ledger.db*"))
    for learner in ("ada", "bob"):
        hand_in(folder, learner, {"e1": RIGHT})
    run_job, jobs = ExecutorPool.submit, []
    monkeypatch.setattr(class_grading, "_PRELOADED", ())
    monkeypatch.setattr(ExecutorPool, "submit", lambda self, *job: jobs.append(job) or run_job(self, *job))
    graded = {one.learner: one for one in grade_class(folder, LESSON, jobs=2)}
    assert len(jobs) == 1
    assert [graded[learner].marks[0].points for learner in ("ada", "bob")] == [2.0, 2.0]
    assert not any(one.kept for one in graded.values())


@pytest.fixture
def without_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise CourseError("There is no sandbox here.")

    monkeypatch.setattr(bubblewrap, "require_sandbox", refuse)
    monkeypatch.setattr(class_grading, "require_sandbox", refuse)
    monkeypatch.setattr(class_grading, "_PRELOADED", ())


@pytest.mark.usefixtures("without_sandbox")
def test_without_a_sandbox_it_refuses_unless_it_is_told_that_this_is_unsafe(
    handed_out: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "class"
    shutil.copytree(handed_out, folder, ignore=shutil.ignore_patterns("submitted", "ledger.db*"))
    hand_in(folder, "ada", {"e1": RIGHT})
    hand_in(folder, "bob", {"e1": ANSWERS["exits"]})
    command = ["class", "grade", LESSON, "--class", str(folder)]
    assert run(command) == 1
    assert capfd.readouterr().err == "There is no sandbox here.\n"
    assert run([*command, "--unsafe"]) == 1
    said = capfd.readouterr()
    assert said.err == f"{WARNING}\n"
    assert "ada                      2 of 8 " in said.out
    assert "1 crashed" in said.out


def test_what_can_not_be_graded_is_refused_in_a_sentence(handed_out: Path, tmp_path: Path) -> None:
    def refused(folder: Path, lesson: str = LESSON) -> str:
        with pytest.raises(CourseError) as refusal:
            list(grade_class(folder, lesson))
        return str(refusal.value)

    assert "is not a class folder" in refused(tmp_path)
    assert "There is no" in refused(handed_out, "09_nothing")
    folder = tmp_path / "class"
    shutil.copytree(handed_out, folder, ignore=shutil.ignore_patterns("submitted", "ledger.db*", "gradebook.db"))
    assert "Put the submissions there" in refused(folder)
    (folder / "submitted").mkdir()
    assert f"course class release {LESSON}" in refused(folder)
    (folder / "secret_seed").write_text(" ")
    assert "secret_seed is missing or empty" in refused(folder)
    source = folder / "source" / LESSON / f"{LESSON}.ipynb"
    source.write_text(
        source.read_text().replace('check(\\"00.e1\\", times_guessing', 'print(\\"00.e1\\", times_guessing')
    )
    assert "is not a check that can be judged apart" in refused(folder)
