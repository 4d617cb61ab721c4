"""The sentence microscope as a learner uses it."""

from lab_page import LabInNotebook, LabOnPage


class SentenceMicroscopeOnPage(LabOnPage):
    """A sentence microscope that is on the page already."""

    name = "sentence-microscope"

    def guess(self, desk: str) -> None:
        """Guess the nearest message's desk by keyboard."""
        self.root.get_by_role("radio", name=desk).press("Space")


class SentenceMicroscopeInNotebook(SentenceMicroscopeOnPage, LabInNotebook):
    """A sentence microscope in a notebook."""

    cells = ("from course_utils import labs", "labs.sentence_microscope()")
