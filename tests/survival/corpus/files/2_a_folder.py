# does: is a folder with the notebook's name
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.unlink()
    notebook.mkdir()
