"""The address in JupyterLab's server that answers with the overview of the lessons, as they are at that moment."""

from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler

from course_utils.checkout import find_checkout
from course_utils.cli.desk.desk_page import DeskLesson, page, read_lessons
from course_utils.learn import progress


class DeskHandler(JupyterHandler):
    """``GET course/desk``: a part of a page, in HTML."""

    auth_resource = "contents"
    lessons: tuple[DeskLesson, ...]

    def initialize(self, lessons: tuple[DeskLesson, ...]) -> None:
        """Take what doesn't change while the server runs."""
        self.lessons = lessons

    @authorized
    def get(self) -> None:
        """Answer with every lesson and how far the learner is."""
        self.set_header("Cache-Control", "no-store")
        self.finish(page(self.lessons, progress.peek()))


def add_to(web_app: Any) -> None:
    """Add the address to a server's application (``tornado.web.Application``)."""
    address = web_app.settings["base_url"].rstrip("/") + "/course/desk"
    web_app.add_handlers(".*$", [(address, DeskHandler, {"lessons": read_lessons(find_checkout())})])
