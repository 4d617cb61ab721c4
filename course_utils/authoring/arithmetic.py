"""Arithmetic in the authors' questions: a value as an expression of the numbers in the text."""

import ast
import operator
import re
from collections.abc import Callable, Mapping

Number = int | float
#: A number or a word that a variant puts into a question.
Input = Number | str

_BINARY: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


def evaluate(expression: str, inputs: Mapping[str, Input]) -> Number:
    """Evaluate an expression such as ``"2 * channels + 1"``.

    Only numbers, the names in ``inputs``, brackets and ``+ - * / // **`` are allowed.

    Raises:
        ValueError: the expression holds anything else, or can't be computed; the message says what is wrong.
    """
    try:
        value = _value(ast.parse(expression.strip(), mode="eval").body, inputs)
    except SyntaxError:
        raise ValueError(f"{expression!r} is not arithmetic") from None
    except (ArithmeticError, RecursionError) as error:
        raise ValueError(f"{expression!r} can't be computed ({error})") from None
    if isinstance(value, complex):
        raise ValueError(f"{expression!r} is not a real number")
    return value


def fill(text: str, inputs: Mapping[str, Input]) -> str:
    """Replace each ``{expression}`` in a text with its value, and each ``{name}`` of a word with the word.

    Raises:
        ValueError: as ``evaluate``.
    """

    def value(expression: str) -> str:
        word = inputs.get(expression)
        return word if isinstance(word, str) else _worded(evaluate(expression, inputs))

    return re.sub(r"\{([^{}]*)\}", lambda match: value(match[1]), text)


def _value(node: ast.expr, inputs: Mapping[str, Input]) -> Number:
    match node:
        case ast.Constant(int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Name(name):
            if name not in inputs:
                raise ValueError(f"{name!r} is not one of the inputs ({', '.join(inputs)})")
            value = inputs[name]
            if isinstance(value, str):
                raise ValueError(f"{name!r} is a word, so it can't be computed with")
            return value
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, inputs)
        case ast.BinOp(left, kind, right) if type(kind) in _BINARY:
            one, other = _value(left, inputs), _value(right, inputs)
            if isinstance(kind, ast.Pow) and abs(other) > 16:  # a typo must not exhaust the memory
                raise ValueError("an exponent is larger than 16")
            return _BINARY[type(kind)](one, other)
    raise ValueError(f"{ast.unparse(node)!r} is not arithmetic")


def _worded(number: Number) -> str:
    """Write 1285 as 1,285 and 6.4e-05 as 6.4e-5."""
    if abs(number) >= 1 and abs(number - round(number)) < 1e-9:
        return f"{round(number):,}"
    return re.sub(r"e-0(\d)", r"e-\1", f"{number:.6g}")
