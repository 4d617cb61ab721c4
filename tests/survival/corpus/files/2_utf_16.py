# does: was saved as UTF-16
# becomes: passed
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.write_bytes(notebook.read_text().encode("utf-16"))
