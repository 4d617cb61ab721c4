# does: deletes an answer
# becomes: unattempted
# answers: e3
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    nb["cells"] = [cell for cell in nb["cells"] if cell["id"] != "e3"]
    notebook.write_text(json.dumps(nb))
