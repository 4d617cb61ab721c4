"""Lesson 05's forgetting thermometer: the settings of a run, and what the page gets to play every recorded one."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.experiments import LORA_RANK, REMEDIES, Recipe, remedy
from course_utils.figures.tables import Rows
from course_utils.figures.words import scientific
from course_utils.frontend import KIT
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import PER_CLASS

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("thermometer.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (KIT / "thermometer.css", KIT / "step_guess.css", Path(__file__).with_name("thermometer_lab.css"))
#: Averages the weights before and after a plain run: there is nothing to train, and no step to stop at.
AVERAGING = "wise-ft"
_AVERAGED = TABLE["methods"][AVERAGING]["start"]
#: The values of each method's dial.
DIALS: dict[str, tuple[float, ...]] = {
    method: (_AVERAGED,) if method == AVERAGING else REMEDIES[method] for method in TABLE["methods"]
}
SEEDS = range(TABLE["seed"]["least"], TABLE["seed"]["most"] + 1)
#: The last place of an average: the weights after the run alone.
_WHOLE = 100
_PICTURES = 2 * PER_CLASS  # the scans have two classes

_Curve = list[list[float]]


@dataclass(frozen=True)
class ThermometerSetting:
    """What decides a run of the thermometer: two runs of one setting give the same numbers.

    Attributes:
        method: a remedy, or ``plain``.
        value: of the method's dial.
        seed: draws the labels and their order.

    Raises:
        CourseError: a value that no control of the lab has.
    """

    method: str = TABLE["start"]["method"]
    value: float = TABLE["start"]["value"]
    seed: int = TABLE["start"]["seed"]

    def __post_init__(self) -> None:
        one_of("method", self.method, DIALS)
        one_of(TABLE["methods"][self.method]["dial"].lower(), self.value, DIALS[self.method])
        one_of("seed", self.seed, SEEDS)

    def recipe(self) -> Recipe:
        """Return the run as a recipe."""
        return remedy(self.method, self.value)

    @property
    def lora_rank(self) -> int | None:
        """The rank of the updates that the run trains; None if it trains the weights themselves."""
        return LORA_RANK if self.method == "lora" else None

    @property
    def end(self) -> int:
        """The number of optimizer steps of the whole run, or the last place of an average."""
        if self.method == AVERAGING:
            return _WHOLE
        recipe = self.recipe()
        old = max(1, round(recipe.rehearsal * recipe.batch_size)) if recipe.rehearsal else 0
        epochs = round(recipe.steps * recipe.batch_size / _PICTURES)
        return epochs * ceil(_PICTURES / (recipe.batch_size - old))

    def name(self) -> str:
        """Return a short name for a run."""
        about = TABLE["methods"][self.method]
        value = scientific(self.value) if about["write"] == "rate" else f"{self.value:g}"
        return f"{about['text']}, {about['dial'].lower()} {value}"


def page_data(rows: Rows, missing: str = "") -> dict[str, Any]:
    """Return what the page needs to play every recorded run, as plain data: about 40 kB as JSON.

    Args:
        rows: of the recording ``remedies-scans``.
        missing: why there are none, in words.
    """
    runs = _runs(rows)
    intact = _intact(runs)
    alarm = None if intact is None else TABLE["alarm"] * intact
    return {
        "dials": {method: list(values) for method, values in DIALS.items()},
        "ends": {method: [ThermometerSetting(method, value).end for value in DIALS[method]] for method in DIALS},
        "averaging": AVERAGING,
        "runs": [{**asdict(setting), "curve": curve} for setting, curve in runs.items()],
        "before": _before(runs),
        "intact": intact,
        "alarm": alarm,
        "start": asdict(telling(runs, alarm)) if alarm is not None else TABLE["start"],
        "missing": missing,
        "table": TABLE,
    }


def telling(runs: Mapping[ThermometerSetting, _Curve], alarm: float) -> ThermometerSetting:
    """Return the setting to open on, whose run has a good answer that is worth finding.

    Of the runs that get red in their middle and stay red, and whose target gains before that, it is the one whose
    source falls furthest; without such a run, the first setting.

    Args:
        runs: by setting, their measurements: place, target and source, both 0..1.
        alarm: the source accuracy, 0..1, below which a run is in the red.
    """
    least, most = TABLE["middle"]
    falls: dict[ThermometerSetting, float] = {}
    for setting, curve in runs.items():
        green = [source >= alarm for _, _, source in curve]
        crossed = sum(green)
        if any(later and not earlier for earlier, later in pairwise(green)) or not 0 < crossed < len(curve):
            continue
        gain = max(target for _, target, _ in curve[:crossed]) - curve[0][1]
        if least <= curve[crossed - 1][0] / setting.end <= most and gain >= TABLE["gain"]:
            falls[setting] = curve[0][2] - curve[-1][2]
    return max(falls, key=lambda setting: falls[setting]) if falls else ThermometerSetting()


def _runs(rows: Rows) -> dict[ThermometerSetting, _Curve]:
    """Return the measurements of every recorded run; the averages of a seed are one run, and a plain run is its end."""
    ends: dict[int, _Curve] = defaultdict(list)
    runs = {}
    for row in rows:
        method, value, seed = row["method"], row["setting"], row["seed"]
        last = [row["validation_target"], row["validation_source"]]
        if method == AVERAGING:
            ends[seed].append([round(_WHOLE * value), *last])
            continue
        setting = ThermometerSetting(method, value, seed)
        curve = [[point["step"], point["target"], point["source"]] for point in row["curve"]]
        runs[setting] = [*curve, [setting.end, *last]] if curve and curve[-1][0] < setting.end else curve
        if (method, value) == ("plain", _AVERAGED):
            ends[seed].append([_WHOLE, *last])
    averages = {ThermometerSetting(AVERAGING, _AVERAGED, seed): sorted(curve) for seed, curve in ends.items()}
    return {setting: curve for setting, curve in {**runs, **averages}.items() if len(curve) > 1}


def _intact(runs: Mapping[ThermometerSetting, _Curve]) -> float | None:
    """Return the highest source accuracy at any recorded place, as a mean over seeds; None if there is no run."""
    places: dict[tuple[str, float, float], list[float]] = defaultdict(list)
    for setting, curve in runs.items():
        for place, _, source in curve:
            places[setting.method, setting.value, place].append(source)
    return max((_mean(values) for values in places.values()), default=None)


def _before(runs: Mapping[ThermometerSetting, _Curve]) -> float | None:
    """Return the source accuracy before a run: that of a frozen network, which no run moves."""
    frozen = [curve[-1][2] for setting, curve in runs.items() if (setting.method, setting.value) == ("freezing", 0)]
    return _mean(frozen) if frozen else None


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
