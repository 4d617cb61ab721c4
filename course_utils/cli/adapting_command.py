"""``course adapt``: a model from your own pictures, recordings or texts."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from course_utils.cli.terminal import Json, progress
from course_utils.errors import CourseError
from course_utils.quiet import start_keras


class SettingsFile(BaseModel):
    """What ``best.json`` holds, if fine-tuning paid."""

    model_config = ConfigDict(extra="forbid")

    blocks: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)
    batch_size: int = Field(ge=1)
    augment: bool


_SETTINGS: TypeAdapter[SettingsFile | None] = TypeAdapter(SettingsFile | None)


def adapt(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Your pictures or recordings, a sub-folder for each class; or a CSV file."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder for the result; FOLDER-model here by default.")
    ] = None,
    backbone: Annotated[str | None, typer.Option(help="Another network, see: course models list")] = None,
    size: Annotated[
        int | None, typer.Option(help="Side of the pictures in pixels; the network's own by default.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides how they are dealt into parts.")] = 0,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings of fine-tuning: best.json of course tune.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a model from your own pictures, recordings or texts: checked, measured once, explained, ready for use.

    Example: course adapt pictures --out my-model
    """
    target = out or Path(f"{folder.absolute().stem if folder.is_file() else folder.absolute().name}-model")
    found = _read_settings(settings) if settings else None
    start_keras()
    from course_utils.adapting import TuningSettings
    from course_utils.adapting import adapt as run

    with progress(folder.name) as tell:
        result = run(
            folder,
            target,
            backbone=backbone,
            image_size=size,
            seed=seed,
            settings=TuningSettings(**found) if found else None,
            on_progress=lambda done, total, said: tell(round(done), round(total), said=said),
        )
    if as_json:
        print(json.dumps(result | {"out": str(target)}, indent=1, ensure_ascii=False))
    else:
        _in_words(result, target)


def _read_settings(path: Path) -> dict[str, Any]:
    """Return the settings in a file of ``course tune``.

    Raises:
        CourseError: it is missing, or no such file; or the search found that fine-tuning doesn't pay.
    """
    advice = "Name best.json in the folder of a search, see: course tune --help"
    try:
        found = _SETTINGS.validate_json(path.read_bytes())
    except OSError as problem:
        raise CourseError(f"{path} cannot be read ({problem.strerror}). {advice}") from None
    except ValidationError:
        raise CourseError(f"{path} holds no settings. {advice}") from None
    if found is None:
        raise CourseError(f"{path} says that fine-tuning did not pay. Leave --settings out.")
    return found.model_dump()


def _in_words(result: dict[str, Any], out: Path) -> None:
    from course_utils.adapting.folder_task import WORDS

    for note in result["notes"]:
        print(note)
    things = WORDS[result["modality"]][1]
    strategy, test, predicted = result["strategy"], result["test"], result["predicted"]
    print(strategy["advice"])
    print(strategy["because"])
    print(
        f"Predicted from {result['validation']['count']} validation {things}: {predicted['low']:.1%} to "
        f"{predicted['high']:.1%} on the test {things}."
    )
    print(
        f"Measured on {test['count']} test {things}, once: {test['accuracy']:.1%} "
        f"({'as' if test['as_predicted'] else 'not as'} predicted)."
    )
    for export in result["exports"]:
        print(export["problem"] or f"{export['file']}: equal to the model within {export['difference']:.0e}")
    if result["page_problem"]:
        print(result["page_problem"])
    print(f"The result: {out / 'model_card.html'}")
