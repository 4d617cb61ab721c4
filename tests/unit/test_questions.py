"""Questions, from what authors write to the reply to an answer: schema, sealing, and reading answers."""

import math

import numpy as np
import pytest
from hypothesis import example as this_one
from hypothesis import given
from hypothesis import strategies as st

from course_utils.authoring.arithmetic import evaluate, fill
from course_utils.authoring.questions import parse_questions
from course_utils.authoring.seal_questions import seal_question, to_json
from course_utils.errors import CourseError
from course_utils.learn import quick_checks
from course_utils.learn.answers import SHAPES, keys_within, number_key, read_number, shape_of
from course_utils.learn.quick_checks import from_json
from course_utils.learn.sealing import Reply, seal, unseal


# Sealing -------------------------------------------------------------------------------------------------
@given(st.text(), st.text(), st.booleans(), st.text())
def test_a_reply_opens_only_to_its_own_answer(answer, other, right, why):
    tag, text = seal(answer, Reply(right, why, 2), "salt")
    assert unseal(answer, {tag: text}, "salt") == Reply(right, why, 2)
    assert other == answer or unseal(other, {tag: text}, "salt") is None
    assert unseal(answer, {tag: text}, "another salt") is None


EXAMPLE = """
[[question]]
id = "09.q1"
kind = "multiple"
text = "?"
choice = [{text = "1", why = "w1"}, {text = "2", right = true, why = "w2"},
          {text = "3", why = "w3"}, {text = "4", right = true, why = "w4"}]
[[question]]
id = "09.q2"
kind = "number"
text = "twice {x}?"
value = "2 * x"
tolerance = "x / 10"
why = "{2 * x}"
otherwise = "o"
known_wrong = [{value = "x", why = "once {x}"}]
variant = [{x = 30}, {x = 50}]
[[question]]
id = "09.q3"
kind = "order"
text = "?"
steps = ["second", "third", "first"]
right = "cab"
why = "w"
otherwise = "o"
known_wrong = [{order = "cba", why = "swapped"}]
[[question]]
id = "09.q4"
kind = "curve"
text = "?"
positions = ["0", "1", "2", "3"]
tolerance = 5
otherwise = "o"
shape = [{name = "rising", why = "r"}, {name = "falling", right = true, why = "f"}, {name = "flat", why = "l"},
         {name = "peak", why = "p"}, {name = "valley", why = "v"}]
"""


def sealed_example():
    sealed = {
        id: [seal_question(variant) for variant in variants]
        for id, variants in parse_questions(EXAMPLE, "lesson_09.toml").items()
    }
    return from_json(to_json(sealed).encode(), "lesson_09.json")


@pytest.fixture(scope="module")
def example():
    return sealed_example()


def test_sealing_twice_gives_the_same_and_a_changed_word_gives_another(example):
    assert sealed_example() == example
    changed = parse_questions(EXAMPLE.replace('why = "w3"', 'why = "w5"'), "lesson_09.toml")
    assert seal_question(changed["09.q1"][0]).salt != example["09.q1"][0].salt


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b'"sealed"', b'"sealet"', 1),
        lambda text: b"[]",
        lambda text: b"null",
        lambda text: b"\xff\x00",
        lambda text: text.replace(b"twice 30", b"twice 40"),
        lambda text: b'{"checksum": "", "questions": 1}',
    ],
)
def test_a_damaged_file_gets_one_sentence(damage):
    text = to_json({"09.q2": [seal_question(parse_questions(EXAMPLE, "x")["09.q2"][0])]}).encode()
    with pytest.raises(CourseError, match=r"lesson_09\.json are damaged\. Put the course's own copy"):
        from_json(damage(text), "lesson_09.json")


def test_a_reply_that_was_tampered_with_gets_the_same_sentence(example):
    question = example["09.q3"][0]
    broken = {tag: text[2:] + "00" for tag, text in question.sealed.items()}
    with pytest.raises(CourseError, match=r"09\.q3 are damaged"):
        quick_checks.replace(question, sealed=broken).check("cab")


