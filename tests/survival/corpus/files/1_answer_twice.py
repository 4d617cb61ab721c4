# does: has an answer twice; the last one, which counts, is wrong
# becomes: wrong
# answers: e3
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    (answer,) = (cell for cell in nb["cells"] if cell["id"] == "e3")
    nb["cells"].append(answer | {"source": "def label_efficiency(*curves):\n    return 1.0"})
    notebook.write_text(json.dumps(nb))
