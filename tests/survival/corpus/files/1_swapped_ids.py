# does: gives an answer the grade id of a test, and the test that of the answer
# becomes: raised
# answers: e3
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        if cell["id"] in ("e3", "e3-check"):
            settings = cell["metadata"]["nbgrader"]
            settings["grade_id"] = "e3-check" if cell["id"] == "e3" else "e3"
            cell["id"] = cell["id"] + "-x"
            cell["source"] = "pass" if cell["id"] == "e3-check-x" else cell["source"]
    notebook.write_text(json.dumps(nb))
