"""Search the settings of fine-tuning on a folder of one's own, with Optuna: what ``course tune`` does."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import Any

import keras
import numpy as np
import psutil
from numpy.typing import NDArray

from course_utils.adapting.folder_task import FolderTask
from course_utils.adapting.learning import (
    USUAL,
    TuningSettings,
    features_in_chunks,
    fine_tune,
    fit_head,
    model_of,
    probabilities_of,
)
from course_utils.adapting.measuring import log_loss
from course_utils.backbones import blocks
from course_utils.data import Split
from course_utils.errors import CourseError

#: Told how many runs are done, of how many, and what is being done.
TuningProgress = Callable[[int, int, str], None]
#: The best few trials that are trained again, and with how many fresh seeds, beside the usual settings.
FINALISTS, FRESH_SEEDS = 2, 3
STUDY = "study.sqlite3"
_NAME, _BATCHES = "course tune", (8, 16, 32)
_RATES, _DECAYS = (1e-6, 1e-3), (1e-4, 0.3)
_START_OF_TPE = 8  # trials that are drawn at random first
_MOST_TRIALS = 10_000
_PATIENT = 4  # trials that run to their end before any is stopped early


class FolderTuning:
    """Trials on one folder, whose study waits in a file: the same call goes on where the last one stopped.

    Half of the validation part is what trials are judged by. The other half is set aside for the finalists, so that
    nothing was chosen by it. The test part is not read.

    Args:
        task: the pictures, dealt.
        network: a backbone for pictures of the task's size.
        out: the folder of the study.
        facts: what the study is of, as plain data; a study of something else is refused.
        seed: of the search, and of every trial's training.
    """

    def __init__(self, task: FolderTask, network: Any, out: Path, facts: dict[str, Any], seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._task, self._network, self._seed = task, network, seed
        self._path = out / STUDY
        self._depth = len(blocks(network))
        with self._usable():
            self._study = optuna.create_study(
                storage=optuna.storages.RDBStorage(
                    f"sqlite:///{self._path}", engine_kwargs={"connect_args": {"timeout": 5}}
                ),
                study_name=_NAME,
                pruner=optuna.pruners.MedianPruner(n_startup_trials=_PATIENT),
                load_if_exists=True,
            )
            self._require_the_same({**facts, "set_of_pictures": _digest(task)})
            self._forget_what_was_cut_off()
            # A search that goes on must not draw what it drew before.
            drawn = len(self._study.get_trials(deepcopy=False))
            self._study.sampler = optuna.samplers.TPESampler(
                seed=_MOST_TRIALS * seed + drawn, n_startup_trials=_START_OF_TPE
            )
        self.train, whole = task.parts["train"], task.parts["validation"]
        self.judging, self.aside = _halves(whole, task.units["validation"], seed)

    def prepare(self, on_progress: TuningProgress) -> None:
        """Fit the head on frozen features, from which every trial begins."""
        parts = (self.train, self.judging)
        train, judging = (
            features_in_chunks(self._network, part.inputs, lambda done, of: on_progress(0, 1, "computing features"))
            for part in parts
        )
        head = fit_head(train, self.train.labels, judging, self.judging.labels)
        self.model = model_of(self._network, head, len(self._task.class_names))
        self._start = self.model.get_weights()

    def done(self) -> int:
        """Return how many trials were finished or stopped early; those that were cut off don't count."""
        return len(self._counted())

    def search(self, trials: int, on_progress: TuningProgress) -> None:
        """Run trials until there are so many.

        Raises:
            CourseError: the study's file can't be used.
        """
        import optuna

        while (number := self.done()) < trials:
            with self._usable():
                trial = self._study.ask()
                trial.set_user_attr("process", _process(os.getpid()))
                settings = self._suggest(trial)
            on_progress(number, trials, _told(settings))
            try:
                loss = self._trial(trial, settings)
            except KeyboardInterrupt:
                with self._usable():
                    self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
                raise
            with self._usable():
                if loss is None:
                    self._study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                else:
                    self._study.tell(trial, loss)
        on_progress(trials, trials, "")

    def finals(self, on_progress: TuningProgress) -> list[dict[str, Any]]:
        """Train the best trials and the usual settings again with fresh seeds, and measure them on what was set aside.

        Returns:
            A row for each, and one for the frozen head: ``name``, ``settings``, ``searched`` (the loss in the search),
            ``again`` (the loss on the same pictures with fresh seeds, on average), ``spread`` (how far these seeds lie
            apart), ``aside`` and ``accuracy`` on the pictures that nothing was chosen by.
        """
        named = {f"trial {trial.number}": (_settings(trial.params), trial.value) for trial in self._best()}
        named["usual settings"] = (USUAL, None)
        rows = [self._frozen()]
        for at, (name, (settings, searched)) in enumerate(named.items()):
            found = []
            for fresh in range(1, FRESH_SEEDS + 1):
                on_progress(FRESH_SEEDS * at + fresh - 1, FRESH_SEEDS * len(named), f"{name} again, seed {fresh}")
                found.append(self._again(settings, self._seed + fresh))
            rows.append(_row(name, settings, searched, found))
        return rows

    def trials(self) -> list[dict[str, Any]]:
        """Return every finished or stopped trial, in order: number, loss (None if it was stopped), settings."""
        return [
            {
                "trial": trial.number,
                "loss": trial.value if trial.state.name == "COMPLETE" else None,
                "stopped": trial.state.name == "PRUNED",
                **asdict(_settings(trial.params)),
            }
            for trial in self._counted()
        ]

    def _counted(self) -> list[Any]:
        with self._usable():
            found = self._study.get_trials(deepcopy=False)
        return [trial for trial in found if trial.state.name in ("COMPLETE", "PRUNED")]

    def _best(self) -> list[Any]:
        whole = [trial for trial in self._counted() if trial.state.name == "COMPLETE"]
        return sorted(whole, key=lambda trial: trial.value)[:FINALISTS]

    def _suggest(self, trial: Any) -> TuningSettings:
        return TuningSettings(
            blocks=trial.suggest_int("blocks", 1, self._depth),
            learning_rate=trial.suggest_float("learning_rate", *_RATES, log=True),
            weight_decay=trial.suggest_float("weight_decay", *_DECAYS, log=True),
            batch_size=trial.suggest_categorical("batch_size", _BATCHES),
            augment=trial.suggest_categorical("augment", (False, True)),
        )

    def _trial(self, trial: Any, settings: TuningSettings) -> float | None:
        """Return a trial's loss, or None if it was stopped because it was behind half of the others."""
        stopped = False

        def goes_on(epoch: int, loss: float) -> bool:
            nonlocal stopped
            with self._usable():
                trial.report(loss, epoch)
                stopped = trial.should_prune()
            return not stopped

        probabilities = self._run(settings, self._seed, goes_on)
        return None if stopped else log_loss(probabilities, self.judging.labels)

    def _run(
        self, settings: TuningSettings, seed: int, goes_on: Callable[[int, float], bool] = lambda epoch, loss: True
    ) -> NDArray[np.float64]:
        self.model = keras.Sequential(self.model.layers)  # without the last trial's optimizer
        self.model.set_weights(self._start)
        return fine_tune(self.model, self.train, self.judging, seed, lambda done, of: None, settings, goes_on)

    def _again(self, settings: TuningSettings, seed: int) -> tuple[float, float, float]:
        again = log_loss(self._run(settings, seed), self.judging.labels)
        return again, *self._set_aside()

    def _set_aside(self) -> tuple[float, float]:
        """Return loss and accuracy of the model as it is, on the pictures that nothing was chosen by."""
        found = probabilities_of(self.model, self.aside.inputs)
        return log_loss(found, self.aside.labels), float((found.argmax(1) == self.aside.labels).mean())

    def _frozen(self) -> dict[str, Any]:
        self.model.set_weights(self._start)
        judged = log_loss(probabilities_of(self.model, self.judging.inputs), self.judging.labels)
        return _row("frozen features", None, None, [(judged, *self._set_aside())])

    def _require_the_same(self, facts: dict[str, Any]) -> None:
        known = self._study.user_attrs.get("facts")
        if known is None:
            self._study.set_user_attr("facts", facts)
            return
        if other := [name for name in facts if known.get(name) != facts[name]]:
            raise CourseError(
                f"{self._path} is a search with another {other[0].replace('_', ' ')}, and the two can't be mixed. Name "
                "another folder with --out, or call it as before."
            )

    def _forget_what_was_cut_off(self) -> None:
        """Count trials of processes that are gone as failed, so that they are run again.

        Raises:
            CourseError: one of them is at work.
        """
        import optuna

        for trial in self._study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
            process = trial.user_attrs.get("process")
            if process != _process(os.getpid()) and process and process == _process(process[0]):
                raise CourseError(
                    f"{self._path} is in use: process {process[0]} runs a trial. Wait until it is done, or stop it."
                )
            self._study.tell(trial.number, state=optuna.trial.TrialState.FAIL)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Say in a sentence what is wrong with the study's file."""
        import optuna
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, optuna.exceptions.OptunaError) as problem:
            words = f"{problem} {problem.__cause__ or ''}".lower()
            if "locked" in words:
                raise CourseError(
                    f"{self._path} is locked: another program is using it. Wait until that has finished, then go on."
                ) from None
            if "readonly" in words:
                raise CourseError(
                    f"{self._path} cannot be written. Change its permissions, or name another folder with --out."
                ) from None
            if "disk is full" in words:
                raise OSError(28, os.strerror(28), str(self._path)) from None
            raise CourseError(
                f"{self._path} is damaged, or no search of this course. Move it away, or name another folder with "
                "--out."
            ) from None


