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
}
# A widget's model, as anywidget hands it over; nobody answers what is sent to the kernel.
_DRAW = """async ({ script, state }) => {
    const { default: widget } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const model = {
        get: (name) => state[name],
        set: (name, value) => (state[name] = value),
        save_changes: () => (window.saved = { ...state }),
        on: () => {},
        off: () => {},
        send: () => {},
    };
    widget.render({ model, el: document.body });
}"""


@pytest.mark.parametrize("name", _MAKE)
def test_a_lab_is_drawn_and_operated_by_its_script_and_its_traits_alone(name, new_page):
    lab = _MAKE[name]()
    sent = {trait: getattr(lab, trait) for trait in lab.trait_names(sync=True) if not trait.startswith("_")}
    sent = {trait: value for trait, value in sent.items() if trait not in ("layout", "tabbable", "tooltip")}
    with new_page() as (page, complaints):
        page.on("request", lambda request: request.url.startswith("http") and complaints.append(request.url))
        page.set_content(f"<!doctype html><title>{name}</title><style>{lab._css}</style>")
        page.evaluate(_DRAW, json.loads(json.dumps({"script": str(lab._esm), "state": sent})))
        root = page.locator(f".{name}")
        expect(root.get_by_role("heading", name=lab.data["table"]["words"]["question"])).to_be_visible()
        radio = root.get_by_role("radio", checked=False).first
        (radio if radio.count() else root.get_by_role("slider").first).press("Space" if radio.count() else "ArrowRight")
        page.wait_for_function("() => window.saved")  # what was changed goes back to Python
        assert complaints == []
    lab.close()
