# does: has characters that can't be written
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        if cell["id"] == "e3":
            cell["source"] = "# \ud800\n" + "".join(cell["source"])
    notebook.write_text(json.dumps(nb))
