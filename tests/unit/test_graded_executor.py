"""The executor of graded work: a crash costs one question, and nothing passes from one submission to the next."""

import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandboxed import sandbox_with_probe

import course_utils
from course_utils.execution.graded.executor import GradedExecutor
from course_utils.execution.graded.frames import MAX_PAYLOAD, BrokenFrameError, Frame, FrameReader, packed
from course_utils.execution.graded.jobs import GradedJob, GradedOutcome, GradedQuestion

RUBBISH = """
def first():
    import os
    for file in range(3, 99):
        try:
            os.write(file, b"rubbish!" * 9)
        except OSError:
            pass
"""
ENDING = "def last():\n    return 'still here'"


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GradedExecutor]:
    sandbox = sandbox_with_probe(tmp_path_factory.mktemp("graded") / "sandbox")
    with GradedExecutor(sandbox) as executor:
        yield executor


def question(id: str, answer: str, upto: int, seconds: float = 5, **inputs: object) -> GradedQuestion:
    return GradedQuestion(id=id, upto=upto, answer=answer, probe="probe:value", inputs=inputs, seconds=seconds)


def outcomes(
    executor: GradedExecutor, *cells: str, answers: tuple[str, ...], seconds: float = 5
) -> list[GradedOutcome]:
    asked = tuple(question(f"q{number}", answer, len(cells), seconds) for number, answer in enumerate(answers))
    return executor.run(GradedJob(cells=cells, questions=asked))


def test_evidence_comes_back_as_text_and_bytes(executor: GradedExecutor) -> None:
    job = GradedJob(cells=("def double(x):\n    return 2 * x",), questions=(question("a", "double", 1, x=21),))
    (found,) = executor.run(job)
    assert (found.question, found.status, json.loads(found.text), found.arrays) == ("a", "answered", 42, b"some bytes")


def test_inputs_that_are_arrays_reach_the_probe(executor: GradedExecutor) -> None:
    job = GradedJob(cells=("def total(x):\n    return float(x.sum())",), questions=(question("a", "total", 1),))
    (found,) = executor.run(job, {"a/x": np.arange(4.0)})
    assert json.loads(found.text) == 6.0


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("def first():\n    import os; os._exit(0)", "crashed"),
        ("def first():\n    import os; os.abort()", "crashed"),
        ("def first():\n    import os; os.kill(os.getpid(), 9)", "crashed"),
        ("def first():\n    import ctypes; ctypes.string_at(0)", "crashed"),
        ("def first():\n    import sys; sys.exit()", "raised"),
        ("def first():\n    while True:\n        try: pass\n        except BaseException: pass", "timed out"),
        # What it meets first, the limit of processes or that of processor time, depends on how busy the machine is.
        ("def first():\n    import os\n    while True:\n        os.fork()", "raised or timed out"),
        ("def first():\n    import os, time\n    if os.fork():\n        os._exit(0)\n    time.sleep(600)", "crashed"),
        ("def first():\n    return bytearray(10**11)", "out of memory"),
        ("def first():\n    return first()", "raised"),
        ("def first():\n    raise ValueError('no')", "raised"),
        ("def first(:", "raised"),
        (RUBBISH, "tampered"),
    ],
)  # fmt: skip
def test_one_question_costs_no_other(executor: GradedExecutor, cell: str, status: str) -> None:
    first, last = outcomes(executor, cell, ENDING, answers=("first", "last"), seconds=0.7)
    assert first.status in status.split(" or "), first.error
    assert (last.status, json.loads(last.text)) == ("answered", "still here")


def test_a_question_that_needs_no_more_than_a_slice_gets_no_more(executor: GradedExecutor) -> None:
    (found,) = outcomes(executor, "while True: pass", "def f():\n    return 1", answers=("f",))
    assert found.status == "answered"


@pytest.mark.parametrize(
    ("lesson", "function"),
    [
        ("hidden = [7][0]", "def f():\n    return globals()['hidden']"),
        ("exec('hidden = 7')", "def f():\n    return hidden\nvalue = f()"),
        (
            "hidden = [7][0]",
            "def f():\n    try:\n        return globals()['hidden']\n    except KeyError:\n        return 0",
        ),
    ],
)
def test_a_missing_name_falls_back_to_the_whole_lesson(executor: GradedExecutor, lesson: str, function: str) -> None:
    (found,) = outcomes(executor, lesson, function, answers=("f",))
    assert json.loads(found.text) == 7, found.error


def test_a_name_that_nothing_binds_is_reported(executor: GradedExecutor) -> None:
    (found,) = outcomes(executor, "x = 1", answers=("never_written",))
    assert (found.status, found.error) == ("raised", "NameError: name 'never_written' is not defined")


