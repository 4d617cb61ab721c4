"""Anything that a learner hands over gets a message: never a traceback of the course, and never an endless wait."""

import copy
import re
import sys
import threading
import time

import keras
import numpy as np
import pytest
from matrix import PROOFS
from proof import SEEDS, Proof, lesson_of, solution

from course_utils.authoring.sources import read_source
from course_utils.exercises import networks
from course_utils.exercises.lesson_04 import rate_choice
from course_utils.learn.calling import call
from course_utils.learn.evidence import MAX_ITEMS, conform, pack, unpack
from course_utils.learn.exercise import Exercise, passed
from course_utils.learn.messages import ExerciseWords

pytestmark = pytest.mark.proofs

each_proof = pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.id)

NONSENSE = {
    "a text": lambda *args: "text",
    "an object": lambda *args: object(),
    "NaN": lambda *args: float("nan"),
    "a complex number": lambda *args: 1j,
    "a dict": lambda *args: {"a": 1},
    "a ragged list": lambda *args: [[1], [2, 3]],
    "three Nones": lambda *args: (None, None, None),
    "two NaNs": lambda *args: (float("nan"), float("nan")),
    "an array of objects": lambda *args: np.array([None, "a"], dtype=object),
    "a huge array": lambda *args: np.zeros((3, 400, 400)),
    "itself": lambda *args: NONSENSE["itself"],
    "a class": lambda *args: dict,
    "an untrained model of another size": lambda *args: keras.Sequential([keras.Input((5,)), keras.layers.Dense(2)]),
    "a generator that fails": lambda *args: (1 / 0 for _ in range(3)),
}


def one_sentence(result) -> bool:
    return bool(result.message) and "\n" not in result.message and "course_utils" not in result.message


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("what", NONSENSE)
@each_proof
def test_nonsense_gets_a_message(proof: Proof, what: str) -> None:
    result = proof.exercise.check(NONSENSE[what])
    assert result.outcome in ("wrong", "error"), result.message
    assert result.points == 0
    assert one_sentence(result)


@each_proof
def test_anything_but_a_function_gets_a_message(proof: Proof) -> None:
    for answer in (7, "text", np.zeros(3), [1, 2]):
        result = proof.exercise.check(answer)
        assert result.outcome == "error"
        assert "Pass the function itself" in result.message


@each_proof
def test_other_arguments_get_a_message(proof: Proof) -> None:
    for answer in (lambda: 1, lambda *, only_by_name: 1):
        assert "as the lesson gave it" in proof.exercise.check(answer).message


@each_proof
def test_an_exception_shows_the_learners_own_line(proof: Proof) -> None:
    def answer(*args):
        return undefined_name  # noqa: F821

    result = proof.exercise.check(answer)
    assert result.outcome == "error"
    assert "NameError: name 'undefined_name' is not defined" in result.message
    assert "`return undefined_name  # noqa: F821`" in result.message
    assert one_sentence(result)


@each_proof
def test_an_answer_that_prints_a_lot_gets_its_verdict_and_shows_nothing(proof: Proof, capsys) -> None:
    def answer(*args):
        for _ in range(1000):
            print("x" * 1000)
            print("y" * 1000, file=sys.stderr)
        return "text"

    assert proof.exercise.check(answer).outcome in ("wrong", "error")
    assert capsys.readouterr() == ("", "")


CHANGED = [
    proof
    for proof in PROOFS
    if proof.id in ("01.e1", "01.e3", "01.e4", "02.e3", "04.e2", "05.e1", "05.e2", "06.e2", "06.e3")
]


@pytest.mark.parametrize("proof", CHANGED, ids=lambda proof: proof.id)
def test_an_answer_that_changes_its_input_gets_a_message(proof: Proof) -> None:
    answer = solution(proof.id).answer()

    def careless(first, *rest):
        value = answer(first, *rest)
        if isinstance(first, np.ndarray):
            first *= 2
        else:
            first.clear()
        return value

    result = proof.exercise.check(careless)
    assert result.outcome == "wrong"
    assert "Work on a copy" in result.message
    assert "`first`" in result.message


@each_proof
def test_an_answer_that_never_returns_is_stopped(proof: Proof) -> None:
    def endless(*args):
        while True:
            time.sleep(0.01)

    exercise = copy.copy(proof.exercise)
    exercise.seconds = 0.03
    result = exercise.check(endless)
    assert result.outcome == "error"
    assert "still running after 0.03 seconds" in result.message
    assert one_sentence(result)


