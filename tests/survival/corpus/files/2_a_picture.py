# does: is a picture
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
