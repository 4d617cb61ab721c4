"""The strategy map as a learner uses it."""

from lab_page import LabInNotebook, LabOnPage


class StrategyMapOnPage(LabOnPage):
    """A strategy map that is on the page already."""

    name = "strategy-map"

    def choose(self, strategy: str) -> None:
        """Choose a strategy by keyboard."""
        self.root.get_by_role("radio", name=strategy, exact=True).press("Space")


class StrategyMapInNotebook(StrategyMapOnPage, LabInNotebook):
    """A strategy map in a notebook."""

    cells = ("from course_utils import labs", "labs.strategy_map()")
