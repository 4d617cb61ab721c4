# does: moves every test cell to the top
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    nb["cells"].sort(key=lambda cell: not cell["id"].endswith("-check"))
    notebook.write_text(json.dumps(nb))
