# does: is a link to the instructor's notebook
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.unlink()
    notebook.symlink_to(notebook.parents[3] / "source" / notebook.parent.name / notebook.name)
