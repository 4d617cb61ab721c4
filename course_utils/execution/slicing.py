"""Slice a lesson: which of its statements an answer needs, by the names that they read and bind.

A backward slice over top-level statements (Weiser, "Program slicing", 1981), on the syntax alone. Names are of two
kinds. What is *settled* can't change under its name: imports, functions, classes, plain constants. An answer that needs
them needs their definitions. Everything else is *state*, such as a model or a list: any statement that touches it may
change it, and whatever was made from it, so that an answer that needs some state needs all that touches it or its
relatives.

The slice can't see what goes through ``globals()``, ``exec`` or the state of modules, except for a call or an
assignment on a module that stands by itself (``keras.utils.set_random_seed(0)``).
"""

import ast
import re
import symtable
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Binding = Literal["import", "definition", "constant", "changed", "state"]
Names = frozenset[str]

_NOT_PYTHON = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)
_AT_ONCE = {"listcomp", "setcomp", "dictcomp"}  # scopes that run where they are written
_WITH_STATEMENTS = ast.stmt | ast.ExceptHandler | ast.match_case
_SETTLED: set[Binding] = {"import", "definition", "constant"}
#: What a constant's expression is made of; the names in it must be constants, too.
_PLAIN = (
    ast.Constant | ast.Name | ast.Tuple | ast.UnaryOp | ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp
    | ast.JoinedStr | ast.FormattedValue | ast.operator | ast.unaryop | ast.boolop | ast.cmpop | ast.expr_context
)  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """A top-level statement and the names that it has to do with.

    Attributes:
        source: its text.
        reads: names of the lesson that it or its functions look up.
        later: those among them that are looked up when a function of it is called.
        binds: how it binds names; "changed" is a name whose attribute or item it sets.
        certain: names that it binds whatever happens.
        effects: names whose calls stand by themselves in it, such as a module's whose random seed is set.
        star: whether it imports all names of a module.
    """

    source: str
    reads: Names
    later: Names
    binds: Mapping[str, Binding]
    certain: Names
    effects: Names
    star: bool


def statements_of(cell: str) -> list[Statement]:
    """Return the statements of a cell's source, in order; IPython's magics and shell commands are left out.

    Raises:
        SyntaxError: it is not Python.
    """
    return [_statement(node) for node in parsed(cell).body]


def parsed(cell: str) -> ast.Module:
    """Parse a cell's source without IPython's magics and shell commands, which grading doesn't run.

    Raises:
        SyntaxError: it is not Python.
    """
    if cell.lstrip().startswith("%%"):
        return ast.Module([], [])
    try:
        return ast.parse(cell)
    except SyntaxError:
        return ast.parse(_NOT_PYTHON.sub("", cell))


def sliced(statements: Sequence[Statement], wanted: Iterable[str]) -> list[Statement]:
    """Return those of the statements, in order, that the values of the ``wanted`` names after them depend on."""
    lesson = _Lesson(statements)
    needed = lesson.with_dependants(wanted)
    kept: list[Statement] = []
    for statement in reversed(statements):
        if not lesson.matters(statement, needed):
            continue
        kept.append(statement)
        needed = lesson.with_dependants((needed - (statement.certain & lesson.settled)) | statement.reads)
    return kept[::-1]


def names_read(code: str) -> Names:
    """Return the names that a piece of code looks up, which a slice for it must provide.

    Raises:
        SyntaxError: it is not Python.
    """
    return Names().union(*(statement.reads for statement in statements_of(code)))


