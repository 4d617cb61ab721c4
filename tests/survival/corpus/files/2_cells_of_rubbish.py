# does: has numbers, lists and nothing where cells should be
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    nb["cells"] += [1, None, [], "x", {}, {"source": 5}, {"cell_type": {}, "source": [[]]}]
    notebook.write_text(json.dumps(nb))
