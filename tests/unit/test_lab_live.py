"""Work beside the notebook: one at a time, few updates, and an end that always comes."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import pytest
from jupyter_client.manager import start_new_kernel

from course_utils.errors import CourseError
from course_utils.labs.kit.live import Live, stop_all


@dataclass(frozen=True)
class Update:
    number: int
    measured: bool = False
    words: str = ""


@pytest.fixture
def live():
    live = Live()
    yield live
    live.stop()
    live.join(60)


def counting(n, every=3, gate=None):
    def work(control):
        for number in range(1, n + 1):
            if gate:
                gate.wait(5)
            if control.stopped:
                yield Update(number, words=f"Stopped before {number}.")
                return
            yield Update(number, number % every == 0, f"Counted to {number}.")

    return work


def reached(live, phase):
    """Wait for a phase, without sleeping."""
    there = threading.Event()
    live.observe(lambda _: there.set() if live.phase == phase else None, "phase")
    if live.phase == phase:
        there.set()
    assert there.wait(60), live.phase


def test_work_is_published_and_its_last_message_is_shown(live):
    assert live.start(counting(10), "Off we go.")
    live.join(60)
    assert (live.phase, live.update.number, live.words) == ("idle", 10, "Counted to 10.")


def test_a_thousand_updates_are_cut_to_ten_a_second_and_the_last_one(live):
    seen = []
    live.observe(lambda event: seen.append(event["new"].number), "update")
    started = time.monotonic()
    live.start(counting(1000))
    live.join(20)
    assert seen[-1] == 1000
    assert len(seen) <= 2 + 10 * (time.monotonic() - started)


def test_ten_clicks_start_one_run_and_the_rest_are_refused_politely(live):
    gate = threading.Event()
    assert [live.start(counting(3, gate=gate)) for _ in range(10)] == [True, *[False] * 9]
    assert "still going" in live.words
    other = Live()
    assert not other.start(counting(1))
    assert "Another lab" in other.words
    gate.set()
    live.join(60)
    assert live.words == "Counted to 3."
    assert other.start(counting(1))
    other.join(5)


def test_a_click_at_the_very_end_of_a_run_starts_the_next_one(live, monkeypatch):
    gate = threading.Event()

    class Busy:
        def acquire(self, blocking):
            return True

        def release(self):  # the next click comes before the run has shown its last message
            if not next_click.ident:
                next_click.start()
                next_click.join(0.1)

    next_click = threading.Thread(target=lambda: live.start(counting(3, gate=gate), "Off we go."))
    monkeypatch.setattr("course_utils.labs.kit.live._busy", Busy())
    live.start(counting(1))
    live.join(60)
    next_click.join(5)
    assert (live.phase, live.words) == ("running", "Off we go.")
    gate.set()
    live.join(60)
    assert (live.phase, live.words) == ("idle", "Counted to 3.")


def test_pause_step_and_resume(live):
    gate = threading.Event()
    live.start(counting(20, gate=gate))
    live.pause()
    gate.set()
    reached(live, "paused")
    assert live.update.number == 1
    steps = threading.Event()
    live.observe(lambda event: steps.set() if event["new"].number == 3 else None, "update")
    live.step()
    assert steps.wait(60)
    reached(live, "paused")
    assert live.update.number == 3
    live.resume()
    live.join(60)
    assert live.update.number == 20


def test_stop_reaches_into_whatever_the_work_is_doing(live):
    inside, stopped = threading.Event(), threading.Event()

    def work(control):
        control.on_stop(stopped.set)
        inside.set()
        stopped.wait(10)
        yield Update(1, words="Stopped inside.")

    live.start(work)
    assert inside.wait(60)
    said = []
    live.observe(lambda event: said.append(event["new"]), "words")
    live.stop()
    live.join(60)
    assert live.phase == "idle"
    assert said == ["Stopping: the current step finishes first.", "Stopped inside."]


def test_a_stop_that_comes_first_is_not_lost(live):
    gate = threading.Event()
    called = []

    def work(control):
        gate.wait(5)
        control.on_stop(lambda: called.append(True))
        yield Update(1)

    live.start(work)
    live.stop()
    gate.set()
    live.join(60)
    assert called == [True]


def test_a_paused_run_can_be_stopped(live):
    gate = threading.Event()
    live.start(counting(20, gate=gate))
    live.pause()
    gate.set()
    reached(live, "paused")
    live.stop()
    live.join(60)
    assert live.words == "Stopped before 2."


@pytest.mark.parametrize(
    ("problem", "says"),
    [(CourseError("This was refused."), "This was refused."), (MemoryError("too big"), "failed (MemoryError")],
)
def test_what_goes_wrong_is_a_sentence_and_the_next_run_may_start(live, problem, says):
    def work(control):
        yield Update(1)
        raise problem

    live.start(work)
    live.join(60)
    assert says in live.words
    assert live.start(counting(1))


def test_the_same_refusal_twice_is_shown_twice(live):
    said = []
    live.observe(lambda event: said.append(event["new"]), "words")
    gate = threading.Event()
    live.start(counting(1, gate=gate))
    live.start(counting(1))
    live.start(counting(1))
    gate.set()
    live.join(60)
    assert sum("still going" in words for words in said) == 2


def test_stop_all_ends_what_runs(live):
    gate = threading.Event()
    live.start(counting(100, gate=gate))
    threading.Timer(0.05, gate.set).start()
    stop_all(5)
    assert live.phase == "idle"


def test_a_program_that_ends_takes_its_run_with_it():
    program = (
        "from course_utils.labs.kit.live import Live\n"
        "def work(control):\n"
        "    while not control.stopped:\n"
        "        control.sleep(0.01)\n"
        "        yield type('U', (), {'measured': False, 'words': ''})()\n"
        "    print('ended')\n"
        "live = Live(); live.start(work)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (result.returncode, result.stdout) == (0, "ended\n"), result.stderr


KERNEL = """
import signal, time
from types import SimpleNamespace
from course_utils.labs.kit.live import Live
def work(control):
    while not control.stopped:
        control.sleep(0.01)
        yield SimpleNamespace(measured=False, words="")
