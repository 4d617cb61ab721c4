"""Which version of a lesson counts: the one that was handed out.

Submissions are graded by the version that they were made from. So the instructor's notebook is copied to ``released``
when it is handed out: what is changed in ``source`` afterwards counts from the next release on.
"""

from pathlib import Path


def released_version(folder: Path, name: str) -> Path:
    """Return the instructor's notebook of the lesson ``name`` as it was handed out.

    That is the one in ``source`` for a lesson that nbgrader's own command handed out.
    """
    kept = kept_version(folder, name)
    return kept if kept.is_file() else source_version(folder, name)


def kept_version(folder: Path, name: str) -> Path:
    """Return where the version that was handed out is kept."""
    return folder / "released" / name / f"{name}.ipynb"


def source_version(folder: Path, name: str) -> Path:
    """Return where the version is that will be handed out next."""
    return folder / "source" / name / f"{name}.ipynb"
