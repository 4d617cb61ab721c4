"""The map of depth and rate as ``course labs export`` writes it: no kernel, no other address."""

import functools
import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from depth_rate_map_page import BEST, END, SEED, STEP, DepthRateMapOnPage, shares
from lab_fixtures import on_page
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_FLAT = 20  # megabytes


open_lab, lab = on_page(DepthRateMapOnPage)


def test_it_is_ready_within_a_second_and_opens_on_a_question_with_an_empty_map(open_lab, measured):
    times = []
    for _ in range(5):
        lab = open_lab()
        times.append(lab.page.evaluate("performance.now()"))
    measured.times("depth-rate-map page: ready, from a local server", times, "1000 ms")
    lab.says(r"A frozen network gets 80% of the scans right\. Which cell beats that by most\?")
    names = lab.names()
    assert len(names) == 30
    assert sum(name.endswith("not revealed yet") for name in names) == 24
    assert lab.lines() == ["recorded target", "recorded source"]  # of the frozen network


def test_it_fits_a_laptop_without_scrolling(lab):
    lab.cell("2 blocks at 1e-4").click()
    lab.reveal()
    assert lab.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize(("width", "beside"), [(1000, True), (900, False)])
def test_the_map_stands_beside_the_run_where_there_is_room_and_above_it_elsewhere(open_lab, width, beside):
    lab = open_lab(width=width)
    chart = lab.root.locator(".kit-chart").bounding_box()
    grid = lab.root.get_by_role("grid").bounding_box()
    assert (chart["x"] > grid["x"] + grid["width"]) == beside
    assert (chart["y"] > grid["y"] + grid["height"]) != beside


def test_by_keyboard_alone(lab):
    lab.cell("0 blocks at 1e-3").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft", "ArrowLeft", "Enter"):
        lab.page.keyboard.press(key)
    expect(lab.cell("2 blocks at 1e-4")).to_be_focused()
    lab.says("You expect 2 blocks at 1e-4 to be the best")
    assert lab.flags() == ["2 blocks at 1e-4"]
    assert lab.lines() == []
    lab.reveal()
    expect(lab.button("Guess again")).to_be_focused()
    best = shares(3, 1e-3)[0]
    lab.says(rf"^Your cell reaches {shares(2, 1e-4)[0]}, the best {best}: \d+ points behind\.$")
    lab.says(rf"^Best of 30 on validation pictures: {best}\. On test pictures, which had no say in the choice: 8\d%\.")
    assert lab.flags() == ["2 blocks at 1e-4"]
    lab.opened(BEST)
    assert lab.lines() == ["ghost target", "ghost source", "recorded target", "recorded source"]
    lab.press(STEP, "Home", "ArrowRight")
    lab.shows(STEP, "step 20 of 112")
    lab.cell("2 blocks at 1e-4").focus()
    lab.page.keyboard.press("Control+Home")
    expect(lab.cell("4 blocks at 1e-5")).to_be_focused()
    lab.page.keyboard.press("End")
    lab.page.keyboard.press(" ")
    lab.opened("4 blocks at 1e-2")
    right, left = shares(4, 1e-2)[0], shares(4, 1e-2, "source")[0]
    lab.says(
        rf"^4 blocks at 1e-2 gets {right} of the scans right, \d+ points behind the best, and keeps {left} of the s"
    )
    lab.shows(STEP, END)


def test_tab_enters_the_map_once_and_the_focus_is_visible(lab):
    lab.root.get_by_role("radio", name="target: scans").focus()
    lab.page.keyboard.press("Tab")
    expect(lab.cell("0 blocks at 1e-3")).to_be_focused()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Tab")
    expect(lab.button("Reveal")).to_be_focused()
    lab.page.keyboard.press("Shift+Tab")
    expect(lab.cell("0 blocks at 3e-3")).to_be_focused()
    for control in (lab.button("Reveal"), lab.cell("0 blocks at 3e-3"), lab.cell("4 blocks at 1e-5"), lab.slider(STEP)):
        before = lab.root.screenshot()
        control.focus()
        lab.page.keyboard.press("Shift")  # so that the browser shows the focus as it does for a keyboard
        assert lab.root.screenshot() != before


