# does: has numbers, lists and texts where nbgrader keeps its settings
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for number, cell in enumerate(nb["cells"]):
        cell["metadata"] = {"nbgrader": [7, [], "x", None, {"grade_id": 3}][number % 5]}
    nb["metadata"] = {"kernelspec": 5, "celltoolbar": []}
    notebook.write_text(json.dumps(nb))
