"""Arrow keys that are pressed in a lab's list of options stay with it.

JupyterLab goes to another cell on an arrow key wherever no text can be typed, unless the element in focus says that
keys are its own. Stock widgets cannot say so from Python; a line of script on the page can.
"""

from collections.abc import Sequence

import ipywidgets

_CLASS = "course-lab"
_PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
_LISTEN = (
    "lab.addEventListener('focusin', (event) => "
    "event.target.matches('select') && event.target.setAttribute('data-lm-suppress-shortcuts', 'true'))"
)
# The pixel may be loaded before the lab is on the page.
_ON_LOAD = (
    f"let tries = 100; const find = () => {{ const lab = this.closest('.{_CLASS}');"
    f" if (lab) {_LISTEN}; else if (tries--) setTimeout(find, 50); }}; find()"
)


def with_keys(children: Sequence[ipywidgets.Widget]) -> ipywidgets.VBox:
    """A lab's parts, below each other, with the arrow keys for their lists."""
    script = ipywidgets.HTML(f'<img src="{_PIXEL}" alt="" hidden onload="{_ON_LOAD}">', layout={"display": "none"})
    box = ipywidgets.VBox([*children, script])
    box.add_class(_CLASS)
    return box