live = Live()
live.start(work)
"""
# Short sleeps: a signal that comes just before a sleep begins is seen only when it ends.
RUNS = "print(1, flush=True)\nwhile True:\n    time.sleep(0.01)"
# The second statement is compiled after the first has run.
COMPILES = """
def interrupted(*_):
    del type(get_ipython().compile).__call__
    raise KeyboardInterrupt
type(get_ipython().compile).__call__ = interrupted
"never compiled"
"""
WATCHES = "time.sleep(0.1); assert get_ipython().kernel.saved_sigint_handler is not signal.SIG_IGN"
ENDS = "live.join(60); assert live.phase == 'idle'"


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def ran(client, code):
    return client.execute_interactive(code, timeout=120)["content"]["status"] == "ok"


def printed_by(message, asked):
    """Say whether a message is what this cell printed; libraries may say something at any time."""
    return message["msg_type"] == "stream" and message["parent_header"].get("msg_id") == asked


@pytest.mark.slow
def test_interrupting_a_cell_ends_the_run_beside_it(kernel):
    manager, client = kernel
    assert ran(client, KERNEL)
    asked = client.execute(RUNS, stop_on_error=False)
    while not printed_by(client.get_iopub_msg(timeout=60), asked):
        pass
    manager.interrupt_kernel()
    assert client.get_shell_msg(timeout=60)["content"]["ename"] == "KeyboardInterrupt"
    assert ran(client, ENDS)


@pytest.mark.slow
def test_interrupting_a_cell_while_it_is_compiled_ends_the_run(kernel):
    _, client = kernel
    assert ran(client, KERNEL)
    assert not ran(client, COMPILES)
    assert ran(client, ENDS)


@pytest.mark.slow
def test_interrupting_an_idle_kernel_ends_the_run(kernel):
    manager, client = kernel
    assert ran(client, KERNEL)
    assert any(ran(client, WATCHES) for _ in range(50))
    manager.interrupt_kernel()
    assert ran(client, ENDS)
