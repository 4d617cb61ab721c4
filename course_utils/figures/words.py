"""How figures put their numbers into words."""


def lead(title: str) -> str:
    """A title as the first sentence of an alternative text; nothing without a title."""
    return f"{title.rstrip('.?!')}. " if title else ""


def count(n: int, noun: str) -> str:
    """``count(1, "row")`` is ``1 row``, ``count(2, "row")`` is ``2 rows``."""
    return f"{n} {noun}" + ("s" if n != 1 else "")


def percent(share: float) -> str:
    """A share as learners read it: ``0.945`` is ``94 %``, and ``0.996``, near the top, ``99.6 %``."""
    return f"{100 * share:.1f} %" if 0.985 < share < 1 else f"{100 * share:.0f} %"


def scientific(value: float) -> str:
    """``0.0003`` as ``3e-4``, as learning rates are written."""
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def number(value: float, column: str) -> str:
    """A number of a column: accuracies are shares and read as percent."""
    return percent(value) if column == "accuracy" else f"{value:.3g}"


def place(y: float, x: float) -> str:
    """Where in a picture a point lies, from shares of its height and width."""
    vertical = ("top", "middle", "bottom")[min(2, int(3 * y))]
    horizontal = ("left", "centre", "right")[min(2, int(3 * x))]
    return f"at the {vertical} {horizontal}"
