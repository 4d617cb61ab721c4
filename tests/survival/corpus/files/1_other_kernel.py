# does: asks for a kernel that runs a command of its own
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    nb["metadata"]["kernelspec"] = {"name": "../../x", "argv": ["touch", "/tmp/course_survival_canary"]}
    notebook.write_text(json.dumps(nb))
