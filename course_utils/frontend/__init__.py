"""Whether somebody can see and move a widget."""

import os

#: What the front ends set for the kernels that they start: Jupyter's server, VS Code, Colab and Voila.
FRONT_ENDS = ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG", "VOILA_BASE_URL")


def someone_watches() -> bool:
    """Whether a front end started this kernel.

    Papermill, nbconvert and nbmake run a notebook without one. A widget's view in their output would hide what
    stands there for everyone else: a page prefers the view, and then has no widget to show.
    """
    return any(name in os.environ for name in FRONT_ENDS)
