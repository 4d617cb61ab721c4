# does: has 100 megabytes
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    with notebook.open("ab") as file:
        file.truncate(100_000_000)
