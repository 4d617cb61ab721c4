"""The map of depth and rate in a real JupyterLab: its traits follow the page, the page follows them, the kernel trains.

What needs no kernel is tested on the exported page.
"""

import os
from functools import partial

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from depth_rate_map_page import BEST, END, STEP, DepthRateMapLab, shares
from lab_fixtures import in_jupyterlab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_PROGRESS = ".kit-progress-words"
# Milliseconds from a click on the button to the first point of the run that it starts.
_FIRST_POINT = """(button) => new Promise((done) => {
    const start = performance.now();
    button.click();
    const look = () => {
        const seen = button.closest(".course-lab").querySelector(".kit-live .kit-marker");
        if (seen) done(performance.now() - start);
        else requestAnimationFrame(look);
    };
    look();
})"""


opened, lab = in_jupyterlab(DepthRateMapLab)


def test_it_is_drawn_at_once_and_fits_a_laptop(lab, measured):
    measured.times("depth-rate-map: first paint, from Shift+Enter", [lab.first_paint], "1000 ms")
    lab.says("Which cell beats that by most")
    assert lab.root.bounding_box()["height"] < 800


def test_a_flag_and_the_reveal_reach_the_kernel(lab):
    assert lab.asks("print(lab.guess, lab.revealed, lab.setting)").startswith("None False MapSetting(blocks=0")
    lab.cell("0 blocks at 1e-3").focus()
    for key in ("ArrowUp", "ArrowUp", "Enter"):
        lab.page.keyboard.press(key)
    lab.reveal()
    lab.says(f"^Your cell reaches {shares(2, 1e-3)[0]}, the best {shares(3, 1e-3)[0]}: ")
    assert lab.asks("print(lab.guess, lab.revealed, lab.blocks, lab.learning_rate)") == "(2, 0.001) True 3 0.001"
    lab.cell("4 blocks at 3e-4").press("Enter")
    lab.opened("4 blocks at 3e-4")
    assert lab.asks("print(lab.guess, lab.blocks, lab.learning_rate)") == "(2, 0.001) 4 0.0003"
    assert lab.root.bounding_box()["height"] < 800


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.blocks, lab.learning_rate, lab.task = 1, 1e-2, 'source'")
    lab.opened("1 block at 1e-2")
    mean, low, high = shares(1, 1e-2, "source")
    assert f"1 block at 1e-2: {mean} of the source, {low} to {high} by seed" in lab.names()
    assert "Choose one from its controls" in lab.asks("lab.learning_rate = 0.5")
    lab.asks("lab.revealed, lab.guess, lab.task = False, (3, 1e-3), 'target'")
    assert lab.flags() == [BEST]
    assert sum("not revealed yet" in name for name in lab.names()) == 24
    lab.asks("lab.blocks, lab.learning_rate, lab.revealed = 3, 1e-3, True")
    lab.says("^You found it")


def test_replay_and_another_cell_need_no_kernel(lab, measured):
    lab.page.evaluate(
        "() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({ code: 'import time; time.sleep(3)', store_history: false })"
    )
    for what, control, keys in (
        ("replay", lab.slider(STEP), ("ArrowLeft", "ArrowRight")),
        ("another cell opened", lab.cell(BEST), ("ArrowLeft", "Enter", "ArrowRight", "Enter")),
    ):
        control.focus()
        acts = [partial(lab.page.keyboard.press, key) for key in keys * (28 // len(keys))]
        measured.times(f"depth-rate-map: {what}, key to paint", lab.paint_times("keydown", acts), _PAINT)
    lab.shows(STEP, END)
    assert lab.asks("print(lab.blocks, lab.learning_rate)") == "3 0.001"


def test_a_cell_is_run_for_real_and_stopped(lab, measured):
    lab.asks("lab.blocks, lab.learning_rate, lab.seed = 4, 3e-4, 7")
    lab.says("^This run was not recorded. Run it for real")
    lab.button("Run for real").click()
    lab.says(r"^step [1-9]\d* of 112, loss")  # the first run in a kernel has made the network ready
    assert [name.split(":")[0] for name in lab.names() if "running for real" in name] == ["4 blocks at 3e-4"]
    lab.button("Stop").click()
    lab.says("^Stopped after step")
    lab.asks("lab.seed = 8")
    first = lab.button("Run for real").evaluate(_FIRST_POINT)
    measured.times("depth-rate-map: first point of a run, from the click", [first], "2000 ms")
    times = lab.times("pointermove", lambda: lab.page.mouse.move(9, 9), _PROGRESS, 21)
    measured.rate("depth-rate-map: updates of a run, after the first", times, "4 a second")
    assert lab.lines() == ["live target", "live source"]
    lab.cell("1 block at 1e-4").click()
    assert "live target" not in lab.lines()  # it is another cell's
    lab.cell("4 blocks at 3e-4").click()
    stopped = lab.times("click", lab.button("Stop").click, ".kit-run > .kit-row > .kit-button")
    measured.times("depth-rate-map: stop", stopped, "1000 ms")
    lab.says("^Stopped after step .* The weights learned so far are kept")
    assert lab.notebook.runs() == 0
    assert lab.asks("print(type(lab.model).__name__)") != "NoneType"


def test_a_run_to_its_end_is_compared_with_the_recorded_seeds(lab):
    lab.button("Run for real").click()
    target, source = (" to ".join(shares(4, 3e-4, task)[1:]) for task in ("target", "source"))
    lab.says(rf"^Run for real, 4 blocks at 3e-4 ends at \d+% on the target .* recorded: {target} and {source}\.$")
    assert not [name for name in lab.names() if "running for real" in name]
    expect(lab.button("Run for real")).to_be_enabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.turns(theme)
    assert lab.faults() == ""
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"depth-rate-map-{theme}.png")
