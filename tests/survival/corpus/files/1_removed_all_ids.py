# does: has lost all metadata and all ids of cells
# becomes: unattempted
# answers: all
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    notebook.write_text(json.dumps(nb))
