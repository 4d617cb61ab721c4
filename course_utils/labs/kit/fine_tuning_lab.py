"""The base of labs that fine-tune the course's network on the scans."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, ClassVar, Protocol

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import Recipe
from course_utils.figures import Picture
from course_utils.labs.kit.live import Control, Work
from course_utils.labs.kit.page_lab import PageLab
from course_utils.labs.kit.training import RunProgress, TrainingExperiment, fine_tune


class FineTuningSetting(Protocol):
    """What decides a run: a frozen dataclass whose fields are traits of its lab."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def seed(self) -> int: ...
    @property
    def end(self) -> int:
        """The optimizer steps of the whole run."""
        ...

    def recipe(self) -> Recipe: ...
    def name(self) -> str: ...


class FineTuningLab(PageLab):
    """A lab that runs for real what its traits ask for; the network gets ready while the learner thinks.

    Args:
        make: returns the experiment to run, by the rank of its adapters.
        data: what the page gets.
        traits: what the lab opens on.
    """

    def __init__(self, make: Callable[[int | None], TrainingExperiment], data: dict[str, Any], **traits: Any) -> None:
        super().__init__(data=data, **traits)
        self._make, self._running, self._warm = make, self.setting, False
        self.observe(self._get_ready, [*asdict(self.setting), "guess"])

    @property
    def setting(self) -> FineTuningSetting:
        """What the traits ask for."""
        raise NotImplementedError

    @property
    def lora_rank(self) -> int | None:
        """The rank of the network's adapters; None without any."""
        return None

    def work(self) -> tuple[Work, str]:
        setting, rank = self.setting, self.lora_rank
        train = fine_tune(lambda: self._make(rank), setting.recipe(), setting.seed, setting.name())

        def work(control: Control) -> Iterator[RunProgress]:
            self._running = setting  # only now: a start may be refused
            yield from train(control)

        return work, setting.name()

    def run_data(self, run: RunProgress) -> dict[str, Any]:
        return {
            "setting": asdict(self._running),
            "total": self._running.end,
            "curve": [[point.step, point.accuracy["target"], point.accuracy["source"]] for point in run.curve],
        }

    def recorded_run(self) -> Mapping[str, Any] | None:
        """Return the recorded run of what the traits ask for, as the page gets it; None if there is none."""
        asked = asdict(self.setting)
        return next((run for run in self.data["runs"] if asked.items() <= run.items()), None)

    def still_curve(self, lab: str) -> Picture:
        """Return the picture of the run that the traits ask for: the live one, or the recorded one.

        Raises:
            CourseError: there is no such run.
        """
        run = self.recorded_run()
        if self.progress and self._running == self.setting:
            run = self.run_data(self.progress)
        if run is None:
            raise CourseError(self.data["missing"] or "No run of this setting is recorded; run it for real.")
        points = [
            {"step": step, "accuracy": accuracy, "task": task}
            for step, *both in run["curve"]
            if step <= self.setting.end
            for task, accuracy in zip(("target", "source"), both, strict=True)
        ]
        return figures.line_chart(
            points,
            x="step",
            y="accuracy",
            by="task",
            x_label="optimizer steps",
            y_label="validation accuracy",
            title=f"{lab}: {self.setting.name()}",
        )

    def _get_ready(self, _: object) -> None:
        """Prepare the network at the first change."""
        if self._warm:
            return
        self._warm, rank = True, self.lora_rank

        def prepare() -> None:
            with suppress(Exception):  # the first run will meet the same problem and report it
                self._make(rank)

        threading.Thread(target=prepare, daemon=True).start()
