"""Detect whether someone can see and use a widget."""

import os
from pathlib import Path

#: The folder of the modules and style sheets that the pages of labs are made of.
KIT = Path(__file__).parent / "kit"
#: Variables that front ends set for the kernels they start: Jupyter's server, VS Code, Colab and Voila.
FRONT_ENDS = ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG", "VOILA_BASE_URL")


def someone_watches() -> bool:
    """Return whether a front end started this kernel.

    Papermill, nbconvert and nbmake run a notebook without one. A widget's view in their output would hide the static
    picture: a page prefers the view, but has no widget to show.
    """
    return any(name in os.environ for name in FRONT_ENDS)


def draws_in_html() -> bool:
    """Return whether this kernel's page draws a widget inside another output, as JupyterLab, Notebook 7 and Voila do.

    VS Code and Colab keep outputs apart, so a widget needs a view of its own there.
    """
    session = os.environ.get("JPY_SESSION_NAME", "")
    apart = any(name in os.environ for name in ("VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG"))
    return not apart and "-jvsc-" not in session  # so VS Code names its sessions on a server
