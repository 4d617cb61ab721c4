"""Read the corpus: what each file does, and what must come of it."""

import re
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")
KINDS = (
    "nothing to survive", "edited cells", "damaged files", "ends or blocks", "floods", "reads or writes outside",
    "tampers", "forged evidence", "honest, but odd",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One file of the corpus.

    Attributes:
        name: of the file, which is also the learner's.
        becomes: the statuses that are as they should be.
        answers: the grade ids of the answers that it spoils; "all" for all.
        source: of the first of them; "" for one that spoils the file.
    """

    name: str
    does: str
    becomes: tuple[str, ...]
    answers: tuple[str, ...]
    source: str
    path: Path

    @property
    def kind(self) -> str:
        return f"{self.name[0]} {KINDS[int(self.name[0])]}"

    @property
    def spoil(self) -> Callable[[Path], None]:
        found: Callable[[Path], None] = runpy.run_path(str(self.path))["spoil"]
        return found


def cases() -> list[Case]:
    """Return the whole corpus, in order."""
    return sorted(map(_case, CORPUS.glob("*/*.py")), key=lambda case: case.name)


def _case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    says = dict(re.findall(r"^# (does|becomes|answers): (.*)$", text, re.MULTILINE))
    source = text if path.parent.name == "answers" else ""
    becomes = tuple(says["becomes"].split(" or "))
    return Case(path.stem, says["does"], becomes, tuple(says.get("answers", "e3").split()), source, path)