class CalledOnce(Exercise):
    """Calls the answer once, and accepts every whole number."""

    id = "09.e1"
    points = 1
    fields = {"value": "int"}  # noqa: RUF012 - Exercise declares it
    seconds = 0.2
    words = ExerciseWords(title="t", section="s", hints=("h", "h", "h"), messages={"passed": "fine"})

    def challenge(self, seed):
        return {}

    def probe(self, answer, inputs):
        return {"value": call(answer)}

    def verdict(self, inputs, data):
        return passed()


def _swallows_exceptions():
    while True:
        try:
            while True:
                pass
        except BaseException:
            if time.monotonic() > _swallows_exceptions.until:
                raise


def _blocks():
    threading.Event().wait()


@pytest.mark.parametrize("on_main_thread", [True, False])
def test_a_loop_that_swallows_exceptions_is_stopped_on_every_thread(on_main_thread: bool) -> None:
    results = []
    _swallows_exceptions.until = time.monotonic() + 0.4
    exercise = CalledOnce()

    def check() -> None:
        results.append(exercise.check(_swallows_exceptions))

    if on_main_thread:
        check()
    else:
        thread = threading.Thread(target=check)
        thread.start()
        thread.join(60)
    (result,) = results
    assert "still running after 0.2 seconds" in result.message
    assert "It happened at your line" in result.message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't interrupt a call that blocks")
def test_a_call_that_blocks_is_stopped() -> None:
    result = CalledOnce().check(_blocks)
    assert "still running" in result.message


def test_a_check_in_time_leaves_no_alarm_behind() -> None:
    assert CalledOnce().check(lambda: 1).passed
    time.sleep(0.3)  # longer than the limit: an alarm left behind would go off here


@each_proof
def test_the_section_that_a_verdict_points_to_is_in_the_lesson(proof: Proof) -> None:
    text = [cell.source for cell in read_source(lesson_of(proof.id).source).cells if cell.cell_type == "markdown"]
    headings = re.findall(r"^#+ (.+)$", "\n".join(text), re.MULTILINE)
    assert proof.exercise.words.section in headings
    assert len(proof.exercise.words.hints) >= 3


# Evidence ---------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@each_proof
def test_evidence_that_was_written_and_read_gets_the_same_verdict(proof: Proof) -> None:
    exercise = proof.exercise
    for answer in (next(iter(proof.right.values())), *(wrong.answer for wrong in proof.wrong[:3])):
        evidence = exercise.examine(answer, exercise.shown_inputs(SEEDS[-1]))
        read = unpack(*pack(evidence), exercise.fields)
        assert exercise.judge(SEEDS[-1], read) == exercise.judge(SEEDS[-1], evidence)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ("3", "float"),
        (3.5, "int"),
        ([1.0], "float"),
        (1.0, "float[*]"),
        ([1.0, 2.0], "float[3]"),
        (np.zeros((2, 3)), "float[3,2]"),
        (["a"], "int[*]"),
        ([object()], "str[*]"),
        (np.zeros(MAX_ITEMS + 1), "float[*]"),
        (1, "bool"),
    ],
)
def test_evidence_that_differs_from_its_declared_kind_is_refused(found, kind: str) -> None:
    with pytest.raises(ValueError, match=r"is declared as"):
        conform({"value": found}, {"value": kind})


def test_evidence_has_the_declared_fields_and_no_others() -> None:
    for found in ({}, {"other": 1}, {"value": 1, "other": 1}):
        with pytest.raises(ValueError, match="has the fields"):
            conform(found, {"value": "int"})


# The inputs that the checks draw ----------------------------------------------------------------------


def test_the_challenge_backbone_leaves_the_learners_random_state_alone() -> None:
    keras.utils.set_random_seed(3)
    expected = np.random.rand()
    keras.utils.set_random_seed(3)
    networks.build_backbone(networks.draw_weights(0))
    assert np.random.rand() == expected


def test_the_windows_of_right_rates_are_wide() -> None:
    for seed in SEEDS:
        for curve in rate_choice.curves(seed):
            low, high = rate_choice.window(curve)
            assert high / low > 3, curve.name
