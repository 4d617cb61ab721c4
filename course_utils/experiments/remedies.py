"""The remedies against forgetting that are recorded and that the labs run: their settings, as recipes."""

from course_utils.errors import CourseError
from course_utils.experiments.finetuning import Recipe

#: The learning rates that are compared, the rank of every LoRA update, and a rate that is too high.
RATES = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
LORA_RANK = 4
_HASTY = 1e-3

#: The settings of each remedy; all but the lower rate and LoRA train at a rate of 1e-3, at which much is forgotten.
REMEDIES: dict[str, tuple[float, ...]] = {
    "plain": RATES,
    "freezing": (0, 1, 2, 3),
    "rehearsal": (0.03, 0.06, 0.12, 0.25),
    "l2-sp": (0.1, 1, 10, 100),
    "ewc": (10, 100, 1000, 10000),
    "lora": (3e-4, 1e-3, 3e-3, 1e-2),
    "wise-ft": (0.25, 0.5, 0.75),
}


def remedy(method: str, setting: float) -> Recipe:
    """Return the recipe for a method of ``REMEDIES``; averaging weights comes after a plain run.

    Raises:
        CourseError: there is no such method.
    """
    if method not in REMEDIES:
        raise CourseError(f"There is no remedy {method!r}. Remedies: {', '.join(REMEDIES)}.")
    if method in ("plain", "lora"):
        return Recipe(learning_rate=setting)
    if method == "freezing":
        return Recipe(blocks=int(setting), learning_rate=_HASTY)
    if method == "rehearsal":
        return Recipe(learning_rate=_HASTY, rehearsal=setting)
    if method in ("l2-sp", "ewc"):
        return Recipe(learning_rate=_HASTY, penalty=method, strength=setting)  # type: ignore[arg-type]
    return Recipe(learning_rate=_HASTY)