def test_a_cell_that_is_not_python_is_the_reason_that_is_given(executor: GradedExecutor) -> None:
    (found,) = outcomes(executor, "def f(:", answers=("f",))
    assert found.error.startswith("SyntaxError")


LEAVE = """
def f():
    import builtins, os, signal
    os.makedirs("deep/er")
    open("deep/er/left", "w").close()
    os.chmod("deep", 0)
    open("/dev/shm/left", "w").close()
    builtins.left = 1
    if os.fork() == 0:
        os.setsid()
        signal.pause()
    return "token" + "-of-the-first"
"""
#: What the sandbox's /tmp begins with, if the course or its environment lies in this machine's.
IN_TMP = {place.parts[2] for place in (Path(course_utils.__file__), Path(sys.prefix)) if place.is_relative_to("/tmp")}
LOOK = f"""
def f():
    import builtins, os
    found = [*set(os.listdir("/tmp")) - {IN_TMP or "set()"}, *os.listdir("/dev/shm"), hasattr(builtins, "left")]
    found += [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, os.getpid())]
    wanted, seen = bytes(reversed(b"tsrif-eht-fo-nekot")), 0
    for line in open("/proc/self/maps"):
        where, rights = line.split()[:2]
        if rights.startswith("rw"):
            low, high = (int(end, 16) for end in where.split("-"))
            with open("/proc/self/mem", "rb", 0) as memory:
                memory.seek(low)
                seen += memory.read(high - low).count(wanted)
    return found, seen
"""


def test_nothing_passes_to_the_next_submission(executor: GradedExecutor) -> None:
    (left,) = outcomes(executor, LEAVE, answers=("f",))
    assert json.loads(left.text) == "token-of-the-first"
    (found,) = outcomes(executor, LOOK, answers=("f",))
    assert found.status == "answered", found.error
    left_behind, copies = json.loads(found.text)
    assert left_behind == [False]
    assert copies <= 2  # in its own memory, what it is looking for


ATTACK = """
def f():
    import os, resource
    refused = 0
    for number in (2, 9, 15):
        os.kill(1, number)
    for trying in (
        lambda: open("/proc/1/mem", "r+b"),
        lambda: resource.prlimit(1, resource.RLIMIT_CPU, (0, 0)),
        lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
        lambda: os.sched_setaffinity(1, {0}),
    ):
        try:
            trying()
        except PermissionError:
            refused += 1
    return refused
"""


def test_the_parent_survives_attacks_on_it(executor: GradedExecutor) -> None:
    first, last = outcomes(executor, ATTACK, ENDING, answers=("f", "last"))
    assert json.loads(first.text) == 4
    assert last.status == "answered"


def test_a_scratch_folder_that_can_not_be_emptied_costs_the_sandbox_not_the_next_one(executor: GradedExecutor) -> None:
    deep = "def f():\n    import os\n    for _ in range(3000):\n        os.mkdir('d' * 99)\n        os.chdir('d' * 99)"
    (first,) = outcomes(executor, deep, answers=("f",))
    assert first.status == "answered"
    (after,) = outcomes(executor, "def f():\n    import os\n    return os.listdir('/tmp')", answers=("f",))
    assert set(json.loads(after.text)) <= IN_TMP


def test_a_sleeping_question_spends_no_processor_time(executor: GradedExecutor) -> None:
    (found,) = outcomes(executor, "def f():\n    import time\n    time.sleep(1)", answers=("f",), seconds=0.6)
    assert found.status == "answered"
    assert found.seconds < 0.6


HEADERS = st.dictionaries(st.text(max_size=5), st.one_of(st.text(), st.integers(-(2**60), 2**60), st.booleans()))


@settings(max_examples=30)
@given(frames=st.lists(st.tuples(HEADERS, st.binary(max_size=50)), max_size=4), cut=st.integers(1, 40))
def test_frames_arrive_however_they_are_cut(frames: list[tuple[dict[str, object], bytes]], cut: int) -> None:
    stream = b"".join(packed(header, payload) for header, payload in frames)
    reader, found = FrameReader(), list[Frame]()
    for at in range(0, len(stream), cut):
        found += reader.feed(stream[at : at + cut])
    assert found == [Frame(header, payload) for header, payload in frames]


@pytest.mark.parametrize(
    "stream",
    [
        struct.pack("!II", 4, MAX_PAYLOAD + 1),
        struct.pack("!II", 2**32 - 1, 0),
        struct.pack("!II", 4, 0) + b"null",
        struct.pack("!II", 4, 0) + b"\xff\xfe{}",
        struct.pack("!II", 100_000, 0) + b"[" * 100_000,
    ],
)
def test_what_is_not_a_frame_is_refused_before_it_is_held(stream: bytes) -> None:
    with pytest.raises(BrokenFrameError):
        list(FrameReader().feed(stream))
