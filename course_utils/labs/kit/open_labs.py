"""Which labs are open: running a cell again closes the lab that it opened before."""

from typing import Protocol

from ipykernel.kernelbase import Kernel


class Closable(Protocol):
    """An open lab."""

    def close(self) -> None: ...


_open: dict[tuple[str, str], Closable] = {}


def close_open(name: str) -> None:
    """Close the lab of this name that the running cell opened before."""
    if lab := _open.pop((name, _cell()), None):
        lab.close()


def replace_open(name: str, lab: Closable) -> None:
    """Close the lab of this name that the running cell opened before; from now on, this one is open."""
    close_open(name)
    _open[name, _cell()] = lab


def _cell() -> str:
    """Return the id of the running cell; empty if the front end sends none."""
    parent = Kernel.instance().get_parent() if Kernel.initialized() else {}
    return str(parent.get("metadata", {}).get("cellId", ""))
