"""``course tune``: search the settings of fine-tuning on a folder of your own pictures."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from course_utils.cli.terminal import Json, progress
from course_utils.quiet import start_keras


def tune(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Your pictures, a sub-folder for each class.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of the search; FOLDER-tuning here by default.")
    ] = None,
    trials: Annotated[int, typer.Option(help="How many trials there shall be in all.")] = 20,
    backbone: Annotated[
        str, typer.Option(help="A network for pictures, see: course models list")
    ] = "efficientnet_lite0",
    size: Annotated[
        int | None, typer.Option(help="Side of the pictures in pixels; the network's own by default.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides how the pictures are dealt, and what is tried.")] = 0,
    as_json: Json = False,
) -> None:
    """Search the settings of fine-tuning with Optuna, and train the best again with fresh seeds.

    Stop it with Ctrl-C at any time: the same command goes on. The test part stays closed.

    Example: course tune pictures --trials 30
    """
    target = out or Path(f"{folder.absolute().name}-tuning")
    start_keras()
    from course_utils.adapting import tune as run

    with progress(folder.name) as tell:
        result = run(
            folder,
            target,
            trials=trials,
            backbone=backbone,
            image_size=size,
            seed=seed,
            on_progress=lambda done, total, said: tell(done, total, said=said),
        )
    if as_json:
        print(json.dumps(result | {"out": str(target)}, indent=1, ensure_ascii=False))
    else:
        _in_words(result, target)


def _in_words(result: dict[str, Any], out: Path) -> None:
    for note in result["notes"]:
        print(note)
    for row in result["finals"]:
        searched = "" if row["searched"] is None else f"loss {row['searched']:.3f} in the search, "
        print(f"{row['name']}: {searched}{row['again']:.3f} again, {row['accuracy']:.1%} right on what was set aside")
    gain = result["gain"]
    print(
        f"The winner's loss was lower than that of the {gain['over']} by {gain['searched']:.3f} in the search, by "
        f"{gain['again']:.3f} with fresh seeds, and by {gain['aside']:.3f} on what was set aside."
    )
    if result["best"]["settings"]:
        print(f"To use the best settings: course adapt FOLDER --settings {out / 'best.json'}")
    else:
        print("Fine-tuning did not pay here: nothing was ahead of the frozen features by more than its seeds differ.")
    print(f"The search: {out / 'tuning_report.html'}")
