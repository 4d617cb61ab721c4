"""The map of depth and rate as a learner uses it."""

import re

from lab_page import LabInNotebook, LabOnPage, percent
from playwright.sync_api import Locator, expect

from course_utils.experiments import recorded

STEP, SEED = "Step", "Seed"
END = "step 112 of 112"
BEST = "3 blocks at 1e-3"
_ROWS = recorded("map-scans")


def shares(blocks: int, learning_rate: float, task: str = "target") -> tuple[str, str, str]:
    """Return a cell's recorded validation accuracy, mean, lowest and highest seed, as the page writes them."""
    at = [row for row in _ROWS if (row["blocks"], row["learning_rate"]) == (blocks, learning_rate)]
    ends = [row[f"validation_{task}"] for row in at]
    return tuple(f"{percent(share)}%" for share in (sum(ends) / len(ends), min(ends), max(ends)))


class DepthRateMapOnPage(LabOnPage):
    """A map that is on the page already."""

    name = "depth-rate-map"

    def cell(self, name: str) -> Locator:
        """Return a cell, such as ``2 blocks at 1e-3``."""
        return self.root.get_by_role("button", name=re.compile(f"^{name}:"))

    def names(self) -> list[str]:
        """Return what every cell says, row by row."""
        return [
            cell.get_attribute("aria-label") for cell in self.root.get_by_role("gridcell").get_by_role("button").all()
        ]

    def flags(self) -> list[str]:
        """Return the cells in which the flag is to be seen."""
        drawn = self.root.locator(".kit-heat-button:has(> .kit-flag:visible)").all()
        return [cell.get_attribute("aria-label").split(":")[0] for cell in drawn]

    def opened(self, name: str) -> None:
        """Wait until a cell's run is open beside the map."""
        expect(self.root.locator(".map-run-name")).to_have_text(name)
        expect(self.root.locator("[aria-selected=true]")).to_have_count(1)
        expect(self.cell(name).locator("..")).to_have_attribute("aria-selected", "true")

    def reveal(self) -> None:
        """Reveal, and wait until the map is full."""
        self.button("Reveal").press("Enter")
        self.button("Guess again").wait_for()

    def lines(self) -> list[str]:
        """Return the curves that are drawn, by kind and task."""
        drawn = self.root.locator(".kit-line").all()
        return [re.sub(r"kit-(line|tone-)? ?", "", line.get_attribute("class")) for line in drawn]


class DepthRateMapLab(DepthRateMapOnPage, LabInNotebook):
    """A map in a notebook."""

    cells = ("from course_utils import labs", "labs.depth_rate_map()")
