"""Widgets whose output is HTML, in whose place the page draws them: nothing in a saved notebook can fail to load."""

from typing import Any
from uuid import uuid4

import traitlets
from anywidget import AnyWidget

from course_utils.frontend import draws_in_html, someone_watches

#: The type of a widget's view in a cell's output.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
#: Stands below what is left of a widget in a saved notebook.
GO_ON = (
    "<details><summary><em>Run this cell to go on.</em></summary>If it stays like this, the front end's extension "
    "<code>anywidget</code> is missing or switched off: <code>pip install anywidget</code>, and reload the page."
    "</details>"
)


class PlacedWidget(AnyWidget):
    """A widget of which a notebook keeps what ``static`` returns; its script is made by ``placed`` of placed.js.

    Attributes:
        place: names the element that the page draws it in.
    """

    place = traitlets.Unicode().tag(sync=True)

    @traitlets.default("place")
    def _new_place(self) -> str:
        return uuid4().hex

    def static(self) -> dict[str, str]:
        """Return what is shown where nothing can be operated, by type: HTML and plain text."""
        raise NotImplementedError

    def element(self, html: str, *, kept: bool = False) -> str:
        """Return the element that the page draws the widget in, around what it shows without the widget.

        A ``kept`` one is not drawn in: it is hidden while the widget is there.
        """
        return f'<course-widget place="{self.place}"{" kept" if kept else ""}>{html}</course-widget>'

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = self.static()
        if not someone_watches():
            return bundle
        if draws_in_html():
            return {**bundle, "text/html": self.element(bundle["text/html"] + GO_ON)}
        shown: Any = super()._repr_mimebundle_(**kwargs)
        view, metadata = shown  # Colab finds its widgets by the metadata
        return {**bundle, WIDGET_VIEW: view[WIDGET_VIEW]}, metadata
