# does: is a folder that links to another learner's
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.unlink()
    notebook.parent.rmdir()
    notebook.parent.symlink_to(notebook.parents[2] / "ada honest" / notebook.parent.name)