def test_by_mouse_alone(lab):
    lab.cell("4 blocks at 1e-2").click()
    lab.cell("2 blocks at 3e-3").click()  # a second thought moves the flag
    assert lab.flags() == ["2 blocks at 3e-3"]
    lab.button("Reveal").click()
    (mean, low, high), kept = shares(3, 1e-3), shares(4, 3e-4, "source")[0]
    lab.says(f"^Your cell reaches {shares(2, 3e-3)[0]}, the best {mean}: within the noise, so call it a tie")
    marked = {name.split(":")[0]: name for name in lab.names() if "as good" in name or "best on" in name}
    ties = [f"{blocks} blocks at {rate}" for blocks, rate in ((2, "1e-3"), (2, "3e-3"), (2, "1e-2"))]
    assert list(marked) == ["4 blocks at 3e-4", "4 blocks at 1e-3", BEST, *ties]
    assert marked[BEST] == f"{BEST}: {mean} of the target, {low} to {high} by seed, best on the target"
    lab.root.get_by_text("source: drawn pictures").click()
    mean, low, high = shares(3, 1e-3, "source")
    lab.says(rf"^The best cell keeps only {mean} of the source\. 4 blocks at 3e-4 is as good .* keeps {kept}\.$")
    assert f"{BEST}: {mean} of the source, {low} to {high} by seed, best on the target" in lab.names()
    lab.cell("4 blocks at 3e-4").click()
    lab.opened("4 blocks at 3e-4")
    lab.says(f"as good as the best, and keeps {kept} of the source")
    lab.button("Play").click()
    expect(lab.button("Pause")).to_be_visible()
    lab.shows(STEP, END)
    expect(lab.button("Play")).to_be_visible()
    lab.button("Guess again").click()
    lab.says("A frozen network gets 80%|96%")
    assert lab.flags() == []
    assert sum(name.endswith("not revealed yet") for name in lab.names()) == 24


def test_by_finger(open_lab):
    lab = open_lab(width=390, height=844, has_touch=True, is_mobile=True)
    box = lab.cell("3 blocks at 1e-3").bounding_box()
    assert min(box["width"], box["height"]) >= 40
    lab.cell("3 blocks at 1e-3").tap()
    assert lab.flags() == [BEST]
    lab.button("Reveal").tap()
    lab.says(f"^You found it: {BEST} is the best of 30 cells and gets {shares(3, 1e-3)[0]} of the scans right")
    lab.cell("1 block at 1e-2").tap()
    lab.opened("1 block at 1e-2")
    lab.says(f"keeps {shares(1, 1e-2, 'source')[0]} of the source")


def test_the_reveal_fills_the_map_one_by_one_and_a_click_ends_it(lab):
    lab.cell("2 blocks at 1e-4").click()
    numbers = lab.root.locator(".kit-heat-known")
    lab.root.evaluate(
        """(root) => { const seen = (window.counts = []);
        new MutationObserver(() => seen.push(root.querySelectorAll(".kit-heat-known").length))
            .observe(root, { subtree: true, childList: true }); }"""
    )
    lab.button("Reveal").click()
    expect(numbers).not_to_have_count(6)
    lab.cell("0 blocks at 1e-5").click()
    expect(numbers).to_have_count(30)
    lab.opened(BEST)  # the click opened nothing else
    counts = lab.page.evaluate("window.counts")
    assert counts[0] == 7
    assert counts == sorted(counts)
    assert any(count < 30 for count in counts)


def test_another_seed_is_another_run_and_one_that_was_not_recorded_says_so(lab):
    lab.reveal()
    lab.says(f"^The best of 30 cells is {BEST}: it gets {shares(3, 1e-3)[0]} of the scans right")  # without a guess
    ends = []
    for seed in ("0", "2"):
        lab.root.get_by_role("spinbutton", name=SEED).fill(seed)
        lab.root.get_by_role("spinbutton", name=SEED).press("Enter")
        lab.shows(STEP, END)
        ends.append(lab.root.locator(".kit-end").all_text_contents())
    assert ends[0] != ends[1]
    lab.root.get_by_role("spinbutton", name=SEED).fill("50")
    lab.root.get_by_role("spinbutton", name=SEED).press("Enter")
    lab.says("^This run was not recorded. The lesson runs it for real")
    link = lab.root.get_by_role("link", name="Run it for real in the lesson")
    assert link.get_attribute("href").endswith("04_how_deep_how_fast.html")


