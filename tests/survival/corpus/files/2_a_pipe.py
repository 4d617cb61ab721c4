# does: is a pipe that nobody writes to
# becomes: unreadable
import os
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.unlink()
    os.mkfifo(notebook)
