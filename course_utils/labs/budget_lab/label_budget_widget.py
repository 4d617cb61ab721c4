"""The label-budget lab as a widget: every control of the page is a trait."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments.budgets import scratch_steps
from course_utils.figures import Picture
from course_utils.frontend.bundle import bundle
from course_utils.labs.budget_lab.label_budget import (
    CLASSES,
    LABELS,
    NEVER,
    STYLES,
    TASKS,
    BudgetSetting,
    RecordedBudgets,
    page_data,
    recorded_budgets,
)
from course_utils.labs.budget_lab.picture_sheet import picture_sheet
from course_utils.labs.kit.live import Control, Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import RunProgress, train_from_scratch

_SETTING = tuple(field.name for field in fields(BudgetSetting))
_START = BudgetSetting()


class LabelBudget(PageLab):
    """Choose a task and a budget, guess where scratch catches up, reveal, train from scratch for real.

    Attributes:
        task, labels, seed: of the run; see ``BudgetSetting``. The page goes to the nearest budget that was recorded.
        guess: the labels per class that scratch needs to match transfer, or ``NEVER``; None until the learner guesses.
        revealed: whether the learner sees the curve of training from scratch.
    """

    name = "label-budget"
    _esm = bundle(Path(__file__).with_name("budget_widget.js"))
    _css = style_sheet(*STYLES)

    task = traitlets.Unicode(_START.task).tag(sync=True)
    labels = traitlets.Int(_START.labels).tag(sync=True)
    seed = traitlets.Int(_START.seed).tag(sync=True)
    guess = traitlets.Int(None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, found: Mapping[str, RecordedBudgets]) -> None:
        self._found, self._running = found, _START
        super().__init__(data=page_data(found))

    @property
    def setting(self) -> BudgetSetting:
        """What the traits ask for."""
        return BudgetSetting(**{name: getattr(self, name) for name in _SETTING})

    def work(self) -> tuple[Work, str]:
        setting = self.setting
        train = train_from_scratch(setting.task, setting.labels, setting.seed, setting.name())

        def work(control: Control) -> Iterator[Any]:
            self._running = setting  # only now: a start may be refused
            yield from train(control)

        return work, f"{setting.name()}, from scratch"

    def run_data(self, run: RunProgress) -> dict[str, Any]:
        return {
            "setting": asdict(self._running),
            "total": scratch_steps(self._running.labels * len(CLASSES[self._running.task])),
            "curve": [[point.step, *point.accuracy.values()] for point in run.curve],
        }

    def still(self) -> Picture:
        found = self._found[self.task]
        if not found.rows:
            raise CourseError(found.missing)
        return figures.label_budget(found.rows, title=f"Label budget: {self.task}")

    def _hear(self, widget: object, content: dict[str, Any], buffers: object) -> None:
        if content.get("command") == "pictures" and (task := content.get("task")) in TASKS:
            threading.Thread(target=self._send_pictures, args=(task,), daemon=True).start()
        else:
            super()._hear(widget, content, buffers)

    def _send_pictures(self, task: str) -> None:
        """Send what the page shows of a task; loading a real one takes a second, in which the page is there already."""
        with suppress(Exception):  # the places of the pictures stay empty; a run meets the same problem and reports it
            self.send({"kind": "pictures", "task": task, "sheet": picture_sheet(task)})

    @traitlets.validate(*_SETTING)
    def _one_of_the_controls(self, proposal: Any) -> Any:
        changed: dict[str, Any] = {proposal["trait"].name: proposal["value"]}
        replace(_START, **changed)  # raises if no control has the value
        return proposal["value"]

    @traitlets.validate("guess")
    def _labels_or_never(self, proposal: Any) -> Any:
        one_of("guess", proposal["value"], (None, NEVER, *LABELS))
        return proposal["value"]


def label_budget() -> LabelBudget:
    """Choose a task and a budget, guess where scratch catches up, reveal, train from scratch for real."""
    return LabelBudget({task: recorded_budgets(task) for task in TASKS})
