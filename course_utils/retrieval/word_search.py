"""Search by words: BM25 (Robertson and Zaragoza 2009), with the weights that Lucene gives to rare words."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_utils.retrieval.ranking import best_rows, require_texts

_WORD = re.compile(r"\w+")


class BM25:
    """Texts, searched by the words that they share with a query; a rare word counts more than a frequent one.

    Args:
        texts: what to search.
        saturation: how soon more of the same word stops to count (k1).
        length_penalty: 0 to 1, how much a long text's words count less (b).

    Raises:
        CourseError: there is no text, or one is empty.
    """

    def __init__(self, texts: Sequence[str], saturation: float = 1.5, length_penalty: float = 0.75) -> None:
        require_texts(texts)
        counts = [Counter(_words(text)) for text in texts]
        self._columns = {word: column for column, word in enumerate(sorted(set().union(*counts)))}
        often = np.zeros((len(texts), len(self._columns)), np.float32)
        for row, count in zip(often, counts, strict=True):
            row[[self._columns[word] for word in count]] = list(count.values())
        lengths, having = often.sum(axis=1, keepdims=True), (often > 0).sum(axis=0)
        rarity = np.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
        norm = saturation * (1 - length_penalty + length_penalty * lengths / lengths.mean())
        self._weights = rarity * often / (often + norm)

    def scores(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return the score of each text for each query, float32 ``(queries, texts)``; 0 where they share no word.

        Raises:
            CourseError: there is no query, or one is empty.
        """
        require_texts(queries)
        asked = np.zeros((len(queries), len(self._columns)), np.float32)
        for row, query in zip(asked, queries, strict=True):
            for word in _words(query):
                if word in self._columns:
                    row[self._columns[word]] += 1
        scores: NDArray[np.float32] = (asked @ self._weights.T).astype(np.float32)
        return scores

    def search(self, queries: Sequence[str], k: int) -> NDArray[np.int64]:
        """Return the ``k`` best texts of each query, int64 ``(queries, k)``, the best first.

        Raises:
            CourseError: as ``scores``, or ``k`` is larger than the number of texts.
        """
        return best_rows(self.scores(queries), k)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
