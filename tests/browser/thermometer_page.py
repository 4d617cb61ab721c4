"""The forgetting thermometer as a learner uses it."""

import re

from lab_page import LabInNotebook, LabOnPage
from playwright.sync_api import Locator, expect

GUESS, STEP, SEED = "Where you would stop", "Step", "Seed"
END = "step 112 of 112"


class ThermometerOnPage(LabOnPage):
    """A thermometer that is on the page already."""

    name = "forgetting-thermometer"

    @property
    def meter(self) -> Locator:
        return self.root.get_by_role("meter", name="source: drawn pictures")

    @property
    def play(self) -> Locator:
        return self.root.get_by_role("button", name=re.compile("^[▶■]"))

    def choose(self, method: str) -> None:
        self.root.get_by_text(method, exact=True).click()
        expect(self.root.get_by_role("radio", name=method)).to_be_checked()

    def reads(self, words: str) -> None:
        """Wait until the thermometer reads this."""
        expect(self.meter).to_have_attribute("aria-valuetext", words)

    def reveal(self, end: str = END) -> None:
        """Reveal, and wait until the recording has played to its end."""
        self.button("Reveal").press("Enter")
        self.shows(STEP, end)

    def lines(self) -> list[str]:
        """Return the curves that are drawn, by kind and task."""
        drawn = self.root.locator(".kit-line").all()
        return [re.sub(r"kit-(line|tone-)? ?", "", line.get_attribute("class")) for line in drawn]

    def place(self, step: int, end: int = 112) -> tuple[float, float]:
        """Return the place in the chart that means this step."""
        box = self.root.locator(".kit-surface").bounding_box()
        return box["x"] + box["width"] * step / end, box["y"] + box["height"] / 2


class ThermometerLab(ThermometerOnPage, LabInNotebook):
    """A thermometer in a notebook."""

    cells = ("from course_utils import labs", "labs.forgetting_thermometer()")
