"""Search by meaning: the nearest vectors, exactly.

Approximate indexes earn their keep from about a million vectors on. For the ten thousand passages of a handbook one
product of two matrices is exact, takes milliseconds, and can't be out of date.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.errors import CourseError
from course_utils.retrieval.ranking import best_rows


class VectorIndex:
    """Vectors of passages, searched by the cosine of the angle to a query's vector.

    Args:
        vectors: float ``(passages, channels)``, of any length but 0; kept as unit vectors, float32.

    Raises:
        CourseError: there are none, or one has no direction: it is 0 or not finite.
    """

    def __init__(self, vectors: ArrayLike) -> None:
        self._vectors = _directions(vectors, "A passage's vector")

    def __len__(self) -> int:
        return len(self._vectors)

    def cosines(self, query_vectors: ArrayLike) -> NDArray[np.float32]:
        """Return the cosine of each query to each passage, float32 ``(queries, passages)``.

        Raises:
            CourseError: the queries have another number of channels, as those of another network have.
        """
        queries = _directions(query_vectors, "A query's vector")
        channels = self._vectors.shape[1]
        if queries.shape[1] != channels:
            raise CourseError(
                f"The queries have {queries.shape[1]} channels and the index has {channels}: they are vectors of "
                "different networks. Make the index again with the network that reads the queries."
            )
        return queries @ self._vectors.T

    def search(self, query_vectors: ArrayLike, k: int) -> NDArray[np.int64]:
        """Return the ``k`` nearest passages of each query, int64 ``(queries, k)``, the nearest first.

        Raises:
            CourseError: as ``cosines``, or ``k`` is larger than the index.
        """
        return best_rows(self.cosines(query_vectors), k)

    def replace(self, row: int, vector: ArrayLike) -> None:
        """Put another vector, ``(channels,)``, in the place of a passage's, because its text has changed.

        Raises:
            CourseError: there is no such row, or the vector has no direction or another number of channels.
        """
        if not 0 <= row < len(self):
            raise CourseError(f"There is no passage {row}: the index holds {len(self)}.")
        new = _directions(np.asarray(vector)[None], "The new vector")
        if new.shape[1:] != self._vectors.shape[1:]:
            raise CourseError(f"The new vector has {new.shape[1]} channels and the index {self._vectors.shape[1]}.")
        self._vectors[row] = new[0]


def _directions(vectors: ArrayLike, what: str) -> NDArray[np.float32]:
    """Return vectors of length 1."""
    array = np.array(vectors, np.float32)
    if array.ndim != 2 or not array.size:
        raise CourseError(f"Vectors must have the shape (n, channels) with n > 0, but these have {array.shape}.")
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise CourseError(f"{what} is 0 or not finite, so it points nowhere. Look at the text that it was made of.")
    directions: NDArray[np.float32] = array / lengths
    return directions
