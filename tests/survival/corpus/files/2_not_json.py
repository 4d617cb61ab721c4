# does: is not JSON, but Python
# becomes: unreadable
from pathlib import Path


def spoil(notebook: Path) -> None:
    notebook.write_text("print(1)\n")
