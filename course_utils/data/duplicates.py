"""Find the same picture twice: exact copies, and near-duplicates by a difference hash (Krawetz 2013)."""

import numpy as np
from numpy.typing import NDArray

#: Bits of 64 in which the hashes of near-duplicates may differ.
_MOST_BITS = 6
#: Mean difference of their thumbnails, of 255. A picture whose contrast is lower looks like any other such picture.
_MOST_DIFFERENCE = 8.0
_BLOCK = 1024  # rows compared with all others at a time

Pairs = NDArray[np.intp]


def exact_copies(digests: NDArray[np.uint8]) -> Pairs:
    """Pair every picture with the first that has the same pixels.

    Args:
        digests: ``(n, 16)``.

    Returns:
        Row numbers ``(m, 2)``, the earlier first.
    """
    _, first, inverse = np.unique(digests, axis=0, return_index=True, return_inverse=True)
    earlier = first[inverse.reshape(-1)]
    later = np.flatnonzero(earlier != np.arange(len(digests)))
    return np.stack([earlier[later], later], 1).astype(np.intp)


def near_duplicates(thumbnails: NDArray[np.uint8]) -> Pairs:
    """Pair pictures that look the same: saved again, scaled, slightly cut or lightened, or taken a moment later.

    Measured on 243 photographs and 29,403 pairs of different ones: none of those pairs is taken for near-duplicates,
    and it finds 99 % of copies saved as JPEG at quality 30, all copies at half the size, and 93 % of copies without
    their leftmost 2 %. It misses mirrored, strongly cut and clearly lighter copies.

    Args:
        thumbnails: of whole pictures, ``(n, 16, 18, 3)``.

    Returns:
        Row numbers ``(m, 2)``, the earlier first.
    """
    grey = thumbnails.mean(-1, dtype=np.float32)
    cells = grey.reshape(len(grey), 8, 2, 9, 2).mean((2, 4))
    signs = np.where(cells[:, :, 1:] > cells[:, :, :-1], 1, -1).reshape(len(grey), 64).astype(np.float32)
    rows = np.flatnonzero(grey.std((1, 2)) >= _MOST_DIFFERENCE)
    signs, colours = signs[rows], thumbnails[rows].astype(np.int16)
    found = []
    for start in range(0, len(rows), _BLOCK):
        agreement = signs[start : start + _BLOCK] @ signs[start:].T  # 64 less twice the bits that differ
        first, second = np.nonzero(np.triu(agreement >= 64 - 2 * _MOST_BITS, 1))
        first, second = first + start, second + start
        close = [i for i in range(len(first)) if _difference(colours[first[i]], colours[second[i]]) <= _MOST_DIFFERENCE]
        found.append(np.stack([rows[first[close]], rows[second[close]]], 1))
    return np.concatenate(found) if found else np.empty((0, 2), np.intp)


def _difference(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    return float(np.abs(one - other).mean())


def united(count: int, pairs: Pairs) -> NDArray[np.intp]:
    """Give rows that are connected by pairs, directly or through others, the same number: their first row's."""
    root = np.arange(count)
    for one, other in pairs:
        a, b = _root(root, int(one)), _root(root, int(other))
        root[max(a, b)] = min(a, b)
    return np.array([_root(root, row) for row in range(count)], np.intp)


def _root(root: NDArray[np.intp], row: int) -> int:
    while root[row] != row:
        root[row] = root[root[row]]
        row = int(root[row])
    return row
