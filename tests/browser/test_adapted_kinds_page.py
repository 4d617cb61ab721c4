"""The pages of adapted recordings and texts: a dropped sound file and a typed text are classified in the browser."""

import csv
import os
from pathlib import Path
from typing import Any

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from adapted_kinds import write_messages, write_vowels
from axe_playwright_python.sync_playwright import Axe
from conftest import served
from playwright.sync_api import expect
from test_adapted_page import chances

from course_utils.adapting import adapt
from course_utils.backbones import is_here

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.tensorflow("ONNX files are written on TensorFlow")]


@pytest.fixture(scope="module", params=["sounds", "texts"])
def site(request, tmp_path_factory) -> Any:
    """Return the source, the folder of a whole run, and the address at which it is served."""
    network = {"sounds": "whisper_tiny_en", "texts": "minilm"}[request.param]
    if not is_here(network):
        pytest.skip(f"{network} is not on this computer")
    parent = tmp_path_factory.mktemp(request.param)
    sounds = request.param == "sounds"
    source = write_vowels(parent / "vowels", takes=2) if sounds else write_messages(parent / "messages.csv", 30)
    result = adapt(source, parent / "result")
    if result["page_problem"]:
        pytest.skip(result["page_problem"])
    with served(parent / "result") as address:
        yield source, parent / "result", address


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["part"] == "test"]


def test_the_browser_answers_as_the_model_does(site, open_page) -> None:
    source, folder, address = site
    page = open_page(f"{address}/index.html")
    expect(page.get_by_role("status")).to_have_text("Ready.")
    lines = {}
    if source.is_file():
        with source.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            lines = {f"line {table.line_num}": row["text"] for row in table}
    for row in rows_of(folder)[:3]:
        if lines:
            page.locator("#text").fill(lines[row["file"]])
            page.keyboard.press("Enter")
            name = "This text"
        else:
            page.locator("#file").set_input_files(source / row["file"])
            name = row["file"].rpartition("/")[2]
        expect(page.get_by_role("status")).to_contain_text(f"{name}: {row['answer']}")
        found = chances(page)
        assert found == pytest.approx({name: float(row[f"p({name})"]) for name in found}, abs=2e-3)


def test_what_is_no_sound_is_refused_in_a_sentence(site, open_page, tmp_path) -> None:
    source, _, address = site
    if source.is_file():
        pytest.skip("any text is a text")
    page = open_page(f"{address}/index.html")
    letter = tmp_path / "letter.wav"
    letter.write_text("dear sir")
    page.locator("#file").set_input_files(letter)
    expect(page.get_by_role("status")).to_contain_text("letter.wav is not a recording that this browser can read")


@pytest.mark.parametrize("name", ["index.html", "model_card.html"])
def test_axe_finds_no_fault_and_nothing_overflows(site, open_page, name, request, tmp_path) -> None:
    _, folder, address = site
    shots = request.config.getoption("shots") or tmp_path
    for width, theme in ((900, "light"), (390, "dark")):
        page = open_page(f"{address}/{name}", width=width, color_scheme=theme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(
            path=shots / f"adapted-{folder.parent.name}-{Path(name).stem}-{width}-{theme}.png", full_page=True
        )
