"""The page in an adapted folder, in a browser: it classifies what is dropped, with the folder's own files alone."""

import csv
import json
import os

import pytest
from PIL import Image

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.tensorflow("ONNX files are written on TensorFlow")]

_DROP = """async (bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(bytes)], "dropped.png", { type: "image/png" }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def chances(page) -> dict[str, float]:
    rows = page.locator("#answers tbody tr").all()
    return {
        row.locator("th").inner_text(): float(row.locator("[data-chance]").get_attribute("data-chance")) for row in rows
    }


def test_the_browser_answers_as_the_model_does_on_every_kind_of_file(adapted_site, open_page) -> None:
    folder, address = adapted_site
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "test"]
    page = open_page(f"{address}/index.html")
    expect(page.get_by_role("status")).to_have_text("Ready.")
    for row in rows[:4]:
        path = folder.parent / "drawings" / row["file"]
        page.locator("#file").set_input_files(path)
        expect(page.get_by_role("status")).to_contain_text(f"{path.name}: {row['answer']}")
        found = chances(page)
        # These have the model's own size, so the browser scales nothing, and must agree as well as a file does.
        assert found == pytest.approx({name: float(row[f"p({name})"]) for name in found}, abs=1e-4)
        assert max(found, key=found.get) == row["answer"]


def test_a_picture_can_be_dropped_and_what_is_none_is_refused_in_a_sentence(adapted_site, open_page, tmp_path) -> None:
    _, address = adapted_site
    page = open_page(f"{address}/index.html")
    large = tmp_path / "large.png"
    Image.effect_noise((300, 200), 60).convert("RGB").save(large)
    page.evaluate(_DROP, list(large.read_bytes()))
    expect(page.get_by_role("status")).to_contain_text("dropped.png: ")
    assert sum(chances(page).values()) == pytest.approx(1, abs=1e-5)
    wrong = tmp_path / "notes.png"
    wrong.write_text("no picture")
    page.locator("#file").set_input_files(wrong)
    expect(page.get_by_role("status")).to_contain_text("notes.png is not a picture that this browser can read")


def test_the_page_asks_its_own_server_alone(adapted_site, open_page) -> None:
    folder, address = adapted_site
    page = open_page(f"{address}/index.html")
    asked = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert any(name.endswith(".wasm") for name in asked)
    assert {name for name in asked if not name.startswith((address, "data:", "blob:"))} == set()
    assert json.loads((folder / "result.json").read_text(encoding="utf-8"))["page_problem"] == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "model_card.html"])
def test_axe_finds_no_fault_and_nothing_overflows(adapted_site, open_page, tmp_path, request, name, theme) -> None:
    folder, address = adapted_site
    page = open_page(f"{address}/{name}", color_scheme=theme)
    if name == "index.html":
        page.locator("#file").set_input_files(next((folder.parent / "drawings").glob("*/00.png")))
        expect(page.locator("#answers")).to_be_visible()
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    for width in (360, 700, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    shots = request.config.getoption("shots") or tmp_path
    page.screenshot(path=shots / f"adapted-{name.removesuffix('.html')}-{theme}.png", full_page=True)
