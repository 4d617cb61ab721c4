"""Adapters: LoRA's updates of a language model, in a file that fits only the network it was trained on."""

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.assets import read_manifest, verified
from course_utils.errors import CourseError
from course_utils.files import replacing

#: The adapters that ship, with their provenance.
ADAPTERS = Path(__file__).parent / "adapter_files"
_HEADER = "header"


@dataclass(frozen=True)
class Adapter:
    """Low-rank updates A B beside the query and value projections of every layer.

    Attributes:
        base: the fingerprint of the network that it was trained on.
        rank: columns of every A and rows of every B.
        updates: A and B, float32, by layer (from 0) and projection.
    """

    base: str
    rank: int
    updates: dict[tuple[int, str], tuple[NDArray[np.float32], NDArray[np.float32]]]

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        return sum(a.size + b.size for a, b in self.updates.values())


def fingerprint(backbone: keras.Model) -> str:
    """Return what tells a network from others of its architecture: a hash of a sample of its first weights."""
    sample = [np.asarray(variable)[:8].astype(np.float32).tobytes() for variable in backbone.weights[:12]]
    shapes = repr([tuple(map(int, variable.shape)) for variable in backbone.weights]).encode()
    return hashlib.sha256(b"".join([shapes, *sample])).hexdigest()[:16]


def save_adapter(adapter: Adapter, path: Path) -> Path:
    """Write an adapter as float16, which halves the file, and return its path, which must end in ``.npz``.

    Raises:
        CourseError: ``path`` ends otherwise.
    """
    if path.suffix != ".npz":
        raise CourseError(f"{path.name!r} must end in .npz, such as {path.stem}.npz.")
    matrices = {
        f"{number}.{name}.{letter}": matrix.astype(np.float16)
        for (number, name), pair in adapter.updates.items()
        for letter, matrix in zip("ab", pair, strict=True)
    }
    header = np.array(json.dumps({"base": adapter.base, "rank": adapter.rank}))
    with replacing(path) as temporary:
        np.savez(temporary, header=header, **matrices)  # type: ignore[arg-type]
    return path


def load_adapter(path: Path) -> Adapter:
    """Read an adapter that ``save_adapter`` wrote.

    Raises:
        CourseError: the file is missing, is no adapter, or its matrices are not of the rank that it names.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            header = json.loads(str(file["header"]))
            matrices = {key: file[key].astype(np.float32) for key in file.files if key != "header"}
        base, rank = str(header["base"]), int(header["rank"])
        places = {tuple(key.split(".")[:2]) for key in matrices}
        updates = {(int(n), name): (matrices[f"{n}.{name}.a"], matrices[f"{n}.{name}.b"]) for n, name in places}
    except FileNotFoundError:
        raise CourseError(f"{path} is missing. Check the name, or save the adapter with save_adapter.") from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        raise CourseError(f"{path} is not an adapter that can be read. Save it again with save_adapter.") from None
    if any(a.shape[1] != rank or b.shape[0] != rank for a, b in updates.values()):
        raise CourseError(f"{path} says rank {rank}, but its matrices have another. Save it again with save_adapter.")
    return Adapter(base, rank, dict(sorted(updates.items())))


def shipped_adapter(name: str) -> Adapter:
    """Load an adapter that ships.

    Args:
        name: ``"voice"`` answers in the house voice, ``"reader"`` from passages, ``"assistant"`` from passages in the
            house voice.

    Raises:
        CourseError: another name; or the file is damaged.
    """
    known = sorted(file.removesuffix(".npz") for file in read_manifest(ADAPTERS))
    if name not in known:
        raise CourseError(f"There is no adapter {name!r}. Adapters: {', '.join(known)}.")
    return load_adapter(verified(f"{name}.npz", ADAPTERS))
