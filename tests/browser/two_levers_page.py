"""The two levers as a learner uses them."""

from lab_page import LabInNotebook, LabOnPage


class TwoLeversOnPage(LabOnPage):
    """Two levers that are on the page already."""

    name = "two-levers"

    def choose(self, name: str) -> None:
        """Choose an option of the levers or of the guess by keyboard."""
        self.root.get_by_role("radio", name=name, exact=True).press("Space")


class TwoLeversInNotebook(TwoLeversOnPage, LabInNotebook):
    """Two levers in a notebook."""

    cells = ("from course_utils import labs", "labs.two_levers()")