# What each kind reads ------------------------------------------------------------------------------------
@pytest.mark.parametrize("answer", ["bd", "d, b", ["b", "d"], {"D", "B"}, ("b)", "d)"), "b and d"])
def test_letters_may_be_written_in_many_ways(example, answer):
    question = example["09.q1"][0]
    assert question.check(answer).outcome == ("error" if "and" in answer else "passed")
    assert "1 more choice belongs" in question.check("b").message
    assert "w1" in question.check("abd").message


@pytest.mark.parametrize(
    "answer", ["cab", "c a b", "c, a, b", "c > a > b", "C-A-B", ["c", "a", "b"], ("c)", "a)", "b)")]
)
def test_an_order_may_be_written_in_many_ways(example, answer):
    assert example["09.q3"][0].check(answer).passed


@pytest.mark.parametrize("answer", ["ca", "caab", "cad", "", {"c", "a", "b"}, 3, math.nan, ["c", ["a"], "b"], b"cab"])
def test_what_is_not_an_order_is_told_what_one_is(example, answer):
    result = example["09.q3"][0].check(answer)
    assert (result.outcome, result.message) == (
        "error",
        'The answer is the letters from a to c, each of them once: `"cba"`.',
    )


def test_a_wrong_order_gets_its_reason_or_the_general_reply(example):
    question = example["09.q3"][0]
    assert question.check("cba").message == "swapped"
    assert question.check("abc").message == "o"


@pytest.mark.parametrize(
    "answer",
    [
        [1, 2, 3],
        [1, 2, 3, 4, 5],
        [1, 2, 3, math.nan],
        [1, 2, 3, "four"],
        [1, 2, 3, 101],
        [-1, 2, 3, 4],
        7,
        "abcd",
        b"abcd",
        [[1, 2, 3, 4]],
        [True, 2, 3, 4],
        {},
        iter(int, 1),
    ],
)
def test_what_is_not_a_curve_is_told_what_one_is(example, answer):
    result = example["09.q4"][0].check(answer)
    assert (result.outcome, result.message) == (
        "error",
        "The answer is a list of 4 numbers from 0 to 100, such as `[50, 80, ...]`.",
    )


def test_a_curve_is_read_by_its_shape(example):
    question = example["09.q4"][0]
    assert question.check(np.array([90, 60, 62, 10])).message == "Your curve falls. f"
    assert question.check((90, 60, 70, 10)).message == "Your curve goes up and down more than once. o"
    assert question.check([50, 52, 49, 50]).message == "Your curve is flat. l"
    assert question.check([0.9, 0.6, 0.5, 0.1]).message == (
        "These numbers look like shares. The answer is in percent: write 60 for 0.6."
    )


HEIGHTS = st.lists(st.integers(0, 100).map(float), min_size=2, max_size=8)


@given(HEIGHTS, st.integers(1, 30))
def test_a_curve_has_one_shape_and_its_mirror_image_the_mirrored_one(heights, tolerance):
    upside_down = {"rising": "falling", "falling": "rising", "peak": "valley", "valley": "peak"}
    backwards = {"rising": "falling", "falling": "rising"}
    shape = shape_of(heights, tolerance)
    assert shape in SHAPES
    assert shape_of([100 - height for height in heights], tolerance) == upside_down.get(shape, shape)
    assert shape_of(heights[::-1], tolerance) == backwards.get(shape, shape)
    assert (shape == "flat") == (max(heights) - min(heights) <= tolerance)


@given(HEIGHTS)
def test_a_sorted_curve_rises_and_two_sorted_halves_peak(heights):
    rising = sorted(heights)
    assert shape_of(rising, 1) == ("rising" if rising[-1] - rising[0] > 1 else "flat")
    if rising[-1] - rising[0] > 1:
        assert shape_of(rising + rising[::-1], 1) == "peak"


