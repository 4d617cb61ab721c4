# does: hands in the lesson as it was handed out
# becomes: unattempted
# answers: all
from pathlib import Path


def spoil(notebook: Path) -> None:
    release = notebook.parents[3] / "release" / notebook.parent.name / notebook.name
    notebook.write_bytes(release.read_bytes())
