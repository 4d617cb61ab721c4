"""The program that runs ONNX models in a browser: copied from where npm keeps it, since it is too large to ship."""

import shutil
from pathlib import Path

from course_utils.checkout import find_checkout
from course_utils.errors import CourseError

#: Its module and its WebAssembly; version and hash are pinned in ``package-lock.json``.
_FILES = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")


def copy_runtime(folder: Path) -> str:
    """Copy onnxruntime-web into ``folder``, so that a page there needs no other server.

    Returns:
        Why there is none, in a sentence; empty if all is well.
    """
    try:
        found = find_checkout() / "node_modules" / "onnxruntime-web" / "dist"
    except CourseError:
        return "The page was left out: it takes onnxruntime-web from the course's repository, which is not here."
    if not all((found / name).is_file() for name in _FILES):
        return f"The page was left out: onnxruntime-web is not here. Run 'npm ci' in {found.parents[2]} first."
    folder.mkdir()
    for name in _FILES:
        shutil.copyfile(found / name, folder / name)
    return ""
