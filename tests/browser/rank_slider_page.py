"""The rank slider as a learner uses it."""

from lab_page import LabInNotebook, LabOnPage


class RankSliderOnPage(LabOnPage):
    """A rank slider that is on the page already."""

    name = "rank-slider"

    def guess(self, rank: int) -> None:
        """Choose a rank by keyboard."""
        group = self.root.get_by_role("group", name="Smallest rank within a point of full fine-tuning")
        group.get_by_role("radio", name=str(rank), exact=True).press("Space")


class RankSliderInNotebook(RankSliderOnPage, LabInNotebook):
    """A rank slider in a notebook."""

    cells = ("from course_utils import labs", "labs.rank_slider()")
