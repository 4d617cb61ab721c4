"""The lab on one's own voice as a learner uses it, with a microphone that beeps."""

from lab_page import LabInNotebook
from lab_server import Server
from playwright.sync_api import Page


class OwnVoiceLab(LabInNotebook):
    """The lab in a notebook whose page may use the microphone."""

    name = "own-voice"
    cells = ("from course_utils import labs", "labs.own_voice('my_voice', ['yes', 'no'])")

    def __init__(self, page: Page, server: Server) -> None:
        page.context.grant_permissions(["microphone"])
        super().__init__(page, server)

    def record_round(self) -> None:
        """Record each word once."""
        self.button("Record a round").click()
        self.button("Stop").wait_for()
        self.button("Record a round").wait_for()

    def takes(self, word: str) -> int:
        """Return how many takes of a word the page shows."""
        return self.root.get_by_role("row", name=word).locator(".voice-take").count()
