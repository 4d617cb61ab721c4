"""Every lab in a real JupyterLab: by keyboard alone, in both themes, without a complaint of the page's console.

One module, so that one server and one browser serve all of it.
"""

import pytest

pytest.importorskip("playwright", reason="Playwright is not installed here")

from axe_playwright_python.sync_playwright import Axe
from pages import LABS, PICTURE, DepthRateMap, FreezeLab, Microscope, Strip, Thermometer
from PIL import Image

pytestmark = pytest.mark.browser

_ANSWER = "median 120 ms, 95th percentile 250 ms"
_PRESSES = 10


@pytest.fixture(scope="module")
def open_lab(browser, server):
    """Opens one lab at a time and keeps it open for the tests that follow."""
    opened = {}

    def open_(kind):
        if kind not in opened:
            close()
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
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


@pytest.fixture(params=LABS, ids=lambda kind: kind.name, scope="module")
def each(request):
    return request.param


@pytest.fixture
def lab(each, open_lab):
    lab, complaints = open_lab(each)
    yield lab
    assert complaints == []


def only(*kinds):
    """For tests of a lab's own business."""
    return pytest.mark.parametrize("each", kinds, ids=lambda kind: kind.name, indirect=True, scope="module")


def test_it_is_drawn_with_words_for_every_picture(lab, latencies):
    latencies.add(f"{lab.name}: first paint, from Shift+Enter", [lab.first_paint], "1500 ms")
    assert all(lab.pictures())
    for role, label in lab.controls:
        assert lab.control(role, label).is_visible(), label


def test_tab_reaches_every_control_in_order(lab):
    lab.control(*lab.controls[0]).focus()
    for role, label in lab.controls:
        assert lab.tab_to(lab.control(role, label)), label


def test_a_key_changes_what_is_shown_and_the_focus_stays(lab, latencies):
    role, label, keys = lab.key
    control = lab.control(role, label)
    control.focus()
    times = [lab.press(keys[i % len(keys)]) for i in range(_PRESSES)]
    assert lab.has_focus(control)
    latencies.add(f"{lab.name}: key to changed page", times, _ANSWER)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(lab, theme, request, tmp_path):
    lab.in_theme(theme)
    folder = request.config.getoption("shots") or tmp_path
    picture = folder / f"{lab.name}-{theme}.png"
    lab.screenshot(picture)
    assert Image.open(picture).width > 300
    lab.root.evaluate("element => (element.dataset.lab = 'here')")
    found = Axe().run(lab.page, context="[data-lab=here]")
    assert found.violations_count == 0, found.generate_report()