# Numbers and their tolerance -----------------------------------------------------------------------------
@given(
    st.floats(-1e6, 1e6).map(lambda value: round(value, 3)),
    st.floats(0.001, 1e3),
    st.floats(-3, 3),
)
def test_within_the_tolerance_is_right_and_a_quarter_past_it_is_not(value, tolerance, distance):
    number = value + distance * tolerance
    accepted = number_key(number, tolerance) in keys_within(value, tolerance)
    if abs(number - value) <= tolerance:
        assert accepted
    if abs(number - value) > 1.26 * tolerance + 1e-9 * abs(value):
        assert not accepted


@given(st.floats(-1e9, 1e9))
def test_without_a_tolerance_only_the_number_itself_is_right(value):
    assert keys_within(value, 0) == [number_key(value, 0)]
    assert number_key(value, 0) != number_key(value + max(1.0, abs(value)), 0)
    assert number_key(0.1 * 3, 0) == number_key(0.3, 0)
    assert number_key(-0.0, 0) == number_key(0, 0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("5", 5), ("5%", 5), (" 5 % ", 5), ("5,0", 5), ("0,5", 0.5), (".5", 0.5), ("1e-4", 1e-4), ("-0.275", -0.275)),
        *(("\N{MINUS SIGN}2", -2), ("1,285", 1285), ("294,912.5", 294912.5), ("0,009", 0.009), ("12,50", 12.5)),
    ],
)
def test_a_number_is_read_from_a_text(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "%", "five", "12 34", "1.2.3", "1,2,3", "1,28,5", "nan", "inf", "1_000", "0x10", "5 % %", "1e999", "9" * 999],
)
def test_other_texts_are_not_numbers(text):
    assert read_number(text) is None


@pytest.mark.parametrize("answer", ["seven", b"7", True, math.nan, math.inf, [1, 2], 1j, {}, 10**400])
def test_what_is_not_a_number_is_told_what_one_is(example, answer):
    result = example["09.q2"][0].check(answer)
    assert result.outcome == "error"
    assert result.message.startswith("The answer is one finite number")


class Hostile:
    def __float__(self):
        raise RuntimeError("no")

    def __iter__(self):
        raise RuntimeError("no")


ANYTHING = (
    st.none()
    | st.text()
    | st.floats()
    | st.integers()
    | st.lists(st.integers() | st.text(max_size=2), max_size=5)
    | st.binary()
    | st.booleans()
    | st.builds(Hostile)
    | st.sampled_from([np.array([1, 2, 3, 4]), np.array(3.0), np.array("a"), range(4), object(), print])
)


@given(ANYTHING)
@this_one(answer=1.7e308)  # many times the tolerance is more than a float can hold
def test_no_answer_to_a_quick_check_raises(example, answer):
    for variants in example.values():
        result = variants[0].check(answer)
        assert result.message
        assert result.card().html()


