# does: is a folder without the notebook
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.unlink()
