"""A folder of pictures to practise on, for whoever has none at hand: drawn leaves, with what real folders have too."""

from pathlib import Path

from PIL import Image

from course_utils.data.drawing.leaves import LEAF_CLASSES, draw_plants
from course_utils.errors import CourseError

_PLANTS, _PHOTOGRAPHS = 20, 5
_AGAIN = 4  # pictures that were saved a second time, under another plant's name
_BROKEN = f"plant{_PLANTS * len(LEAF_CLASSES)}_0.jpg"


def write_practice_folder(folder: str | Path, *, other_camera: bool = False) -> Path:
    """Draw a folder of leaves: healthy, with mildew, with rust; five photographs of each of 60 plants.

    ``rust/plant37_2.jpg`` is photograph 2 of plant 37. A few pictures were saved a second time under another
    plant's name, and one file broke off. Writing it takes about two seconds.

    Args:
        folder: a folder that does not exist yet.
        other_camera: whether the same leaves are taken with a camera that sees bluer, in poor light.

    Returns:
        The folder.

    Raises:
        CourseError: the folder is there already.
    """
    out = Path(folder)
    if out.exists():
        raise CourseError(f"{out} exists already, and is never overwritten. Name another folder, or delete it.")
    pictures, labels, plants = draw_plants(_PLANTS, _PHOTOGRAPHS, 0, other_camera=other_camera)
    for name in LEAF_CLASSES:
        (out / name).mkdir(parents=True)
    for row, (pixels, label, plant) in enumerate(zip(pictures, labels, plants, strict=True)):
        path = out / LEAF_CLASSES[label] / f"plant{plant:02}_{row % _PHOTOGRAPHS}.jpg"
        picture = Image.fromarray(pixels)
        picture.save(path, quality=92)
        if row % (len(pictures) // _AGAIN) == 40:
            picture.save(path.with_name(f"plant{plant + 1:02}_{_PHOTOGRAPHS}.jpg"), quality=88)
    whole = (out / LEAF_CLASSES[0] / "plant00_0.jpg").read_bytes()
    (out / LEAF_CLASSES[0] / _BROKEN).write_bytes(whole[:200])
    return out
