"""What a lab or a form needs of its page: the keys pressed in it, and a sentence when its kernel is gone.

JupyterLab takes arrow keys and letters from whatever has the focus in a notebook and moves, changes or deletes cells
with them; only an element that is marked keeps them. Stock widgets are not marked, so ArrowDown in a drop-down would
leave the lab, ArrowDown among the choices of a question would leave the question, and D D delete their cell. And
without a kernel, stock widgets show a broken chain and say nothing.
"""

from pathlib import Path

import ipywidgets


def guard(box: ipywidgets.Box) -> None:
    """Let every control inside ``box`` keep its keys, those that come later too, and the page say what became of it."""
    try:
        from anywidget import AnyWidget
    except ImportError:  # no anywidget, in an environment that was put together by hand: Tab, Space and Enter remain
        return
    script = Path(__file__).with_name("guard.js").read_text(encoding="utf-8")
    # Hidden from here, so that a page that cannot draw it shows no error in its place.
    box.children = (AnyWidget(_esm=script, layout={"display": "none"}), *box.children)
