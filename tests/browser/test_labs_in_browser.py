"""Every lab in a real JupyterLab: by keyboard alone, in both themes, without a complaint of the page's console.

One module, so that one server and one browser serve all of it.
"""

import os
import shutil
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from axe_playwright_python.sync_playwright import Axe
from pages import LABS, Strip

import course_utils

pytestmark = pytest.mark.browser

_REPLAY = "median 120 ms, 95th percentile 250 ms"
_PRESSES = 12


@pytest.fixture(scope="module")
def open_lab(browser, server):
    """Opens one lab at a time and keeps it open for the tests that follow."""
    opened = {}

    def open_(kind):
        if kind not in opened:
            close()
            page = browser.new_page(viewport={"width": 1280, "height": 2200})  # the longest lab is seen whole
            complaints = []
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            opened[kind] = kind(page, server), complaints
        return opened[kind]

    def close():
        for lab, _ in opened.values():
            lab.page.close()
        if opened:
            server.shut_kernels_down()
        opened.clear()

    yield open_
    close()


@pytest.fixture(params=(*LABS, Strip), ids=lambda kind: kind.name, scope="module")
def each(request):
    return request.param


@pytest.fixture
def lab(each, open_lab):
    lab, complaints = open_lab(each)
    yield lab
    assert complaints == []


def of(*kinds):
    """For tests of some labs only."""
    return pytest.mark.parametrize("each", kinds, ids=lambda kind: kind.name, indirect=True, scope="module")


def test_it_is_drawn_with_words_for_every_picture(lab, latencies):
    latencies.add(f"{lab.name}: first paint, from Shift+Enter", [lab.first_paint], "1500 ms")
    assert all(lab.pictures())


def test_tab_reaches_every_control_in_order(lab):
    lab.control(*lab.controls[0]).focus()
    for role, name in lab.controls:
        assert lab.tab_to(lab.control(role, name)), name


@of(*LABS)
def test_guess_reveal_and_replay_by_keyboard(lab, latencies):
    lab.predict()
    button, answer = lab.reveal
    lab.button(button).focus()
    lab.press("Enter")
    lab.says(answer)
    places = lab.control("combobox", lab.places)
    places.select_option(index=1)
    lab.settle()
    places.focus()
    times = [lab.press(key) for key in ("ArrowDown", "ArrowUp") * (_PRESSES // 2)]
    assert lab.has_focus(places)
    lab.page.keyboard.press("End")  # all of the recording is in the picture that is taken below
    lab.settle()
    latencies.add(f"{lab.name}: replay, key to changed page", times, _REPLAY)


@of(*LABS)
def test_a_state_is_copied_and_restored_and_a_damaged_one_is_refused(lab):
    before = lab.state
    lab.change(*lab.settings[-1])
    lab.restore(before)
    lab.says("Restored")
    assert lab.state == before
    lab.restore(before[:-1])
    lab.says("This state is damaged")


@of(*LABS)
def test_a_run_is_live_and_stops(lab, latencies):
    times = lab.timed("click", lab.button("Run for real").click, *lab.live, changes=6)
    latencies.add(f"{lab.name}: first point of a run, from the click", times[:1], "2000 ms")
    gaps = [later - earlier for earlier, later in pairwise(times)]
    latencies.add(f"{lab.name}: between updates of a run", gaps, "250 ms")
    stopped = lab.timed("click", lab.button("Stop").click, "button", "^Run for real$")
    latencies.add(f"{lab.name}: stop", stopped, "1000 ms")
    lab.settle()
    assert lab.button("Run for real").is_enabled()


@of(Strip)
def test_space_and_enter_lock_a_block_where_the_focus_stays(lab, latencies):
    block = lab.button("Lock block3")
    block.focus()
    times = []
    for _ in range(_PRESSES // 2):
        for key, pressed in ("Space", "true"), ("Enter", "false"):
            times += lab.timed("keydown", partial(lab.page.keyboard.press, key), words="weights train")
            lab.settle()
            assert block.get_attribute("aria-pressed") == pressed
    assert lab.has_focus(block)
    lab.says("300 of 500 weights train")
    latencies.add("network-strip: key to changed count of weights", times, _REPLAY)


@of(Strip)
def test_the_focus_is_seen_and_nothing_moves_for_whoever_wants_that(lab):
    lab.button("Lock block1").focus()
    lab.page.keyboard.press("Tab")
    style = "(element, name) => getComputedStyle(element)[name]"
    assert lab.button("Lock block2").evaluate(style, "outlineStyle") == "solid"
    bar = lab.root.locator(".network-strip-bar").first
    assert bar.evaluate(style, "transitionDuration") != "0s"
    lab.page.emulate_media(reduced_motion="reduce")
    assert bar.evaluate(style, "transitionDuration") == "0s"
    lab.page.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.in_theme(theme)
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"{lab.name}-{theme}.png")
    lab.root.evaluate("element => (element.dataset.lab = 'here')")
    found = Axe().run(lab.page, context="[data-lab=here]")
    assert found.violations_count == 0, found.generate_report()


def test_notebook_7_opens_a_lesson(browser, server):
    lesson = sorted((Path(course_utils.__file__).parents[1] / "lessons").glob("04*.ipynb"))[0]
    shutil.copy(lesson, server.folder)
    page = browser.new_page()
    page.goto(server.url(f"notebooks/{lesson.name}"))
    page.get_by_role("heading", level=1).first.wait_for()
    page.close()
    server.shut_kernels_down()
