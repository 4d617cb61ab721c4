# does: is an empty file
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.write_bytes(b"")