def _process(number: int) -> list[float]:
    """Return a process's number and when it began, since numbers are used again; empty if there is none."""
    try:
        return [number, psutil.Process(int(number)).create_time()]
    except psutil.NoSuchProcess:
        return []


def _settings(params: dict[str, Any]) -> TuningSettings:
    return TuningSettings(**params)


def _told(settings: TuningSettings) -> str:
    return f"rate {settings.learning_rate:.0e}, {settings.blocks} blocks"


def _row(
    name: str, settings: TuningSettings | None, searched: float | None, found: list[tuple[float, float, float]]
) -> dict[str, Any]:
    again, aside, accuracy = (mean(values) for values in zip(*found, strict=True))
    losses = [loss for loss, *_ in found]
    told = {"name": name, "settings": asdict(settings) if settings else None, "searched": searched}
    return {**told, "again": again, "spread": max(losses) - min(losses), "aside": aside, "accuracy": accuracy}


def _halves(part: Split, units: NDArray[np.intp], seed: int) -> tuple[Split, Split]:
    """Deal a part into two, each class as evenly as it goes; what is of one unit stays together."""
    in_second = np.zeros(len(part), bool)
    sizes = np.zeros((2, int(part.labels.max()) + 1), int)
    for unit in np.random.default_rng(seed).permutation(np.unique(units)):
        rows = units == unit
        counts = np.bincount(part.labels[rows], minlength=sizes.shape[1])
        half = int(sizes[1] @ counts < sizes[0] @ counts)
        sizes[half] += counts
        in_second[rows] = half
    first, second = np.flatnonzero(~in_second), np.flatnonzero(in_second)
    return Split(part.inputs[first], part.labels[first]), Split(part.inputs[second], part.labels[second])


def _digest(task: FolderTask) -> str:
    """Return a hash of what is learned from and chosen by; the test part is not read."""
    whole = hashlib.sha256()
    for part in ("train", "validation"):
        whole.update(np.ascontiguousarray(task.parts[part].inputs).tobytes())
        whole.update(task.parts[part].labels.tobytes())
    return whole.hexdigest()[:16]
