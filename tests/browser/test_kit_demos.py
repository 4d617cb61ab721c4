"""The demo page of every piece of the labs, as ``tests/frontend/demos`` has it on a plain static server."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_page import LabOnPage
from playwright.sync_api import Locator, Page, expect

from course_utils.frontend import KIT

pytestmark = pytest.mark.browser

DEMOS = Path(__file__).parents[1] / "frontend" / "demos"
NOT_PIECES = {"store"}  # draws nothing
SHOWN_WITHIN = {"strip_names"}  # a part of the freeze strip, which shows it
NOT_MODULES = {"tokens"}  # a style sheet
_RESIZED = 5000  # milliseconds until a chart has followed the page
WIDTHS = (1400, 900, 390, 360)

# How each piece is operated by keyboard: controls, the key that is pressed on each, and what is reported in the end.
OPERATED: dict[str, tuple[list[tuple[str, str, str]], str]] = {
    "chart": ([("slider", "Read the recorded lines", "ArrowLeft")], "step 90: source 41%, target 84%"),
    "choice": ([("radio", "a linear probe", "ArrowRight")], 'chose "random"'),
    "code": (
        [("radio", "freeze", "ArrowRight"), ("button", "Copy code", "Enter")],
        r"Copied\.|Copy the marked code with Ctrl\+C\.",
    ),
    "crossing_guess": ([("slider", "Where the curve reaches the level", "ArrowRight")], "guesses 16 labels"),
    "flag": (
        [("button", "row 1, column 1", "ArrowDown"), ("button", "row 2, column 1", "Enter")],
        "flag in row 2, column 1",
    ),
    "frame": ([("button", "Warn", "Enter")], "warns"),
    "freeze_strip": (
        [("slider", "Frozen blocks, counted from the pictures", "ArrowRight")],
        "block2, block3 and block4 learn, and the move has ended",
    ),
    "gauge": ([("slider", "Share", "ArrowLeft")], r"Target: 80%\. frozen: 75%"),
    "heat_canvas": (
        [("slider", "Last colour from level", "ArrowLeft")],
        "level 192 and all above it have the last colour",
    ),
    "heat_map": (
        [("button", "1 times 1: 1", "ArrowRight"), ("button", "1 times 2: 2", "Enter")],
        "pressed row 1, column 2",
    ),
    "level_guess": ([("slider", "Where the source ends", "ArrowUp")], "guesses 51%"),
    "picture_grid": ([("radio", "circle", "ArrowRight")], "chose the square"),
    "reveal": ([("button", "Reveal", "Enter"), ("button", "Guess again", "Enter")], "begins again"),
    "run_card": (
        [("button", "Run for real", "Enter"), ("button", "Pause", "Enter"), ("button", "Step", "Enter")],
        "asks to step",
    ),
    "text_choice": ([("combobox", "Sentence", "ArrowDown"), ("button", "Send", "Enter")], 'sent ""'),
    "share": (
        [
            ("radio", "circle", "ArrowRight"),
            ("button", "Copy link", "Enter"),
            ("radio", "square", "ArrowRight"),
            ("textbox", "A link to go to", "Enter"),
        ],
        "goes to square",
    ),
    "slider": ([("slider", "Learning rate", "ArrowRight")], "moves to 3e-3, and the move has ended"),
    "sprite_grid": ([("radio", "3", "ArrowRight")], r"circle: 5 of 5 pictures, .+"),
    "step_guess": ([("slider", "Where you would stop", "ArrowRight")], "would stop at step 70"),
    "thermometer": ([("slider", "Share in percent", "Home")], "0%, in the red"),
    "tokens": ([("radio", "text", "ArrowRight")], r"quiet on paper: \d+\.\d : 1"),
    "transport": ([("slider", "Step", "ArrowRight")], "shows step 2"),
    "unit_surface": ([("slider", "Unit", "ArrowRight")], "picked row 2, column 3"),
}


class Demo(LabOnPage):
    """A demo page, whole."""

    name = "demo"

    @property
    def reported(self) -> Locator:
        return self.root.locator(".demo-report")


@pytest.fixture
def open_demo(open_page: Callable[..., Page], checkout: str) -> Callable[..., Demo]:
    def open_(piece: str, **how: object) -> Demo:
        page = open_page(f"{checkout}/tests/frontend/demos/?piece={piece}", **how)
        return Demo(page, page.locator("html"))

    return open_


def test_every_piece_of_the_kit_is_in_the_list(open_demo):
    exports = re.compile(r"^export function (make|draw|share)[A-Z]", re.MULTILINE)
    pieces = {path.stem for path in KIT.glob("*.js") if exports.search(path.read_text("utf-8"))}
    listed = open_demo("").root.locator(".demo-list a").evaluate_all("links => links.map(({ search }) => search)")
    assert sorted(listed) == sorted(f"?piece={piece}" for piece in pieces - NOT_PIECES - SHOWN_WITHIN | NOT_MODULES)
    assert sorted(OPERATED) == sorted(link.removeprefix("?piece=") for link in listed)


@pytest.mark.parametrize("piece", sorted(OPERATED))
def test_a_demo_shows_its_own_piece(piece):
    module = (DEMOS / f"{piece}.js").read_text("utf-8")
    assert piece in NOT_MODULES or f"/frontend/kit/{piece}.js" in module


def test_the_pages_have_every_style_sheet_of_the_kit():
    linked = re.findall(r'href="[./]+/course_utils/frontend/kit/(\w+\.css)"', (DEMOS / "index.html").read_text("utf-8"))
    assert sorted(linked) == sorted(path.name for path in KIT.glob("*.css"))


@pytest.mark.parametrize("piece", sorted(OPERATED))
def test_a_piece_reports_what_the_keyboard_does(open_demo, piece):
    demo = open_demo(piece)
    expect(demo.reported).to_have_text("Use it: what it reports stands here.")
    presses, words = OPERATED[piece]
    for role, name, key in presses:
        demo.root.get_by_role(role, name=name, exact=True).first.press(key)
    expect(demo.reported).to_have_text(re.compile(f"^({words})$"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("piece", ["", *sorted(OPERATED)])
def test_axe_finds_no_fault_and_nothing_overflows(open_demo, piece, theme):
    demo = open_demo(piece, color_scheme=theme)
    assert demo.faults() == ""
    for width in WIDTHS:
        demo.page.set_viewport_size({"width": width, "height": 800})
        demo.page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth", timeout=_RESIZED)
