"""The freeze/learning-rate lab of lesson 03: lock blocks, set a rate, train, and watch both tasks."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import ipywidgets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.labs.lab import Lab, shown
from course_utils.transfer import FineTuning, Recipe, recorded, relative_drift, trainable_summary, unfreeze_top
from course_utils.worlds import blocks, load_backbone

BLOCKS = ("block1", "block2", "block3", "block4")
_EVERY = 20  # steps between two measurements
_TASK, _PER_CLASS = "scans", 100


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run; two runs with the same settings give the same numbers.

    Attributes:
        thawed: how many blocks learn, counted from the output, 0 to 4.
        learning_rate: above 0.
        epochs: passes over the labelled pictures, 1 or more.
        head: ``probe`` or ``random``.
        batchnorm: ``inference`` or ``training``.
        seed: draws the labels and their order.
    """

    thawed: int = 4
    learning_rate: float = 3e-4
    epochs: int = 10
    head: Literal["probe", "random"] = "probe"
    batchnorm: Literal["inference", "training"] = "inference"
    seed: int = 0

    def recipe(self, pictures: int) -> Recipe:
        """The same as a recipe, for so many labelled pictures in batches of 32."""
        steps = max(1, round(self.epochs * pictures / 32))
        return Recipe(
            blocks=self.thawed,
            learning_rate=self.learning_rate,
            steps=steps,
            head=self.head,
            batchnorm=self.batchnorm,
        )

    def name(self) -> str:
        """A short name for the legend."""
        extra = (", random head" if self.head == "random" else "") + (
            ", BatchNorm training" if self.batchnorm == "training" else ""
        )
        return f"{self.thawed} blocks, {self.learning_rate:.0e}{extra}"


def strip(thawed: int, trainable: int, frozen: int, batchnorm: str) -> str:
    """The network in one line of text: which blocks are locked, how many weights train, what BatchNorm does."""
    marks = [f"{name}: {'learns' if i >= len(BLOCKS) - thawed else 'locked'}" for i, name in enumerate(BLOCKS)]
    badge = "stored statistics" if batchnorm == "inference" else "TRAINING MODE, statistics move"
    chain = " \u2192 ".join(["pictures", *marks, "head: learns"])
    return f"{chain}. {trainable:,} weights train, {frozen:,} are frozen. BatchNorm: {badge}."


def curves(runs: list[dict[str, Any]], title: str) -> Picture:
    """Validation accuracy on both tasks against steps, a pair of lines for each run."""
    rows = [
        {"step": point["step"], "accuracy": point[task], "line": f"{task}: {run['name']}"}
        for run in runs
        for task in ("target", "source")
        for point in run["curve"]
    ]
    return figures.line_chart(
        rows, x="step", y="accuracy", by="line", x_label="step", y_label="validation accuracy", title=title
    )


def drift_bars(runs: list[dict[str, Any]]) -> Picture:
    """How far each block has moved, a bar for each run."""
    rows = [
        {"block": block, "drift": value, "run": run["name"]} for run in runs for block, value in run["drift"].items()
    ]
    return figures.bars(rows, x="block", y="drift", by="run", y_label="relative drift", title="How far blocks moved")


def recorded_run(blocks: int = 4, learning_rate: float = 3e-4, seed: int = 0) -> dict[str, Any]:
    """The recorded run of one cell of the map, as ``curves`` and ``drift_bars`` take it."""
    for row in recorded("map-scans"):
        if (row["blocks"], row["learning_rate"], row["seed"]) == (blocks, learning_rate, seed):
            return {**row, "name": f"{blocks} blocks, {learning_rate:.0e} (recorded)"}
    raise CourseError(f"The map has no run with blocks={blocks}, learning_rate={learning_rate:g} and seed={seed}.")


