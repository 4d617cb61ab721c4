"""The lab ten envelopes as a learner uses it."""

from lab_page import LabInNotebook, LabOnPage


class TenEnvelopesOnPage(LabOnPage):
    """The lab ten envelopes, on the page already."""

    name = "ten-envelopes"

    def open_one(self) -> None:
        self.button("Open the envelope").press("Enter")

    def open_all(self) -> None:
        """Open what is still sealed, one after the other."""
        for number in range(10):
            self.open_one()
            if number < 9:
                self.button("Next envelope").press("Enter")


class TenEnvelopesInNotebook(TenEnvelopesOnPage, LabInNotebook):
    """The lab ten envelopes in a notebook."""

    cells = ("from course_utils import labs", "labs.ten_envelopes()")
