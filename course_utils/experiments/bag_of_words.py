"""Bag of words: what a text classifier can do without any pretraining, tuned as well as validation texts allow."""

from itertools import product

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from course_utils.data import Split

#: Words; words and pairs of them; parts of words, which see that two words begin alike.
_PIECES = (("word", (1, 1)), ("word", (1, 2)), ("char_wb", (2, 5)))
_STRENGTHS = (1.0, 10.0)


def bag_of_words(few: Split, validation: Split) -> Pipeline:
    """Fit TF-IDF and logistic regression to labelled texts, its pieces and strength chosen on validation texts.

    Args:
        few: the texts to learn from, ``str`` ``(n,)``.
        validation: what chooses among six settings; there may be many more of them.

    Returns:
        A fitted scikit-learn pipeline, with ``predict`` and ``score``.
    """
    fitted = [
        make_pipeline(
            TfidfVectorizer(analyzer=analyzer, ngram_range=pieces, sublinear_tf=True),
            LogisticRegression(C=strength, max_iter=1000),
        ).fit(few.inputs, few.labels)
        for (analyzer, pieces), strength in product(_PIECES, _STRENGTHS)
    ]
    return max(fitted, key=lambda model: model.score(validation.inputs, validation.labels))
