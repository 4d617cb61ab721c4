"""Mechanical mutants of a function: one small change each, made in its syntax tree."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_SWAPPED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True)
class Mutant:
    """A changed module, and its change in words: the statement before and after."""

    change: str
    tree: ast.Module


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of the last function in ``source``, in the order of its lines."""
    tree = ast.parse(source)
    made = []
    for number, statement in enumerate(_statements(tree)):
        before = _words(statement)
        for change in range(_count(statement)):
            changed = copy.deepcopy(tree)
            where = list(_statements(changed))[number]
            _Change(change).visit_only(where)
            made.append(Mutant(f"{before} -> {_words(where)}", ast.fix_missing_locations(changed)))
        without = copy.deepcopy(tree)
        _delete(without, number)
        made.append(Mutant(f"{before} -> (deleted)", ast.fix_missing_locations(without)))
    return made


def evenly(found: list[Mutant], most: int) -> list[Mutant]:
    """Return at most ``most`` of them, evenly spaced from the first to the last."""
    if len(found) <= most:
        return found
    return [found[i * (len(found) - 1) // (most - 1)] for i in range(most)]


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of the module's last function, nested ones too, but not docstrings."""
    (*_, function) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function and not _is_text(node):
            yield node


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _words(statement: ast.stmt) -> str:
    return ast.unparse(statement).partition("\n")[0]


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement, outer ones first, but not those of the statements inside it."""
    waiting = [node for node in ast.iter_child_nodes(statement) if not isinstance(node, ast.stmt)]
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def _count(statement: ast.stmt) -> int:
    return sum(len(list(_changes(node))) for node in _own(statement))


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What a node can be changed into; the node itself is not changed."""
    new = copy.deepcopy(node)
    match new:
        case ast.Constant(value=bool()):
            new.value = not new.value
            yield new
        case ast.Constant(value=int() | float()):
            new.value += 1
            yield new
        case ast.Constant(value=str()):
            new.value += "x"
            yield new
        case ast.Compare(ops=[operator, *_]) if type(operator) in _SWAPPED:
            new.ops[0] = _SWAPPED[type(operator)]()
            yield new
        case ast.BinOp(op=operator) | ast.BoolOp(op=operator) if type(operator) in _SWAPPED:
            new.op = _SWAPPED[type(operator)]()
            yield new
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Call(func=function, args=arguments):
            if arguments and not isinstance(arguments[0], ast.Starred | ast.GeneratorExp):
                yield arguments[0]
            elif isinstance(function, ast.Attribute):
                yield function.value
            if len(arguments) > 1:
                swapped = copy.deepcopy(new)
                swapped.args[:2] = reversed(swapped.args[:2])
                yield swapped


class _Change(ast.NodeTransformer):
    """Makes the n-th possible change in a statement."""

    def __init__(self, number: int) -> None:
        self.number = number

    def visit_only(self, statement: ast.stmt) -> None:
        left = self.number
        for node in _own(statement):
            found = list(_changes(node))
            if left < len(found):
                self.node, self.new = node, found[left]
                self.generic_visit(statement)
                return
            left -= len(found)

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.node else self.generic_visit(node)


def _delete(tree: ast.Module, number: int) -> None:
    gone = list(_statements(tree))[number]
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and any(statement is gone for statement in block):
                block[:] = [statement for statement in block if statement is not gone] or [ast.Pass()]
