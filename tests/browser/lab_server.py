"""A real JupyterLab server on a free port of the loopback, with its own folder, settings and token."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil

from course_utils.cli.jupyterlab_server import SETTINGS

_START_SECONDS, _END_SECONDS = 120, 20


class Server:
    """The server's address, and the folder that it serves."""

    def __init__(self, folder: Path, port: int, token: str) -> None:
        self.folder, self._port, self._token = folder, port, token

    def url(self, path: str) -> str:
        """Return the address of a page, including the token."""
        return f"http://127.0.0.1:{self._port}/{path}?token={self._token}"

    def write_notebook(self, name: str, cells: list[str]) -> None:
        """Put a notebook of code cells into the folder."""
        notebook = nbformat.v4.new_notebook()
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(notebook, self.folder / name)

    @contextmanager
    def without(self, extension: str) -> Iterator[None]:
        """Disable an extension for the pages opened in the meantime, as if it were not installed."""
        disabled = self.folder.parent / "config" / "labconfig" / "page_config.json"
        disabled.parent.mkdir(parents=True, exist_ok=True)
        disabled.write_text(json.dumps({"disabledExtensions": {extension: True}}))
        yield
        disabled.unlink()

    def shut_kernels_down(self) -> None:
        """End every kernel: the labs fit into memory one after the other, but perhaps not all at once."""
        for kernel in json.loads(self._ask("api/kernels")):
            self._ask(f"api/kernels/{kernel['id']}", "DELETE")

    def _ask(self, path: str, method: str = "GET") -> bytes:
        with _direct().open(urllib.request.Request(self.url(path), method=method), timeout=20) as answer:
            return answer.read()


@contextmanager
def serve(home: Path) -> Iterator[Server]:
    """Start JupyterLab below ``home`` and wait until it answers; afterwards, end it and its kernels."""
    folder, log = home / "notebooks", home / "jupyter.log"
    folder.mkdir()
    _write_settings(home / "settings")
    server = Server(folder, _free_port(), secrets.token_hex(16))
    environment = os.environ | {
        "JUPYTER_TOKEN": server._token,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    command = [sys.executable, "-m", "jupyterlab", *SETTINGS, "--allow-root"]
    command += [f"--port={server._port}", f"--ServerApp.root_dir={folder}"]
    # The page objects ask the page's kernel connection whether all is done.
    command += [f"--{program}.expose_app_in_browser=True" for program in ("LabApp", "JupyterNotebookApp")]
    with log.open("wb") as output, subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process:
        try:
            _wait_until_up(process, server.url("api/status"), log)
            yield server
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server and its kernels, even if it is waiting for a kernel to start."""
    if process.poll() is not None:
        return
    server = psutil.Process(process.pid)
    family = [server, *server.children(recursive=True)]
    process.terminate()
    for left in psutil.wait_procs(family, timeout=_END_SECONDS)[1]:
        left.kill()


def _free_port() -> int:
    """Return a port picked by the system, so that servers that start at the same moment get different ones."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _write_settings(folder: Path) -> None:
    """Turn off the question about news, which would cover the page, and follow the browser's theme."""
    apputils = folder / "@jupyterlab" / "apputils-extension"
    apputils.mkdir(parents=True)
    (apputils / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    (apputils / "themes.jupyterlab-settings").write_text('{"adaptive-theme": true}')


def _wait_until_up(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with _direct().open(url, timeout=2):
                return
        except OSError:  # not listening yet
            time.sleep(0.1)
    raise AssertionError(f"JupyterLab is not up: {log.read_text()[-2000:]}")


def _direct() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
