# does: has ten thousand cells
# becomes: unreadable
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    nb["cells"] += [{"cell_type": "markdown", "metadata": {}, "source": ""}] * 10_000
    notebook.write_text(json.dumps(nb))
