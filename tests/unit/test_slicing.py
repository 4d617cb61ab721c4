"""Slices of lessons: they keep what an answer needs, and leave out the experiments that it doesn't."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.execution.slicing import names_read, sliced, statements_of

LESSON = """
import numpy as np
from course_utils import load_backbone, train
np.random.seed(3)
CLASSES = 5
EPOCHS = 2 * CLASSES
backbone = load_backbone("embedded")
model = build(backbone, CLASSES)
run = train(model, EPOCHS)
print(run)
def scaled(x):
    return np.asarray(x) / LARGEST
LARGEST = 255
note = []
def remember(x):
    note.append(x)
remember(run)
"""


def kept(lesson: str, *wanted: str) -> list[str]:
    return [statement.source for statement in sliced(statements_of(lesson), wanted)]


def test_an_answer_that_needs_definitions_runs_no_experiment() -> None:
    assert kept(LESSON, "scaled", "CLASSES") == [
        "import numpy as np",
        "np.random.seed(3)",
        "CLASSES = 5",
        "def scaled(x):\n    return np.asarray(x) / LARGEST",
        "LARGEST = 255",
    ]


def test_an_answer_that_needs_a_model_gets_it_trained() -> None:
    source = kept(LESSON, "model")
    assert "run = train(model, EPOCHS)" in source
    assert "EPOCHS = 2 * CLASSES" in source


def test_a_builtin_that_an_experiment_uses_too_does_not_pull_it_in() -> None:
    lesson = (
        "data = load()\nvalues = [float(x) for x in data]\nf = [lambda: float(data)]\ndef g(x):\n    return float(x)"
    )
    assert kept(lesson, "g") == ["def g(x):\n    return float(x)"]


def test_an_answer_that_prints_does_not_pull_in_what_the_lesson_prints() -> None:
    lesson = "print(train())\nimport np\nnp.seed(0)\ndef g(x):\n    print(x)\n    return np.f(x)"
    assert kept(lesson, "g") == ["import np", "np.seed(0)", "def g(x):\n    print(x)\n    return np.f(x)"]


def test_what_a_function_looks_up_inside_a_comprehension_is_kept() -> None:
    assert len(kept("def f(x):\n    return x\ndef g(xs):\n    return [f(x) for x in xs]", "g")) == 2
    assert len(kept("ALL = [1]\ndef g():\n    return {x for x in [y for y in ALL]}", "g")) == 2


def test_what_a_function_does_to_a_global_is_kept() -> None:
    assert "remember(run)" in kept(LESSON, "note")


@pytest.mark.parametrize(
    ("lesson", "wanted", "statement"),
    [
        ("a = [1]\nb = a\nb.append(2)", "a", "b.append(2)"),
        ("a = [1]\nb = [a]\na.append(2)", "b", "a.append(2)"),
        ("rate = 1\ndef f():\n    return rate\ng = [f]\nrate = 2\nx = g[0]()", "x", "rate = 2"),
        ("import a\na.b.c = 1", "a", "a.b.c = 1"),
        ("a = {}\na['x'] = 1", "a", "a['x'] = 1"),
        ("a = 1\na += 1", "a", "a += 1"),
        ("try:\n    import fast as f\nexcept ImportError:\n    f = None", "f", "try"),
        ("def f():\n    global n\n    n = 2\nn = 1\nf()", "n", "f()"),
        ("for i in range(3):\n    last = i", "last", "for"),
        ("if (n := 3) > 2:\n    pass", "n", "if"),
        ("from math import *", "sin", "from math import *"),
        ("def f(x=[]):\n    return x\nf().append(1)", "f", "f().append(1)"),
        ("class A:\n    items = []\nA.items.append(1)", "A", "A.items.append(1)"),
        ("a = 1\ndel a", "a", "del a"),
        ("with open('x') as file:\n    text = file.read()", "text", "with"),
    ],
)
def test_whatever_may_change_a_value_is_kept(lesson: str, wanted: str, statement: str) -> None:
    assert any(source.startswith(statement) for source in kept(lesson, wanted))


def test_a_settled_name_that_is_bound_again_needs_its_last_binding_only() -> None:
    assert kept("n = 1\nn = 2", "n") == ["n = 2"]


def test_magics_are_left_out() -> None:
    assert [s.source for s in statements_of("%matplotlib inline\n!pip list\nx = 1")] == ["x = 1"]
    assert statements_of("%%bash\nrm -rf /") == []
    assert [s.source for s in statements_of("x = '''\n%d\n'''")] == ["x = '\\n%d\\n'"]


def test_a_cell_that_is_not_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        statements_of("def broken(:")


def test_the_names_that_code_reads_include_those_of_its_functions() -> None:
    assert names_read("def f(x):\n    return [g(y) for y in x]") == {"g"}
    assert names_read("f(a.b)[c]") == {"f", "a", "c"}


LISTS, NUMBERS, FUNCTIONS = (st.sampled_from(letters) for letters in ("ab", "m", "fg"))
VALUES = st.one_of(LISTS, NUMBERS, st.builds("{}({})".format, FUNCTIONS, LISTS))


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Draw a lesson of lists and numbers that are made, joined, aliased and changed, by functions too."""
    kinds = [
        st.builds("{} = {}".format, NUMBERS, st.integers(0, 9)),
        st.builds("{} = {} + 10".format, NUMBERS, NUMBERS),
        st.builds("{} = [{}, {}]".format, LISTS, VALUES, VALUES),
        st.builds("{} = {}".format, LISTS, LISTS),
        st.builds("{}.append({})".format, LISTS, VALUES),
        st.builds("{}[:0] = [{}]".format, LISTS, VALUES),
        st.builds("if {} == {}:\n    {}.append(7)".format, VALUES, VALUES, LISTS),
        st.builds("for _ in range(2):\n    {} = [{}]".format, LISTS, VALUES),
        st.builds("def {}(x=0):\n    return [x, {}]".format, FUNCTIONS, VALUES),
        st.builds("def {}(x=0):\n    {}.append({})\n    return {}".format, FUNCTIONS, LISTS, NUMBERS, LISTS),
        st.builds("def {}(x=0):\n    return {}({})".format, FUNCTIONS, FUNCTIONS, LISTS),
        st.builds("def {}(x=0):\n    global {name}\n    {name} = {}".format, FUNCTIONS, VALUES, name=NUMBERS),
        st.builds("{} = [{}]".format, LISTS, VALUES),
        st.builds("{} = {}".format, FUNCTIONS, FUNCTIONS),
        st.builds("{} = lambda x=0: {}".format, FUNCTIONS, VALUES),
    ]
    # Each lesson has a few kinds of statements only: a name that is state in one statement is state in all.
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=2, max_size=5))
    calls = st.builds("{}({})".format, FUNCTIONS, VALUES)
    lines = draw(st.lists(st.one_of(*chosen, calls), min_size=3, max_size=12))
    start = ["a = []", "b = []", "m = 1", *(f"def {f}(x=0):\n    return x" for f in "fg")]
    return "\n".join([*start, *lines])


def shown(value: Any, depth: int = 6) -> Any:
    """Return a value as plain data, with what its functions would return left out."""
    if isinstance(value, list):
        return [shown(item, depth - 1) for item in value[:9]] if depth else "..."
    return "function" if callable(value) else value


def ran(sources: list[str], name: str) -> Any:
    """Run statements in turn and return the value of a name."""
    names: dict[str, Any] = {}
    for source in sources:
        exec(source, names)
    return shown(names[name])


@given(program=programs(), wanted=st.sampled_from("abm"))
def test_a_slice_computes_what_the_whole_lesson_does(program: str, wanted: str) -> None:
    whole = [statement.source for statement in statements_of(program)]
    try:
        value = ran(whole, wanted)
    except (RecursionError, TypeError):
        return  # such a lesson stops before its answers
    assert ran(kept(program, wanted), wanted) == value
