"""The front as a learner uses it."""

from lab_page import LabInNotebook, LabOnPage


class FrontLabOnPage(LabOnPage):
    """A front that is on the page already."""

    name = "front-lab"

    def plant(self) -> None:
        """Plant the flag by keyboard: it begins at 50 and 80 percent."""
        self.press("Your flag: source", "ArrowRight")

    def points(self) -> int:
        """Return how many settings are drawn."""
        return self.root.locator(".front-point").count()


class FrontLabInNotebook(FrontLabOnPage, LabInNotebook):
    """A front in a notebook."""

    cells = ("from course_utils import labs", "labs.front_lab()")
