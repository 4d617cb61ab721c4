"""A lab whose script is loaded by itself, as VS Code and Colab do: no path of a server, no page around it."""

import json
import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from playwright.sync_api import expect

from course_utils import labs, load_backbone, load_dataset

pytestmark = pytest.mark.browser

_MAKE = {
    "microscope": lambda: labs.microscope(load_backbone("embedded"), load_dataset("source-sample").validation.inputs),
    "label-budget": labs.label_budget,
    "freeze-lab": labs.freeze_lab,
    "depth-rate-map": labs.depth_rate_map,
    "forgetting-thermometer": labs.forgetting_thermometer,
    "front-lab": labs.front_lab,
    "strategy-map": labs.strategy_map,
    "twenty-trials": labs.twenty_trials,
    "ten-envelopes": labs.ten_envelopes,
    "rank-slider": labs.rank_slider,
    "sentence-microscope": labs.sentence_microscope,
    "sound-microscope": labs.sound_microscope,
    "two-levers": labs.two_levers,
}
# A widget's model, as anywidget hands it over; nobody answers what is sent to the kernel.
_DRAW = """async ({ script, state, copies }) => {
    const { default: widget } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    for (let copy = 0; copy < copies; copy++) {
        const own = structuredClone(state);
        const model = {
            get: (name) => own[name],
            set: (name, value) => (own[name] = value),
            save_changes: () => (window.saved = own),
            on: () => {},
            off: () => {},
            send: () => {},
        };
        widget.render({ model, el: document.body });
    }
}"""


@pytest.fixture(params=_MAKE)
def draw(request, new_page):
    """Return a function that draws copies of a lab on an empty page, with no request and no error in a console."""
    lab = _MAKE[request.param]()
    traits = set(lab.trait_names(sync=True)) - {"layout", "tabbable", "tooltip"}
    state = {trait: getattr(lab, trait) for trait in traits if not trait.startswith("_")}
    with new_page() as (page, complaints):
        page.on("request", lambda request: request.url.startswith("http") and complaints.append(request.url))

        def draw(copies):
            page.set_content(f"<!doctype html><title>labs</title><style>{lab._css}</style>")
            sent = {"script": str(lab._esm), "state": state, "copies": copies}
            page.evaluate(_DRAW, json.loads(json.dumps(sent)))
            roots = [page.locator(f".{request.param}").nth(copy) for copy in range(copies)]
            for root in roots:
                expect(root.get_by_role("heading", name=lab.data["table"]["words"]["question"])).to_be_visible()
            return page, roots

        yield draw
        assert complaints == []
    lab.close()


def _operate(root):
    """Move a control of the lab."""
    radio = root.get_by_role("radio", checked=False).first
    if radio.count():
        radio.press("Space")
    else:
        root.get_by_role("slider").first.press("ArrowRight")


def test_a_lab_is_drawn_and_operated_by_its_script_and_its_traits_alone(draw):
    page, (root,) = draw(1)
    _operate(root)
    page.wait_for_function("() => window.saved")  # what was changed goes back to Python


def test_two_copies_on_one_page_do_not_touch_each_other(draw):
    page, (first, second) = draw(2)
    looks = "root => [root.innerText, ...[...root.querySelectorAll('input')].map((at) => `${at.value} ${at.checked}`)]"
    before = [root.evaluate(looks) for root in (first, second)]
    assert before[0] == before[1]
    _operate(first)
    page.wait_for_function("() => window.saved")
    assert first.evaluate(looks) != before[0]
    assert second.evaluate(looks) == before[1]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((at) => at.id)")
    assert len(ids) == len(set(ids))
