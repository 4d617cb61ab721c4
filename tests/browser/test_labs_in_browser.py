"""The labs made of stock widgets in a real JupyterLab: by keyboard alone, in both themes, without an error in the
console.

One module, so that one server and one browser serve all of it.
"""

import os
from functools import partial
from itertools import pairwise

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from axe_playwright_python.sync_playwright import Axe
from pages import LABS
from sampling import drawn

pytestmark = pytest.mark.browser

_REPLAY = "median 120 ms, 95th percentile 250 ms"
_PRESSES, _REPLAYS = 12, 100
_FLAT = 20  # megabytes


@pytest.fixture(params=LABS, ids=lambda kind: kind.name, scope="module")
def opened(request, new_page, server):
    """One lab at a time, which stays open for the following tests."""
    with new_page() as (page, complaints):
        yield request.param(page, server), complaints
    server.shut_kernels_down()


@pytest.fixture
def lab(opened):
    lab, complaints = opened
    yield lab
    assert complaints == []


def of(*kinds):
    """Restrict a test to some labs."""
    return pytest.mark.parametrize("opened", kinds, ids=lambda kind: kind.name, indirect=True, scope="module")


def test_it_is_drawn_with_words_for_every_picture(lab, measured):
    measured.times(f"{lab.name}: first paint, from Shift+Enter", [lab.first_paint], "1500 ms")
    assert all(lab.pictures())


def test_tab_reaches_every_control_in_order(lab):
    lab.control(*lab.controls[0]).focus()
    for role, name in lab.controls:
        assert lab.tab_to(lab.control(role, name)), name


def test_guess_reveal_and_replay_by_keyboard(lab, measured):
    lab.predict()
    button, answer = lab.reveal
    lab.button(button).focus()
    lab.press("Enter")
    lab.says(answer)
    places = lab.control("combobox", lab.places)
    places.select_option(index=1)
    lab.notebook.settle()
    places.focus()
    times = [lab.press(key) for key in ("ArrowDown", "ArrowUp") * (_PRESSES // 2)]
    assert lab.has_focus(places)
    lab.page.keyboard.press(lab.telling)  # for the picture that is taken below
    lab.notebook.settle()
    measured.times(f"{lab.name}: replay, key to changed page", times, _REPLAY)


def test_a_state_is_copied_and_restored_and_a_damaged_one_is_refused(lab):
    before = lab.state
    lab.change(*lab.settings[-1])
    lab.restore(before)
    lab.says("Restored")
    assert lab.state == before
    lab.restore(before[:-1])
    lab.says("This state is damaged")


def test_a_run_is_live_and_stops(lab, measured):
    times = lab.timed("click", lab.button("Run for real").click, *lab.live, changes=6)
    measured.times(f"{lab.name}: first point of a run, from the click", times[:1], "2000 ms")
    gaps = [later - earlier for earlier, later in pairwise(times)]
    measured.times(f"{lab.name}: between updates of a run", gaps, "250 ms")
    stopped = lab.timed("click", lab.button("Stop").click, "button", "^Run for real$")
    measured.times(f"{lab.name}: stop", stopped, "1000 ms")
    lab.notebook.settle()
    assert lab.button("Run for real").is_enabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.in_theme(theme)
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"{lab.name}-{theme}.png")
    lab.root.evaluate("element => (element.dataset.lab = 'here')")
    found = Axe().run(lab.page, context="[data-lab=here]")
    assert found.violations_count == 0, found.generate_report()


def _replay(lab, times):
    for key in ("ArrowDown", "ArrowUp") * (times // 2):
        lab.timed("keydown", partial(lab.page.keyboard.press, key))
        lab.notebook.wait_until_idle()


@of(*drawn("replays", LABS, 1))
def test_a_hundred_replays_leave_memory_flat(lab, measured):
    # Measured after the run above and a few replays, since what is made once, at the first change, is not a leak.
    reveal, places = lab.button(lab.reveal[0]), lab.control("combobox", lab.places)
    if reveal.is_enabled():
        reveal.click()
    places.focus()
    lab.page.keyboard.press("Home")
    lab.notebook.settle()
    _replay(lab, 10)
    before = lab.notebook.memory()
    _replay(lab, _REPLAYS)
    for where, now, then in zip(("kernel", "page"), lab.notebook.memory(), before, strict=True):
        measured.growth(f"{lab.name}: memory of the {where}, a hundred replays", now - then, f"{_FLAT} MB")
        assert now - then < _FLAT


def test_ten_clicks_start_one_run_and_get_nine_polite_refusals(lab, measured):
    lab.button("Run for real").evaluate("button => { for (let i = 0; i < 10; i++) button.click() }")
    lab.says("This run is still going")
    assert lab.notebook.runs() == 1
    answered = lab.timed("click", lab.button("Stop").click, words="^Stopping")
    measured.times(f"{lab.name}: stop while the network is made ready, answered in words", answered, "1000 ms")
    lab.button("Run for real").click(trial=True)  # once it is enabled
    assert lab.notebook.runs() == 0
