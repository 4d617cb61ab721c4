"""One model on its way from a folder or a table: chosen, measured once, exported."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils import advisor
from course_utils.adapting.exportable import exportable
from course_utils.adapting.exporting import Export, export_model
from course_utils.adapting.folder_task import WORDS, FolderTask
from course_utils.adapting.learning import (
    MOST_SECONDS,
    USUAL,
    TuningSettings,
    features_in_chunks,
    fine_tune,
    fit_head,
    model_of,
    pays,
    probabilities_of,
    seconds_to_fine_tune,
)
from course_utils.adapting.measuring import (
    Bin,
    at_temperature,
    expected_calibration_error,
    predict_accuracy,
    reliability,
    temperature_that_pays,
    true_accuracy,
)
from course_utils.adapting.result_files import confident_mistakes
from course_utils.data import Dataset, PartName, Split
from course_utils.data.folders import resize
from course_utils.data.picture_files import counted
from course_utils.experiments.strategies import EVERYTHING, LP_FT, TOP

#: Told how much is done, of how much, and what is being done.
Progress = Callable[[float, float, str], None]

_COMPARED = 16  # test inputs on which each exported file is compared with the model
_FEATURES, _TUNING, _ELSE = 10.0, 40.0, 15.0  # shares of the time, about
_WHOLE = _FEATURES + _TUNING + _ELSE

#: What the advice rests on, and what it is used for.
_CAVEAT = "That was measured with the course's small network on pictures of 32 pixels, so validation pictures decide."


@dataclass(frozen=True)
class Choice:
    """How the model was made, and why, in sentences.

    Attributes:
        advised: what the measured grid advises first; None where it knows nothing like this.
        chosen: what was done.
        strength: inverse strength of the head's penalty.
    """

    advised: str | None
    advice: str
    chosen: str
    because: str
    strength: float


class Adaptation:
    """One model on its way: ``choose``, ``measure`` and ``export`` it, in this order.

    Args:
        task: what is learned from, dealt.
        network: a backbone for it.
        seed: of the order of fine-tuning.
        on_progress: told about every step.
        settings: of fine-tuning, which is tried then whatever the advisor says. Default: the usual ones, if advised.
    """

    def __init__(
        self,
        task: FolderTask,
        network: Any,
        seed: int,
        on_progress: Progress,
        settings: TuningSettings | None = None,
    ) -> None:
        self.task, self.network, self.seed, self._on_progress = task, network, seed, on_progress
        self._settings = settings
        self.train, self.validation = task.parts["train"], task.parts["validation"]
        self.probabilities: dict[PartName, NDArray[np.float64]] = {}
        self.bins: list[Bin] = []
        self.compared = min(_COMPARED, len(task.parts["test"]))
        self._done = 0.0

    def tell(self, share: float, said: str) -> None:
        """Report that so much more is done; ``said`` is what comes next."""
        self._done = min(self._done + share, _WHOLE)
        self._on_progress(self._done, _WHOLE, said)

    def choose(self) -> Choice:
        """Fit a head, and fine-tune on from it if that is worth trying, affordable and, on validation, better."""
        shortlist, said = self._advice()
        train, validation = self._features(self.train, 0), self._features(self.validation, len(self.train))
        self.tell(_FEATURES, "fitting the head")
        head = fit_head(train, self.train.labels, validation, self.validation.labels)
        self.model = model_of(self.network, head, len(self.task.class_names))
        self.probabilities["validation"] = head.probabilities
        chosen, because = self._fine_tuned(shortlist)
        self.tell(_TUNING, "measuring")
        return Choice(next(iter(shortlist), None), said, chosen, because, head.strength)

    def _features(self, split: Split, before: int) -> NDArray[np.float32]:
        """Return a part's features; ``before`` is how many inputs of other parts are done."""
        count = len(self.train) + len(self.validation)

        def tell(done: int, _: int) -> None:
            self._on_progress(self._done + _FEATURES * (before + done) / count, _WHOLE, "computing features")

        return features_in_chunks(self.network, split.inputs, tell)

    def finish(self) -> None:
        """Report that everything is done."""
        self.tell(_WHOLE, "done")

    def _advice(self) -> tuple[Sequence[str], str]:
        """Ask the grid what is worth trying, with the head start that the small network has on these pictures."""
        if self.task.modality != "pictures":
            return (LP_FT,), f"The advisor knows pictures alone, not {self.task.modality}, so validation decides."
        self.tell(0, "asking the advisor")
        smallest = int(self.task.counts("train").min())
        train, validation = (Split(resize(part.inputs, 32), part.labels) for part in (self.train, self.validation))
        # The strategies also measure a test part, which nobody reads here; ours stays closed.
        small: dict[PartName, Split] = {"train": train, "validation": validation, "test": validation}
        task = Dataset(self.task.folder.name, self.task.class_names, small.__getitem__, "")
        advice = advisor.advise(len(self.train) / task.num_classes, advisor.measure_head_start(task, smallest))
        said = (
            f"Worth trying: {', '.join(advice.shortlist)}. {advice.why} {_CAVEAT}" if advice.shortlist else advice.why
        )
        return advice.shortlist, said

    def _fine_tuned(self, shortlist: Sequence[str]) -> tuple[str, str]:
        """Fine-tune if there is reason to; return what the model is now, and why."""
        frozen = "a linear head on frozen features"
        if not shortlist and self._settings is None:
            return frozen, "Nobody measured anything like this, so the safest way was taken: frozen features."
        if not {TOP, EVERYTHING, LP_FT} & {*shortlist} and self._settings is None:
            return frozen, (
                f"On tasks like this, fine-tuning was more than {advisor.AS_GOOD:g} points behind, so none was tried."
            )
        seconds = seconds_to_fine_tune(self.model, self.train)
        if seconds > MOST_SECONDS:
            return frozen, (
                f"Fine-tuning was not tried: it would have taken about {seconds:.0f} seconds of the processor, and the "
                f"limit is {MOST_SECONDS:.0f}."
            )
        labels, before = self.validation.labels, self.probabilities["validation"]
        start = self.model.get_weights()

        def tell(done: int, total: int) -> None:
            self._on_progress(self._done + _TUNING * done / total, _WHOLE, "fine-tuning")

        settings = self._settings or USUAL
        if self.task.modality != "pictures":
            settings = replace(settings, augment=False)  # shifting and mirroring are for pictures
        after = fine_tune(self.model, self.train, self.validation, self.seed, tell, settings)
        self.model = keras.Sequential(self.model.layers)  # without the optimizer, which the files would hold
        better, gained, lost = pays(before.argmax(1) == labels, after.argmax(1) == labels)
        differing = f"gained {counted(gained, f'validation {WORDS[self.task.modality][0]}')} and lost {lost}"
        told = f"Fine-tuning the last blocks from the fitted head {differing}"
        if better:
            self.probabilities["validation"] = after
            return "a fitted head and its last blocks fine-tuned (LP-FT)", f"{told}: more than one standard error."
        self.model.set_weights(start)
        return frozen, f"{told}, no more than one standard error: the frozen features were kept."

    def measure(self) -> dict[str, Any]:
        """Choose the temperature, predict the accuracy, and only then open the test part."""
        validation, test = self.validation, self.task.parts["test"]
        raw = self.probabilities["validation"]
        temperature = temperature_that_pays(raw, validation.labels)
        self.probabilities["validation"] = at_temperature(raw, temperature)
        right = int((raw.argmax(1) == validation.labels).sum())
        units = self.task.unit_count("validation"), self.task.unit_count("test")
        predicted = predict_accuracy(right, len(validation), len(test), groups=units)
        before = probabilities_of(self.model, test.inputs)
        kernel, bias = self.model.layers[-1].get_weights()
        self.model.layers[-1].set_weights([kernel / temperature, bias / temperature])
        found = self.probabilities["test"] = at_temperature(before, temperature)
        self.bins = reliability(found, test.labels)
        self.tell(_ELSE / 3, "exporting")
        return {
            "temperature": temperature,
            "validation": {"count": len(validation), "right": right, "accuracy": right / len(validation)},
            "predicted": predicted._asdict(),
            "test": {
                **self._test(found),
                "as_predicted": predicted.holds(float((found.argmax(1) == test.labels).mean())),
                "calibration_error": expected_calibration_error(found, test.labels),
                "calibration_error_before": expected_calibration_error(before, test.labels),
            },
            "mistakes": confident_mistakes(self.task, found),
        }

    def _test(self, found: NDArray[np.float64]) -> dict[str, Any]:
        labels, names = self.task.parts["test"].labels, self.task.class_names
        counts, right = self.task.counts("test"), found.argmax(1) == labels
        low, high = true_accuracy(int(right.sum()), len(labels))
        return {
            "count": len(labels),
            "right": int(right.sum()),
            "accuracy": float(right.mean()),
            "low": low,
            "high": high,
            "most_common": names[int(counts.argmax())],
            "always_most_common": float(counts.max() / counts.sum()),
            "classes": [
                {"name": name, "count": int(counts[label]), "right": int(right[labels == label].sum())}
                for label, name in enumerate(names)
            ],
        }

    def export(self, folder: Path) -> Iterator[Export]:
        """Write the model's files, each compared with the model on test inputs.

        The other parts' inputs are given up, since converters take as much memory.
        """
        del self.train, self.validation, self.task.parts["train"], self.task.parts["validation"]
        inputs = self.task.parts["test"].inputs[: self.compared]
        plain = self.model if self.task.modality == "pictures" else exportable(self.model, inputs)
        for export in export_model(self.model, folder, inputs, plain):
            self.tell(_ELSE / 6, f"exported {export.format}")
            yield export
