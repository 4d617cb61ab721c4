# does: has lost all metadata of cells, as some tools lose it
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        cell["metadata"] = {}
    notebook.write_text(json.dumps(nb))
