# does: turns an answer into text
# becomes: unattempted
# answers: e3
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        if cell["id"] == "e3":
            cell["cell_type"] = "markdown"
    notebook.write_text(json.dumps(nb))
