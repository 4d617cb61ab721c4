# does: is another lesson's notebook under this one's name
# becomes: nothing
from pathlib import Path


def spoil(notebook: Path) -> None:
    release = notebook.parents[3] / "release" / "00_start_here" / "00_start_here.ipynb"
    notebook.write_bytes(release.read_bytes())
