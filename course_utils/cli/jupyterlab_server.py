"""JupyterLab on the learner's copy of the lessons, with the desk as its first tab."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.files import write_atomically

FIRST_PORT = 8888
START_SECONDS = 60
LOG = ".jupyterlab.log"
DESK = Path(__file__).parent / "desk"
WINDOWS = ".jupyterlab"  # in the workspace, so that tabs of the learner's other projects don't open here
SETTINGS = [
    "--no-browser",  # opened here, once it answers
    "-y",  # Ctrl-C stops it without asking
    "--ip=127.0.0.1",
    "--ServerApp.port_retries=0",  # the printed address must stay correct
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]


def free_port() -> int:
    """Return the first free loopback port from 8888 to 8907, or any other free port."""
    for port in (*range(FIRST_PORT, FIRST_PORT + 20), 0):
        with socket.socket() as probe:
            if os.name == "posix":  # a port that was only just released is free as well
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CourseError("No network port is free, so JupyterLab cannot start. Close other programs and try again.")


def has_display() -> bool:
    """Return whether a browser can open a window on this machine."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def serve(workspace: Path, notebook: str | None, *, browser: bool, say: Callable[[str], None] = print) -> int:
    """Run JupyterLab in ``workspace`` until it is stopped (Ctrl-C), opened on ``notebook`` or on the desk.

    Only this machine can reach it, and only with the token in the address passed to ``say``. What the desk switches on
    and off holds for this server, not for the learner's other JupyterLabs.

    Returns:
        The exit code of JupyterLab; 0 after a Ctrl-C.
    """
    port, token = free_port(), secrets.token_hex(16)
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        *SETTINGS,
        f"--port={port}",
        f"--ServerApp.root_dir={workspace}",
        f"--LabApp.extra_labextensions_path={DESK / 'labextensions'}",
        f"--LabApp.workspaces_dir={windows(workspace)}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # root is often a container's only user, and the token still protects the server
    configs = os.pathsep.join(filter(None, [str(DESK / "config"), os.environ.get("JUPYTER_CONFIG_PATH")]))
    environment = os.environ | {"JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": configs}
    log = workspace / LOG
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=environment, cwd=workspace, stdout=output, stderr=output) as jupyter,
    ):
        previous = signal.signal(signal.SIGTERM, lambda *_: jupyter.terminate())
        try:
            _wait_until_up(jupyter, f"{address}/api", log)
            page = f"lab/tree/{notebook}" if notebook else "lab"
            url = f"{address}/{page}?token={token}"
            say(f"JupyterLab is open at\n\n    {url}\n\nStop it with Ctrl-C. Your work is in {workspace}")
            if browser and has_display():
                webbrowser.open(url)
            return jupyter.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            jupyter.terminate()  # it closes its kernels
            signal.signal(signal.SIGTERM, previous)


def windows(workspace: Path) -> Path:
    """Return the folder where JupyterLab keeps the window's layout; at first, its file browser fits lessons' names."""
    folder = workspace / WINDOWS
    if not folder.exists():
        write_atomically(folder / "default-37a8.jupyterlab-workspace", (DESK / "workspace.json").read_bytes())
    return folder


def _wait_until_up(jupyter: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Poll ``url`` until JupyterLab answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if jupyter.poll() is not None:
            raise CourseError(f"JupyterLab ended before it was ready; {log} says why. Fix: make clean, then make lab.")
        try:
            with direct.open(url, timeout=2):
                return
        except OSError:  # not listening yet
            time.sleep(0.2)
    raise CourseError(f"JupyterLab did not answer within {START_SECONDS} seconds; {log} may say why.")
