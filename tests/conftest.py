"""For every test: no network but the loopback, and a summary of what was left out and why."""

import gc
import ipaddress
import os
import shutil
import socket
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

if workers := os.environ.get("PYTEST_XDIST_WORKER_COUNT"):  # each test process, and each kernel that it starts
    cores = max(1, (os.cpu_count() or 1) // int(workers))
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(cores))
    os.environ.setdefault("OMP_NUM_THREADS", str(cores))  # NumPy and scikit-learn; read when they are imported

settings.register_profile("course", deadline=None)  # no test depends on how busy the machine is
settings.load_profile("course")

ASSETS = "COURSE_REAL_ASSETS"

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


def pytest_collection_finish() -> None:
    """Freeze what the tests have imported, so that the garbage collector doesn't keep scanning Keras."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what holds on TensorFlow alone when the tests run on another backend of Keras (tests/jax.txt)."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow" and (mark := item.get_closest_marker("tensorflow")):
        pytest.skip(f"not on {backend}: {mark.args[0]}")


class NetworkBlockedError(OSError):
    """A test tried to leave this machine."""


def _require_loopback(host: object) -> None:
    if host in (None, "", "localhost", b"localhost"):
        return
    try:
        if ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkBlockedError(f"the tests run without a network; this one tried to reach {host!r}")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def guarded(original):
        def connect(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6):
                _require_loopback(address[0])
            return original(self, address)

        return connect

    def getaddrinfo(host, *args, **kwargs):
        _require_loopback(host)
        return _getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded(_connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(_connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep decoded pictures and features out of the user's cache, in this process and in those that it starts."""
    os.environ["COURSE_CACHE"] = str(tmp_path_factory.mktemp("course_cache"))


@pytest.fixture(scope="session")
def real_assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of real weights and photographs, with a writable ``keras_home``.

    ``keras_home`` is a copy, since Keras deletes files that it thinks are corrupt downloads; the rest are links.
    """
    if ASSETS not in os.environ:
        pytest.skip(f"{ASSETS} is not set: no real weights and photographs here")
    source = Path(os.environ[ASSETS]).resolve()
    if not source.is_dir():
        pytest.fail(f"{ASSETS} names {source}, which is not a folder")
    assets = tmp_path_factory.mktemp("real_assets")
    for entry in source.iterdir():
        if entry.name != "keras_home":
            (assets / entry.name).symlink_to(entry)
    shutil.copytree(source / "keras_home", assets / "keras_home")
    return assets


_TABLES = {
    "claims": ("claim", "what", "mean", "band over seeds", "needed", "seeds"),
    "labs": ("what", "median", "95th percentile", "to reach", "times"),
    "survival": ("kind", "what it does", "becomes", "points"),
    "contract": ("backbone", "weights", "parameters", "blocks", "features", "fine-tuned", "LoRA weights", "seconds"),
}


def pytest_terminal_summary(terminalreporter) -> None:
    _print_times(terminalreporter)
    for name, head in _TABLES.items():
        rows = sorted(tuple(row) for row in _recorded(terminalreporter, name))
        _print_table(terminalreporter, name, head, rows)
    _print_proofs(terminalreporter)
    _print_mutants(terminalreporter)
    _print_left_out(terminalreporter)


def _print_times(terminalreporter) -> None:
    """Print how long each suite took, including its fixtures, summed over all processes."""
    times: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and report.nodeid.startswith("tests/"):
                times[report.nodeid.split("/")[1]] += report.duration
    rows = [(suite, f"{seconds:.0f} s") for suite, seconds in times.most_common()]
    _print_table(terminalreporter, "time per suite, in all processes together", ("suite", "time"), rows)


def _recorded(terminalreporter, name: str) -> list:
    """Return what the tests recorded under a name; it arrives with their reports, even from other processes."""
    reports = [
        r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, ()) if r.when == "call"
    ]
    return [value for report in reports for found, value in report.user_properties if found == name]


def _print_table(terminalreporter, title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    terminalreporter.section(title)
    for row in (head, *rows):
        terminalreporter.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _print_proofs(terminalreporter) -> None:
    """Print how many listed answers each exercise's check judged correctly under every seed."""
    listed = [tuple(row) for row in _recorded(terminalreporter, "proof")]
    ids = sorted({id for id, _, _ in listed})

    def judged(kind: str, among: list[str]) -> str:
        results = [ok for id, found, ok in listed if id in among and found == kind]
        return f"{sum(results)} of {len(results)}"

    rows = [(id, judged("right", [id]), judged("wrong", [id])) for id in ids]
    rows += [("all", judged("right", ids), judged("wrong", ids))] if ids else []
    head = ("exercise", "right accepted", "wrong caught with their message")
    _print_table(terminalreporter, "proofs, each under three seeds", head, rows)


def _print_mutants(terminalreporter) -> None:
    """Print how many mechanical mutants of each solution its check caught, and what happened to the others."""
    found = sorted(_recorded(terminalreporter, "mutants"))
    if not found:
        return
    rows = [
        (id, f"{made - len(survivors)} of {made}", str(len(equivalent)), "; ".join(survivors))
        for id, made, survivors, equivalent in found
    ]
    every = sum(made for _, made, _, _ in found)
    caught = every - sum(len(survivors) for _, _, survivors, _ in found)
    same = sum(len(equivalent) for _, _, _, equivalent in found)
    share = f"{caught / (every - same):.1%} of those that are not equivalent are caught"
    rows.append(("all", f"{caught} of {every}", str(same), share))
    _print_table(terminalreporter, "mutants of the solutions", ("exercise", "caught", "equivalent", "survivors"), rows)


def _print_left_out(terminalreporter) -> None:
    """Print what was left out and why, since a test that did not run proves nothing."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    )
    deselected = len(terminalreporter.stats.get("deselected", ()))
    terminalreporter.section("left out")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:4}  {reason}")
    if deselected:
        terminalreporter.line(f"{deselected:4}  not asked for on the command line")
    if not (reasons or deselected):
        terminalreporter.line("nothing")
