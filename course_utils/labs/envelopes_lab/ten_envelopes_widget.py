"""The lab ten envelopes as a widget: every control of the page is a trait."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import recorded
from course_utils.figures import Picture
from course_utils.frontend.bundle import bundle
from course_utils.labs.envelopes_lab.ten_envelopes import DEALS, ROUNDS, STYLES, TABLE, page_data
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of

_START = TABLE["start"]


class TenEnvelopes(PageLab):
    """Say between which limits a test accuracy lies, ten times, before each test part is opened.

    Attributes:
        deal: which ten rounds, counted from 0.
        low, high: the limits that the controls are at, in percent.
        opened: the limits of the envelopes that are open, in order: low, high, low, high ...
        looking: whether the last of them is being looked at.
    """

    name = "ten-envelopes"
    _esm = bundle(Path(__file__).with_name("envelopes_widget.js"))
    _css = style_sheet(*STYLES)

    deal = traitlets.Int(_START["deal"]).tag(sync=True)
    low = traitlets.Int(_START["low"], min=0, max=100).tag(sync=True)
    high = traitlets.Int(_START["high"], min=0, max=100).tag(sync=True)
    opened = traitlets.List(traitlets.Int(min=0, max=100), maxlen=2 * ROUNDS).tag(sync=True)
    looking = traitlets.Bool(_START["looking"]).tag(sync=True)

    def __init__(self, rows: Sequence[Mapping[str, Any]], missing: str = "") -> None:
        self._rows = rows
        super().__init__(data=page_data(rows, missing))

    def work(self) -> tuple[Work, str]:
        """Refuse: the lab replays recorded rounds only.

        Raises:
            CourseError: always.
        """
        raise CourseError("This lab replays recorded rounds. Measure one of your own with course adapt FOLDER.")

    def still(self) -> Picture:
        promised = [
            {"round": row["kind"], "accuracy": value, "part": part, "seed": row["seed"]}
            for row in self._rows
            for part, value in (
                ("validation", row["right_on_validation"] / row["validation"]),
                ("test", row["accuracy"]),
            )
        ]
        return figures.bars(
            promised,
            x="round",
            by="part",
            y_label="accuracy",
            title="What validation said, and the envelope",
        )

    @traitlets.validate("deal")
    def _a_deal(self, proposal: Any) -> Any:
        one_of("deal", proposal["value"], tuple(range(DEALS)))
        return proposal["value"]


def ten_envelopes() -> TenEnvelopes:
    """Say between which limits a test accuracy lies, ten times, before each test part is opened."""
    try:
        return TenEnvelopes(recorded("envelopes"))
    except CourseError as problem:  # the recording is missing or damaged
        return TenEnvelopes([], str(problem))
