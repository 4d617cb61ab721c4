"""The keys of a lab, and of a form, belong to it.

JupyterLab takes arrow keys and letters from whatever has the focus in a notebook and moves, changes or deletes cells
with them; only an element that is marked keeps them. Stock widgets are not marked, so ArrowDown in a drop-down would
leave the lab, ArrowDown among the choices of a question would leave the question, and D D delete their cell.
"""

from pathlib import Path

import ipywidgets


def keep_keys(box: ipywidgets.Box) -> None:
    """Let every control inside ``box`` keep its keys, those that come later too."""
    try:
        from anywidget import AnyWidget
    except ImportError:  # no anywidget, in an environment that was put together by hand: Tab, Space and Enter remain
        return
    marker = AnyWidget(_esm=Path(__file__).with_name("keys.js").read_text(encoding="utf-8"))
    box.children = (*box.children, marker)