class Trainer:
    """Runs settings, one at a time, and remembers the last run of each seed to compare with."""

    def __init__(self, make: Callable[[], FineTuning] = lambda: FineTuning(_TASK, _PER_CLASS)) -> None:
        self._make = make
        self._experiment: FineTuning | None = None
        self._session: Any = None
        self._cancelled = False
        self.last: dict[int, dict[str, Any]] = {}

    @property
    def experiment(self) -> FineTuning:
        """Made on the first run, since it takes a few seconds."""
        if self._experiment is None:
            self._experiment = self._make()
        return self._experiment

    def run(self, settings: Settings, on_progress: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Train; ``on_progress`` sees the run so far after every few steps; the finished run is returned."""
        ft, self._cancelled = self.experiment, False
        pictures = ft.per_class * ft.target.num_classes
        self._session = ft.prepare(settings.recipe(pictures), settings.seed)
        if self._cancelled:
            self._session.stop()
        run: dict[str, Any] = {"name": settings.name(), "curve": [], "drift": {}, "message": ""}
        run["curve"].append({"step": 0, **ft.accuracies("validation")})
        for event in self._session.events():
            run["message"] = event.message
            due = event.kind == "step" and event.step % _EVERY == 0
            ended = event.kind in ("done", "stopped", "failed") and event.step > run["curve"][-1]["step"]
            if due or ended:
                run["curve"].append({"step": event.step, **ft.accuracies("validation")})
                on_progress(run)
        run["drift"] = {str(row["block"]): row["drift"] for row in relative_drift(ft.start, ft.network)}
        self.last[settings.seed] = run
        return run

    def stop(self) -> None:
        """End the run after the batch in hand; a run that is about to begin ends at once."""
        self._cancelled = True
        if self._session is not None:
            self._session.stop()


def freeze_lab(trainer: Trainer | None = None) -> Lab:
    """Lock and unlock blocks, set rate, epochs, head, BatchNorm and seed; start, stop, compare with the last run.

    Args:
        trainer: what runs the settings; the default makes its own experiment on the scans at the first start.
    """
    trainer = trainer or Trainer()
    network = load_backbone("embedded")
    first = recorded_run()
    default = curves([first], "Freeze lab: a recorded run; press Start for one of your own")

    thawed = ipywidgets.IntSlider(4, 0, len(blocks(network)), description="Thawed")
    rate = ipywidgets.FloatLogSlider(3e-4, min=-5, max=-2, step=0.25, description="Rate", readout_format=".1e")
    epochs = ipywidgets.IntSlider(10, 1, 20, description="Epochs")
    seed = ipywidgets.BoundedIntText(0, 0, 99, description="Seed")
    head = ipywidgets.ToggleButtons(options=["probe", "random"], description="Head")
    batchnorm = ipywidgets.ToggleButtons(options=["inference", "training"], description="BatchNorm")
    start = ipywidgets.Button(description="Start", button_style="primary")
    stop = ipywidgets.Button(description="Stop", disabled=True)
    words, said = ipywidgets.HTML(), ipywidgets.HTML()
    picture, moved = ipywidgets.HTML(shown(default)), ipywidgets.HTML(shown(drift_bars([first])))

    def describe(_: object = None) -> None:
        unfreeze_top(network, thawed.value)
        words.value = strip(thawed.value, *trainable_summary(network), batchnorm.value)

    def settings() -> Settings:
        return Settings(thawed.value, rate.value, epochs.value, head.value, batchnorm.value, seed.value)

    def work(now: Settings) -> None:
        before = trainer.last.get(now.seed)
        earlier = [{**before, "name": f"before: {before['name']}"}] if before else []

        def show(run: dict[str, Any]) -> None:
            picture.value = shown(curves([run, *earlier], f"Seed {now.seed}"))

        try:
            run = trainer.run(now, show)
            show(run)
            moved.value = shown(drift_bars([run, *earlier]))
            end = run["curve"][-1]
            said.value = f"Target {end['target']:.1%}, source {end['source']:.1%}. {run['message']}"
        except CourseError as problem:
            said.value = str(problem)
        finally:
            start.disabled, stop.disabled = False, True

    def begin(_: object) -> None:
        start.disabled, stop.disabled = True, False
        said.value = "Running. The first run makes the network ready, which takes a few seconds."
        threading.Thread(target=work, args=(settings(),), daemon=True).start()

    thawed.observe(describe, "value")
    batchnorm.observe(describe, "value")
    start.on_click(begin)
    stop.on_click(lambda _: trainer.stop())
    describe()
    controls = ipywidgets.VBox([thawed, rate, epochs, seed, head, batchnorm, ipywidgets.HBox([start, stop])])
    return Lab(ipywidgets.VBox([controls, words, said, picture, moved]), default)
