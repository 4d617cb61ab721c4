"""The layer microscope as a learner uses it."""

import re

from lab_page import LabInNotebook, LabOnPage
from playwright.sync_api import Locator, expect

GUESS = "Your guess: where in the picture it answers most"
READER = "Read the answer, position by position"
STEP = "Step"


class MicroscopeOnPage(LabOnPage):
    """A microscope that is on the page already."""

    name = "microscope"

    def picture(self, number: int) -> Locator:
        return self.root.get_by_role("radio", name=f"picture {number}", exact=True)

    def block(self, name: str) -> Locator:
        return self.root.get_by_role("radio", name=name, exact=True)

    def channel(self, number: int) -> Locator:
        return self.root.get_by_role("radio", name=f"channel {number}", exact=True)

    def channels(self) -> list[str]:
        """Return the channels that can be chosen, in order."""
        return [radio.get_attribute("aria-label") for radio in self.root.get_by_role("radio", name="channel ").all()]

    def point(self, part: str, x: float, y: float) -> tuple[float, float]:
        """Return a place on ``shown``, the picture, or on ``answer``, given as shares of its width and height."""
        square = self.root.locator(f".scope-{part} .kit-units")
        square.scroll_into_view_if_needed()
        box = square.bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def guess_by_keyboard(self, *keys: str) -> None:
        self.press(GUESS, *keys or ("ArrowDown", "ArrowDown", "ArrowRight"))

    def reveal(self) -> None:
        """Reveal, and wait until the answer is there."""
        self.button("Reveal").press("Enter")
        self.says("^Channel .* (answers most|does not answer)")
        expect(self.root.locator(".scope-answer canvas")).to_be_visible()

    def outline(self) -> list[int]:
        """Return left, top, width and height of what is outlined on the picture, in per cent."""
        frame = self.root.locator(".scope-field")
        expect(frame).to_be_visible()
        style = frame.evaluate("({ style }) => [style.left, style.top, style.width, style.height]")
        return [round(float(part.rstrip("%"))) for part in style]

    def reads(self, words: str) -> None:
        """Wait until the line below the picture says the words."""
        expect(self.root.locator(".scope-reading")).to_have_text(re.compile(words))


class MicroscopeLab(MicroscopeOnPage, LabInNotebook):
    """A microscope in a notebook."""

    cells = (
        "from course_utils import labs, load_backbone, load_dataset\n"
        "backbone, source = load_backbone('embedded'), load_dataset('source-sample')",
        "labs.microscope(backbone, source.validation.inputs)",
    )
