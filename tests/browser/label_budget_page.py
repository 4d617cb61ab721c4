"""The label-budget lab as a learner uses it."""

import re

from lab_page import LabInNotebook, LabOnPage
from playwright.sync_api import Locator, expect

GUESS = "Your guess: labels per class that a network from scratch needs"
LABELS, READER = "Labels per class", "Read the curves, budget by budget"


class LabelBudgetOnPage(LabOnPage):
    """A label-budget lab that is on the page already."""

    name = "label-budget"

    def task(self, name: str) -> Locator:
        return self.root.get_by_role("radio", name=name, exact=True)

    def guess_by_keyboard(self, *keys: str) -> None:
        self.press(GUESS, *keys or ["ArrowRight"] * 5)

    def reveal(self) -> None:
        """Reveal, and wait until the curves are drawn to their ends."""
        self.button("Reveal").press("Enter")
        self.says("^(Scratch|For scratch)")

    def lines(self) -> list[str]:
        """Return the curves that are drawn."""
        drawn = self.root.locator(".kit-line").all()
        return [re.sub(r".*kit-tone-", "", line.get_attribute("class")) for line in drawn]

    def pictures(self) -> list[int]:
        """Return how many pictures of each class are to be seen."""
        return [group.locator(".kit-sprite").count() for group in self.root.locator(".kit-sprites > li").all()]

    def has_pictures(self, count: int) -> None:
        """Wait for so many pictures in all."""
        expect(self.root.locator(".kit-sprite")).to_have_count(count)

    def place(self, part: float) -> tuple[float, float]:
        """Return the place in the chart's middle, this far along its axis."""
        box = self.root.locator(".kit-surface").bounding_box()
        return box["x"] + box["width"] * part, box["y"] + box["height"] * 0.5


class LabelBudgetLab(LabelBudgetOnPage, LabInNotebook):
    """A label-budget lab in a notebook."""

    cells = ("from course_utils import labs", "labs.label_budget()")
