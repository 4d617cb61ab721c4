# does: has an answer that no parser can take
# becomes: raised or crashed or out of memory
# answers: e3
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        if cell["id"] == "e3":
            cell["source"] = "label_efficiency = " + "-" * 100_000 + "1"
    notebook.write_text(json.dumps(nb))
