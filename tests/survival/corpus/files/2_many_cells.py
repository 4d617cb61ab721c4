# does: has four thousand cells more
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    nb["cells"] += [{"cell_type": "code", "metadata": {}, "source": "1 / 0", "outputs": []}] * 4_000
    notebook.write_text(json.dumps(nb))
