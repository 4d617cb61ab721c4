"""What every lab shares: a widget where there is a front end, a picture of its default state where there is none."""

import os
from typing import Any

import ipywidgets

from course_utils.figures import Picture


class Lab:
    """A widget with a static default: its picture, with alt text, stands wherever nobody can move a slider."""

    def __init__(self, widget: ipywidgets.DOMWidget, default: Picture) -> None:
        self.widget, self.default = widget, default

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = dict(self.default._repr_mimebundle_())
        if not _someone_watches():
            return bundle
        live = self.widget._repr_mimebundle_(**kwargs)
        view = "application/vnd.jupyter.widget-view+json"
        return {**bundle, view: live[view]} if live and view in live else bundle


def _someone_watches() -> bool:
    """Whether a front end started this kernel: Jupyter's server, VS Code or Colab.

    Papermill, nbconvert and nbmake run a notebook without one. A widget's view in their output would hide the
    picture: a page prefers the view, and then has no widget to show.
    """
    return any(name in os.environ for name in ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG"))


def shown(picture: Picture) -> str:
    """The HTML of a picture, alt text included, for an ``ipywidgets.HTML``."""
    return picture._repr_mimebundle_()["text/html"]
