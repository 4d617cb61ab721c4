# does: gives every cell the same cell id
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        cell["id"] = "same"
    notebook.write_text(json.dumps(nb))
