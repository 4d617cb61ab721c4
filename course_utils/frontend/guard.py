"""A guard for the box of a lab or a form: its controls keep their keys, and it says when its kernel is gone.

JupyterLab takes arrow keys and letters from the focused element of a notebook and uses them to move, change or delete
cells, unless the element is marked. Stock widgets are not marked: ArrowDown in a drop-down or among the choices of a
question would leave it, and D D would delete the cell. Without a kernel, stock widgets show a broken chain and no
explanation.
"""

from pathlib import Path

import ipywidgets


def guard(box: ipywidgets.Box) -> None:
    """Let every control in ``box``, now and later, keep its keys, and let the page say when the kernel is gone."""
    try:
        from anywidget import AnyWidget
    except ImportError:  # a hand-made environment without anywidget: Tab, Space and Enter still work
        return
    script = Path(__file__).with_name("guard.js").read_text(encoding="utf-8")
    # Hidden, so that a page that cannot draw it shows no error in its place.
    box.children = (AnyWidget(_esm=script, layout={"display": "none"}), *box.children)
