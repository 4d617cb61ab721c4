# does: has all cells in the opposite order
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    nb["cells"].reverse()
    notebook.write_text(json.dumps(nb))
