"""``course adapt``: a model from a folder of your own pictures."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from course_utils.cli.terminal import Json, progress
from course_utils.quiet import start_keras


def adapt(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Your pictures, a sub-folder for each class.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder for the result; FOLDER-model here by default.")
    ] = None,
    backbone: Annotated[
        str, typer.Option(help="A network for pictures, see: course models list")
    ] = "efficientnet_lite0",
    size: Annotated[
        int | None, typer.Option(help="Side of the pictures in pixels; the network's own by default.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides how the pictures are dealt into parts.")] = 0,
    as_json: Json = False,
) -> None:
    """Make a model from your own pictures: checked, measured once, explained, and ready to use elsewhere.

    Example: course adapt pictures --out my-model
    """
    target = out or Path(f"{folder.absolute().name}-model")
    start_keras()
    from course_utils.adapting import adapt as run

    with progress(folder.name) as tell:
        result = run(
            folder,
            target,
            backbone=backbone,
            image_size=size,
            seed=seed,
            on_progress=lambda done, total, said: tell(round(done), round(total), said=said),
        )
    if as_json:
        print(json.dumps(result | {"out": str(target)}, indent=1, ensure_ascii=False))
    else:
        _in_words(result, target)


def _in_words(result: dict[str, Any], out: Path) -> None:
    for note in result["notes"]:
        print(note)
    strategy, test, predicted = result["strategy"], result["test"], result["predicted"]
    print(strategy["advice"])
    print(strategy["because"])
    print(
        f"Predicted from {result['validation']['pictures']} validation pictures: {predicted['low']:.1%} to "
        f"{predicted['high']:.1%} on the test pictures."
    )
    print(
        f"Measured on {test['pictures']} test pictures, once: {test['accuracy']:.1%} "
        f"({'as' if test['as_predicted'] else 'not as'} predicted)."
    )
    for export in result["exports"]:
        print(export["problem"] or f"{export['file']}: equal to the model within {export['difference']:.0e}")
    if result["page_problem"]:
        print(result["page_problem"])
    print(f"The result: {out / 'model_card.html'}")
