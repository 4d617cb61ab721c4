"""The learner's desk: JupyterLab's first tab, with every lesson and how far the learner is.

``course lab`` gives the folders beside this module to its own server, and to no other: ``config`` (what is switched
off, and this package as a server extension), ``labextensions`` (the tab), ``workspace.json`` (how the window begins).
"""

from typing import Any

from course_utils.cli.desk.desk_server import add_to


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    add_to(server.web_app)
