"""The lab twenty trials as a learner uses it."""

from lab_page import LabInNotebook, LabOnPage


class TwentyTrialsOnPage(LabOnPage):
    """The lab twenty trials, on the page already."""

    name = "twenty-trials"

    def choose(self, group: str, value: str) -> None:
        """Choose one of a few by keyboard."""
        self.root.get_by_role("group", name=group).get_by_role("radio", name=value, exact=True).press("Space")

    def try_it(self, times: int = 1) -> None:
        for _ in range(times):
            self.button("Try it").press("Enter")

    def guess(self, percent: int) -> None:
        field = self.root.get_by_role("spinbutton", name="My winner, trained again, %")
        field.fill(str(percent))
        field.press("Tab")


class TwentyTrialsInNotebook(TwentyTrialsOnPage, LabInNotebook):
    """The lab twenty trials in a notebook."""

    cells = ("from course_utils import labs", "labs.twenty_trials()")
