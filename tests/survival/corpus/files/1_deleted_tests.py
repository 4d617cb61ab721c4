# does: deletes every test cell
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    nb["cells"] = [cell for cell in nb["cells"] if not cell["id"].endswith("-check")]
    notebook.write_text(json.dumps(nb))
