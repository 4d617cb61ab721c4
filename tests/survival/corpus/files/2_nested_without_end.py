# does: is nested a hundred thousand deep
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.write_text("[" * 100_000)
