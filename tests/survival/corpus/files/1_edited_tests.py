# does: writes `pass` into every test cell
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        if cell["id"].endswith("-check"):
            cell["source"] = "pass"
    notebook.write_text(json.dumps(nb))