def test_the_curves_are_read_by_keyboard(lab):
    lab.reveal()
    lab.press("Read the curves, step by step", "Home", "ArrowRight")
    lab.shows("Read the curves, step by step", "step 20: target 79%, source 92%")


def test_a_link_shows_the_same_and_a_damaged_one_says_why(open_lab, site):
    address = f"{site}/depth-rate-map/"
    lab = open_lab()
    lab.cell("1 block at 1e-4").click()
    lab.reveal()
    lab.cell("4 blocks at 1e-3").click()
    lab.press(STEP, "Home")
    link = lab.shared_link()
    assert link.startswith(
        f"{address}#depth-rate-map.2?blocks=4&learning_rate=0.001&seed=0&task=target&guess=1x0.0001&"
    )
    other = open_lab(link.removeprefix(address))
    other.opened("4 blocks at 1e-3")
    other.shows(STEP, "step 10 of 112")
    assert other.names() == lab.names()
    assert other.flags() == ["1 block at 1e-4"]
    damaged = open_lab(link.removeprefix(address)[:-3])
    damaged.says("This link is damaged")
    damaged.says("Which cell beats that by most")


def test_input_is_painted_at_once(lab, measured):
    lab.cell("2 blocks at 1e-3").click()
    lab.reveal()
    for what, control, keys in (
        ("replay", lab.slider(STEP), ("ArrowLeft", "ArrowRight")),
        ("another cell opened", lab.cell("2 blocks at 1e-3"), ("ArrowLeft", "Enter", "ArrowRight", "Enter")),
        ("other task", lab.root.get_by_role("radio", name="target: scans"), ("ArrowRight", "ArrowLeft")),
    ):
        control.focus()
        acts = [functools.partial(lab.page.keyboard.press, key) for key in keys * (30 // len(keys))]
        measured.times(f"depth-rate-map page: {what}, key to paint", lab.paint_times("keydown", acts), _PAINT)


def test_a_thousand_cells_opened_leave_memory_flat(lab, measured):
    lab.reveal()

    def opened(times):
        lab.root.evaluate(
            """(root, times) => { const cells = root.querySelectorAll(".kit-heat-button");
            for (let i = 0; i < times; i++) cells[i % cells.length].click(); }""",
            times,
        )

    grown = lab.growth(opened)
    measured.growth("depth-rate-map page: memory, a thousand cells opened", grown, f"{_FLAT} MB")
    assert grown < _FLAT


def test_with_less_motion_the_map_is_there_at_once(open_lab):
    lab = open_lab(reduced_motion="reduce")
    lab.cell("2 blocks at 1e-4").click()
    lab.button("Reveal").press("Enter")
    assert lab.root.locator(".kit-heat-known").count() == 30
    number = lab.root.locator(".kit-heat-number").first
    assert number.evaluate("at => getComputedStyle(at).animationDuration") == "0s"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 900, 390, 360])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.cell("2 blocks at 1e-3").click()
    lab.reveal()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"depth-rate-map-{width}-{theme}.png")
    lab.root.get_by_text("source: drawn pictures").click()
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []


@pytest.mark.parametrize(
    "how", [{"forced_colors": "active"}, {"color_scheme": "light"}], ids=["forced-colors", "zoomed"]
)
def test_with_forced_colours_and_at_200_percent(open_lab, how):
    lab = open_lab(width=700, height=400, **how)  # 1400 x 800 at 200 %
    lab.cell("2 blocks at 1e-3").click()
    lab.reveal()
    lab.says(f"^Your cell reaches {shares(2, 1e-3)[0]}")
    assert lab.fits()
