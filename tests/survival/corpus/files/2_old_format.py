# does: is in the format of 2014
# becomes: passed
import json
from pathlib import Path


def spoil(notebook: Path) -> None:
    nb = json.loads(notebook.read_text())
    for cell in nb["cells"]:
        cell["input"] = cell.pop("source")
    nb = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": nb["cells"]}]}
    notebook.write_text(json.dumps(nb))