# What authors write --------------------------------------------------------------------------------------
NUMBER = '[[question]]\nid = "02.q1"\nkind = "number"\ntext = "?"\nwhy = "w"\notherwise = "o"\n'
ORDER = '[[question]]\nid = "02.q1"\nkind = "order"\ntext = "?"\nwhy = "w"\notherwise = "o"\nsteps = ["1", "2", "3"]\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("question = 3", "holds no questions"),
        ("[[question", "not valid TOML: .*; correct it there"),
        ('[[question]]\nid = "02.q1"\nkind = "essay"', "kind is 'essay'"),
        ('[[question]]\nid = "q1"\nkind = "single"\ntext = "?"', r"id \(.*should match"),
        (
            '[[question]]\nid = "02.q1"\nkind = "single"\ntext = "?"',
            r"choice \(it is missing; add it\)",
        ),
        (
            '[[question]]\nid = "02.q1"\nkind = "single"\ntext = "?"\nchoice = [{text = "a"}]',
            r"choice entry 1 why \(it is missing; add it\)",
        ),
        (
            '[[question]]\nid = "02.q1"\nkind = "single"\ntext = "?"\nchoice = 3',
            r"choice \(write a list\)",
        ),
        (
            '[[question]]\nid = "02.q1"\nkind = "single"\ntext = "?"\nhelp = 1',
            r"help \(there is no such field; remove it\)",
        ),
        (EXAMPLE + EXAMPLE, "the id is used twice; give one of the two questions a different id"),
        (NUMBER + "value = 1", r"tolerance .*\(it is missing; add it\)"),
        (NUMBER + "value = true\ntolerance = 0", r"value .*\(write a whole number"),
        (NUMBER + "value = 1\ntolerance = -1", "tolerance is -1; give .* 0 or more"),
        (NUMBER + 'value = "2 * x"\ntolerance = 0', "'x' is not one of the inputs"),
        (NUMBER + 'value = "x.real"\ntolerance = 0\nvariant = [{x = 1}]', "'x.real' is not arithmetic"),
        (
            NUMBER + 'value = "x"\ntolerance = 0\nvariant = [{x = 1}, {y = 1}]',
            "the same names",
        ),
        (
            NUMBER + 'value = 1\ntolerance = 1\nknown_wrong = [{value = 2, why = "w"}]',
            "within the tolerance of another value; change it",
        ),
        (
            NUMBER
            + 'value = "x"\ntolerance = 0\nknown_wrong = [{value = "x * x", why = "w"}]\nvariant = [{x = 2}, {x = 1}]',
            "another value with x = 1; change it",
        ),
        (ORDER + 'right = "abc"', "already in the right order"),
        (ORDER + 'right = "cb"', '"cb" is not an order of the steps; write each letter from a to c once'),
        (
            ORDER + 'right = "cab"\nknown_wrong = [{order = "cab", why = "w"}]',
            'the order "cab" is given 2 times; keep one',
        ),
        (EXAMPLE.replace('{name = "peak", why = "p"}, ', ""), "give each of the shapes"),
        (EXAMPLE.replace("tolerance = 5", "tolerance = 0"), r"tolerance \(.*greater than 0"),
        (
            EXAMPLE.replace('positions = ["0", "1", "2", "3"]', 'positions = ["0"]'),
            r"positions \(.*at least 3 items",
        ),
    ],
)
def test_a_file_that_breaks_the_schema_says_where(text, complaint):
    with pytest.raises(CourseError, match=complaint) as caught:
        parse_questions(text, "lesson_02.toml")
    assert "lesson_02.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_variants_have_their_own_numbers_in_text_and_explanation():
    first, second = parse_questions(EXAMPLE, "x")["09.q2"]
    assert (first.text, second.text) == ("twice 30?", "twice 50?")
    assert [one.answer for one in second.foreseen] == [100, 50]
    assert [one.why for one in second.foreseen] == ["100", "once 50"]
    assert second.tolerance == 5


@given(st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 9))
def test_arithmetic_is_pythons(a, b, c):
    inputs = {"a": a, "b": b, "c": c}
    for expression in ("a + b * c", "-(a - b) / c", "a // c - b", "c ** 3 + 1e-3"):
        assert evaluate(expression, inputs) == eval(expression, {}, inputs)


@pytest.mark.parametrize(
    "expression",
    ["__import__('os')", "a.b", "a[0]", "f(1)", "'a' * 9", "True", "1 / 0", "2 **", "9 ** 99", "[1]", "", "b"],
)
def test_nothing_but_arithmetic_is_evaluated(expression):
    with pytest.raises(ValueError, match=r"arithmetic|computed|exponent|inputs"):
        evaluate(expression, {"a": 1})


def test_numbers_are_written_as_the_lessons_write_them():
    assert fill("{a * 1000} {b} {b / 1000} {c}", {"a": 64, "b": 0.4, "c": 2.0}) == "64,000 0.4 0.0004 2"
    assert fill("{b ** 4 / 1000}", {"b": 0.4}) == "2.56e-5"