class _Lesson:
    """What holds for the names of a lesson as a whole."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.settled = _settled(statements)
        self._late = _late(statements)
        self._bound = {name for statement in statements for name in statement.binds}
        self._relatives = self._related(statements)

    def with_dependants(self, names: Iterable[str]) -> Names:
        """Add what functions among the names look up later, and the relatives of the state among them."""
        found: set[str] = set()
        pending = [*names]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += self._late.get(name, ())
                pending += self._relatives.get(name, ())
        return Names(found)

    def matters(self, statement: Statement, needed: Names) -> bool:
        """Whether a statement may change the value of a needed name."""
        touched = self._touched(statement)
        if statement.star or touched & needed or statement.binds.keys() & needed:
            return True
        return bool(statement.effects & needed & self._bound) and not touched

    def _touched(self, statement: Statement) -> Names:
        """Return the state that a statement binds, reads, or reaches by calling a function."""
        names = statement.reads | statement.binds.keys()
        reached = names.union(*(self._late.get(name, Names()) for name in names))
        return Names(name for name in reached if name in self._bound and name not in self.settled)

    def _related(self, statements: Sequence[Statement]) -> dict[str, Names]:
        """Return, for each name of state, all state that one statement or a chain of them touches together.

        Among a family's names are also those that functions look up later which it may have been made with.
        """
        family: dict[str, set[str]] = {}
        for statement in statements:
            touched = self._touched(statement)
            if not touched:
                continue
            late = Names().union(*(self._late.get(name, Names()) for name in statement.reads))
            merged = set(touched | late).union(*(family.get(name, ()) for name in touched))
            state = [name for name in merged if name in self._bound and name not in self.settled]
            family.update(dict.fromkeys(state, merged))
        return {name: Names(members) for name, members in family.items()}


def _settled(statements: Sequence[Statement]) -> Names:
    """Return the names that are only ever bound to imports, functions, classes and constants."""
    kinds: defaultdict[str, set[Binding]] = defaultdict(set)
    for statement in statements:
        for name, kind in statement.binds.items():
            kinds[name].add(kind)
    settled = {name for name, found in kinds.items() if found <= _SETTLED or found <= {"import", "changed"}}
    while True:  # a constant that is made from state is state
        wrong = {
            name
            for statement in statements
            for name, kind in statement.binds.items()
            if kind == "constant" and name in settled and not _constants(statement.reads, settled, kinds)
        }
        if not wrong:
            return Names(settled)
        settled -= wrong


def _constants(reads: Names, settled: set[str], kinds: Mapping[str, set[Binding]]) -> bool:
    return all(name in settled and kinds[name] == {"constant"} for name in reads)


def _late(statements: Sequence[Statement]) -> dict[str, Names]:
    """Return, by name of a function or class, what it looks up when it is called, by way of others included."""
    late: defaultdict[str, Names] = defaultdict(Names)
    for statement in statements:
        for name in statement.binds:
            late[name] |= statement.later
    while True:
        further = {name: found.union(*(late.get(other, Names()) for other in found)) for name, found in late.items()}
        if further == late:
            return further
        late.update(further)


def _statement(node: ast.stmt) -> Statement:
    source = ast.unparse(node)
    table = symtable.symtable(source, "<cell>", "exec")
    nested = [*_nested(table)]
    assigned = Names(
        s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()
    )
    declared = Names(
        s.get_name() for t in nested for s in t.get_symbols() if s.is_declared_global() and s.is_assigned()
    )
    binds: dict[str, Binding] = dict.fromkeys(declared, "state")
    binds |= {name: kind for name, kind in _bindings(node).items() if name in assigned or kind == "changed"}
    simple = isinstance(node, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
    return Statement(
        source,
        reads=_referenced([table, *nested]) | declared,
        later=_referenced(_deferred(table)) | declared,
        binds=binds,
        certain=assigned if simple else Names(),
        effects=Names(_effects(node)),
        star=isinstance(node, ast.ImportFrom) and node.names[0].name == "*",
    )


def _nested(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _nested(child)


def _deferred(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """Yield the scopes that run later than where they are written, with all that is inside them."""
    for child in table.get_children():
        if child.get_name() in _AT_ONCE:
            yield from _deferred(child)
        else:
            yield child
            yield from _nested(child)


def _referenced(tables: Iterable[symtable.SymbolTable]) -> Names:
    """Return the global names that scopes look up."""
    return Names(
        symbol.get_name()
        for table in tables
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module")
    )


def _bindings(node: ast.AST) -> dict[str, Binding]:
    """Return how a statement, or a part of one that has statements in it, binds names."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return {(alias.asname or alias.name).partition(".")[0]: "import" for alias in node.names}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name: "definition"}
    kind: Binding = "constant" if isinstance(node, ast.Assign | ast.AnnAssign) and _is_plain(node.value) else "state"
    found: dict[str, Binding] = {node.name: "state"} if isinstance(node, ast.ExceptHandler) and node.name else {}
    for part in ast.iter_child_nodes(node):
        inner = _bindings(part) if isinstance(part, _WITH_STATEMENTS) else _targets(part, kind)
        for name, found_kind in inner.items():
            found[name] = found_kind if found.get(name, found_kind) == found_kind else "state"
    return found


def _targets(expression: ast.AST, kind: Binding) -> dict[str, Binding]:
    """Return the names that an expression's targets bind, and those whose attributes or items they set."""
    found: dict[str, Binding] = {}
    for part in ast.walk(expression):
        if isinstance(getattr(part, "ctx", None), ast.Store | ast.Del):
            if isinstance(part, ast.Name):
                found[part.id] = kind
            elif isinstance(part, ast.Attribute | ast.Subscript) and (root := _root(part)):
                found[root] = "changed"
    return found


def _effects(node: ast.AST) -> Iterator[str]:
    """Yield the names whose calls stand by themselves, so that they must be there for what they do."""
    for part in ast.walk(node):
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call) and (root := _root(part.value)):
            yield root


def _root(expression: ast.AST) -> str:
    """Return the name at the beginning of ``name.attribute[0](...)``; "" if it begins with anything else."""
    while isinstance(expression, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        expression = expression.func if isinstance(expression, ast.Call) else expression.value
    return expression.id if isinstance(expression, ast.Name) else ""


def _is_plain(value: ast.AST | None) -> bool:
    return value is not None and all(isinstance(part, _PLAIN) for part in ast.walk(value))
