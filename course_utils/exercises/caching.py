"""Compute once what verdicts need of a challenge, since a whole class answers the same one."""

import pickle
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


def cached_by_inputs(function: Callable[_P, _R], most: int = 8) -> Callable[_P, _R]:
    """Remember a function's results for its latest arguments, which may be arrays, and lists and dicts of arrays.

    ``functools.lru_cache`` needs arguments that can be hashed; here their pickled bytes are compared. Callers must not
    change a result.
    """
    results: OrderedDict[bytes, _R] = OrderedDict()

    @wraps(function)
    def cached(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        key = pickle.dumps((args, sorted(kwargs.items())), protocol=5)
        if key not in results:
            results[key] = function(*args, **kwargs)
            while len(results) > most:
                results.popitem(last=False)
        results.move_to_end(key)
        return results[key]

    return cached
