"""The sound microscope as a learner uses it."""

from lab_page import LabInNotebook, LabOnPage


class SoundMicroscopeOnPage(LabOnPage):
    """A sound microscope that is on the page already."""

    name = "sound-microscope"

    def choose(self, option: str) -> None:
        """Choose a vowel, a voice or a guess by keyboard."""
        self.root.get_by_role("radio", name=option, exact=True).press("Space")


class SoundMicroscopeInNotebook(SoundMicroscopeOnPage, LabInNotebook):
    """A sound microscope in a notebook."""

    cells = ("from course_utils import labs", "labs.sound_microscope()")
