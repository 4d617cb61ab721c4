"""The rank slider as a widget: every control of the page is a trait."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import recorded
from course_utils.figures import Picture
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.rank_lab.rank_slider import RANKS, RATES, STYLES, TABLE, TASKS, page_data

_START = TABLE["start"]


class RankSlider(PageLab):
    """Set rank and rate, guess the smallest rank that will do, and reveal what was learned and kept.

    Attributes:
        task: which of the two target tasks.
        rank: of the updates; 0 is full fine-tuning.
        learning_rate: of AdamW.
        guess: the smallest rank within a point of full fine-tuning, as the learner thinks; None before.
        revealed: whether the learner sees the measurements.
    """

    name = "rank-slider"
    _esm = bundle(Path(__file__).with_name("rank_widget.js"))
    _css = style_sheet(*STYLES)

    task = traitlets.Unicode(_START["task"]).tag(sync=True)
    rank = traitlets.Int(_START["rank"]).tag(sync=True)
    learning_rate = traitlets.Float(_START["learning_rate"]).tag(sync=True)
    guess = traitlets.Int(default_value=None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, recorded: Mapping[str, Sequence[Mapping[str, Any]]], missing: str = "") -> None:
        self._recorded = recorded
        super().__init__(data=page_data(recorded, missing))

    def work(self) -> tuple[Work, str]:
        """Refuse: the lab shows recorded runs only.

        Raises:
            CourseError: always.
        """
        raise CourseError(
            "The rank slider shows recorded runs. Run one with experiments.FineTuning(task, per_class, lora_rank=rank)."
        )

    def still(self) -> Picture:
        rows = [
            {"rank": row["rank"], "task": task, "accuracy": row["target"]}
            for task, runs in self._recorded.items()
            for row in runs
            if row["rank"] and row["learning_rate"] == _START["learning_rate"]
        ]
        return figures.line_chart(
            rows,
            x="rank",
            y="accuracy",
            by="task",
            x_label="rank",
            y_label="target accuracy",
            title=f"LoRA at a rate of {_START['learning_rate']:g}, by rank",
            log_x=True,
        )

    @traitlets.validate("task", "rank", "learning_rate", "guess")
    def _a_setting(self, proposal: Any) -> Any:
        allowed = {"task": TASKS, "rank": RANKS, "learning_rate": RATES, "guess": (None, *filter(None, RANKS))}
        name = proposal["trait"].name
        one_of(name.replace("_", " "), proposal["value"], allowed[name])
        return proposal["value"]


def rank_slider() -> RankSlider:
    """Set rank and rate, guess the smallest rank that will do, and reveal what was learned and kept."""
    try:
        return RankSlider({task: recorded(f"ranks-{task}") for task in TASKS})
    except CourseError as problem:  # a recording is missing or damaged
        return RankSlider({}, str(problem))
