# does: was copied half
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    whole = notebook.read_bytes()
    notebook.write_bytes(whole[: len(whole) // 2])
