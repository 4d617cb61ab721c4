"""What every lab shares: a widget where there is a front end, a picture of its default state where there is none."""

from typing import Any

import ipywidgets

from course_utils.figures import Picture
from course_utils.frontend import someone_watches


class Lab:
    """A widget with a static default: its picture, with alt text, stands wherever nobody can move a slider."""

    def __init__(self, widget: ipywidgets.DOMWidget, default: Picture) -> None:
        self.widget, self.default = widget, default

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = dict(self.default._repr_mimebundle_())
        if not someone_watches():
            return bundle
        live = self.widget._repr_mimebundle_(**kwargs)
        view = "application/vnd.jupyter.widget-view+json"
        return {**bundle, view: live[view]} if live and view in live else bundle


def shown(picture: Picture) -> str:
    """The HTML of a picture, alt text included, for an ``ipywidgets.HTML``."""
    return picture._repr_mimebundle_()["text/html"]
