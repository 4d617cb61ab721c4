# does: has an answer of ten megabytes
# becomes: unattempted
# answers: e3
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        if cell["id"] == "e3":
            cell["source"] = "x = 1\n" * 2_000_000
    notebook.write_text(json.dumps(nb))
