"""The base of every lab: a widget if there is a front end, otherwise a picture of the lab's default state."""

from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Any, Protocol

import ipywidgets
from ipykernel.kernelbase import Kernel

from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.frontend import someone_watches
from course_utils.frontend.guard import guard
from course_utils.labs.kit.view import View

#: The type of a widget's view in a cell's output.
VIEW = "application/vnd.jupyter.widget-view+json"


class Closable(Protocol):
    """An open lab."""

    def close(self) -> None: ...


_open: dict[tuple[str, str], Closable] = {}


def close_open(name: str) -> None:
    """Close the lab of this name that the running cell opened before."""
    if lab := _open.pop((name, _cell()), None):
        lab.close()


def replace_open(name: str, lab: Closable) -> None:
    """Close the lab of this name that the running cell opened before; from now on, this one is open."""
    close_open(name)
    _open[name, _cell()] = lab


class Lab:
    """A widget with a static default: a picture with alt text, shown where the widget cannot be used.

    Running a cell again closes the lab that it opened before.

    Attributes:
        view: the lab's widgets, its state and, if it trains, its model.
    """

    def __init__(self, view: View[Any]) -> None:
        self.view = view
        guard(view.widget)
        replace_open(view.name, self)

    def close(self) -> None:
        """End what runs, and remove the widgets from the page and from memory."""
        self.view.close()
        _close(self.view.widget)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = static_default(self.view.default)
        if not someone_watches():
            return bundle
        live = self.view.widget._repr_mimebundle_(**kwargs)
        return {**bundle, VIEW: live[VIEW]} if live and VIEW in live else bundle


def static_default(default: Callable[[], Picture]) -> dict[str, Any]:
    """Return what a page shows where no widget can be used: the picture, or why there is none."""
    try:
        picture = default()
        return {"text/html": shown(picture), "text/plain": picture.alt}
    except CourseError as problem:  # no recording to draw
        return {"text/html": f"<p>{escape(str(problem))}</p>", "text/plain": str(problem)}


def _close(widget: ipywidgets.Widget) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
        if isinstance(part, ipywidgets.Widget):
            part.close()
    widget.close()


def _cell() -> str:
    """Return the id of the running cell; empty if the front end sends none."""
    parent = Kernel.instance().get_parent() if Kernel.initialized() else {}
    return str(parent.get("metadata", {}).get("cellId", ""))


@lru_cache(maxsize=2)  # a lab's first picture is also its static one
def shown(picture: Picture) -> str:
    """Return the HTML of a picture, with its alt text, for an ``ipywidgets.HTML``."""
    return picture.html()
