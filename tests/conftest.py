"""What holds for every test: no network but the loopback, and a summary of what was left out and why."""

import ipaddress
import os
import shutil
import socket
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("course", deadline=None)  # how busy the machine is decides no test
settings.load_profile("course")

ASSETS = "COURSE_REAL_ASSETS"

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


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


@pytest.fixture(scope="session")
def real_assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of real weights and photographs, with a ``keras_home`` that may be written.

    ``keras_home`` is a copy, since Keras deletes what it takes for a corrupt download; the rest are links.
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
    "latencies": ("what", "median", "95th percentile", "to reach", "times"),
}


def pytest_terminal_summary(terminalreporter) -> None:
    for kind in _TABLES:
        _print_table(terminalreporter, kind)
    _print_left_out(terminalreporter)


def _print_table(terminalreporter, kind: str) -> None:
    """A table of what was measured, from the rows that travelled with the tests' reports."""
    reports = [
        r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, ()) if r.when == "call"
    ]
    found = sorted(tuple(row) for report in reports for name, row in report.user_properties if name == kind)
    if not found:
        return
    rows = [_TABLES[kind], *found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    terminalreporter.section(kind)
    for row in rows:
        terminalreporter.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _print_left_out(terminalreporter) -> None:
    """Say what was left out and why, since a test that did not run proves nothing."""
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
