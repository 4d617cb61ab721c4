"""The front as a widget: every control of the page is a trait."""

from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import on_own_front
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import recording
from course_utils.labs.remedies_lab.front_lab import CURRENCIES, SETTINGS, STYLES, TABLE, TASKS, page_data, setting_key

_START = TABLE["start"]
_PERCENT = range(101)


class FrontLab(PageLab):
    """Choose a remedy and its dials, guess where it lands, reveal the front, meet two demands at the least cost.

    Attributes:
        setting: the chosen one, such as ``rehearsal/0.12/3e-4``; one of ``SETTINGS``.
        flagged: the setting that the guess is about.
        guess: source and target accuracy where the learner expects it, in percent; None until the flag is planted.
        revealed: whether the learner sees the front.
        source, target: the accuracies that are demanded, in percent.
        by: what the cheapest setting is cheapest in: ``work``, ``megabytes`` or ``pictures``.
    """

    name = "front-lab"
    _esm = bundle(Path(__file__).with_name("front_widget.js"))
    _css = style_sheet(*STYLES)

    setting = traitlets.Unicode(_START["setting"]).tag(sync=True)
    flagged = traitlets.Unicode(_START["setting"]).tag(sync=True)
    guess = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    source = traitlets.Int(_START["source"]).tag(sync=True)
    target = traitlets.Int(_START["target"]).tag(sync=True)
    by = traitlets.Unicode(_START["by"]).tag(sync=True)

    def __init__(self, rows: Rows, missing: str = "") -> None:
        self._rows = rows
        super().__init__(data=page_data(rows, missing))

    def work(self) -> tuple[Work, str]:
        """Refuse: the lab shows recorded runs only.

        Raises:
            CourseError: always.
        """
        raise CourseError('The front shows recorded runs. Copy the code from "Run one for real" into a cell instead.')

    def still(self) -> Picture:
        shown = [
            {
                **row,
                "setting": setting_key(row["method"], row["strength"], row["learning_rate"]).split("/", 1)[1],
                **{task: row[f"validation_{task}"] for task in TASKS},
            }
            for row in on_own_front(self._rows)
        ]
        title = "Each method's own front, on validation pictures"
        return figures.fronts(shown, before=TABLE["intact"], title=title)

    @traitlets.validate("setting", "flagged")
    def _recorded(self, proposal: Any) -> Any:
        one_of("setting", proposal["value"], SETTINGS)
        return proposal["value"]

    @traitlets.validate("guess")
    def _two_shares(self, proposal: Any) -> Any:
        for share in proposal["value"] or ():
            one_of("guess", share, _PERCENT)
        return proposal["value"]

    @traitlets.validate(*TASKS)
    def _a_share(self, proposal: Any) -> Any:
        one_of(f"demand on the {proposal['trait'].name}", proposal["value"], _PERCENT)
        return proposal["value"]

    @traitlets.validate("by")
    def _a_currency(self, proposal: Any) -> Any:
        one_of("currency", proposal["value"], CURRENCIES)
        return proposal["value"]


def front_lab() -> FrontLab:
    """Choose a remedy and its dials, guess where it lands, reveal the front, meet two demands at the least cost."""
    return FrontLab(*recording("front-scans"))
