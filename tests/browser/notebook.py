"""A notebook in JupyterLab or Notebook 7: its cells, run by keyboard, and its kernel."""

from lab_server import Server
from playwright.sync_api import Locator, Page

JUPYTERLAB, NOTEBOOK_7 = "doc/tree", "notebooks"
KERNEL = 120_000  # milliseconds; a kernel imports TensorFlow on a busy machine

_OURS = "window.jupyterapp.shell.currentWidget.sessionContext"
_IDLE = f"() => window.jupyterapp?.shell.currentWidget && {_OURS}?.kernelDisplayStatus === 'idle'"
# The kernel answers in turn. Ask repeatedly, because a widget holds back changes while its last one is being
# processed.
_SETTLE = f"""async () => {{
    for (let i = 0; i < 3; i++) await {_OURS}.session.kernel.requestKernelInfo();
    while ({_OURS}.kernelDisplayStatus !== 'idle') await new Promise((resolve) => setTimeout(resolve, 5));
}}"""
_ASK = f"""async (code) => {{
    const future = {_OURS}.session.kernel.requestExecute({{ code, store_history: false }});
    let said = "";
    future.onIOPub = ({{ content }}) => (said += content.text ?? content.traceback ?? "");
    await future.done;
    return said;
}}"""

# Right after a stop, the thread may still be running its last lines.
_RUNS = """
import threading
labs_at_work = [thread for thread in threading.enumerate() if thread.name == "lab"]
for thread in labs_at_work:
    thread.join(1)
print(sum(thread.is_alive() for thread in labs_at_work))
"""
# First release the freed memory that the C library keeps for the next allocation, which varies by 20 MB.
_MEMORY = """
import ctypes, gc, psutil
gc.collect()
getattr(ctypes.CDLL(None), "malloc_trim", int)(0)
print(psutil.Process().memory_info().rss)
"""


class Notebook:
    """A notebook whose cells are run one by one; ``program`` is the part of its address that says what opens it."""

    def __init__(self, page: Page, server: Server, program: str = JUPYTERLAB) -> None:
        self.page, self._server, self._program, self._runs = page, server, program, 0

    def open(self, name: str, cells: list[str]) -> None:
        """Write a notebook, open it and wait for its kernel."""
        self._server.write_notebook(name, cells)
        self.show(name)

    def open_and_run(self, name: str, cells: list[str]) -> None:
        """Open a new notebook and run its cells one after the other, as a reader does."""
        self.open(name, cells)
        for number in range(len(cells)):
            self.run(number)

    def show(self, name: str) -> None:
        """Open a notebook that the server's folder holds, and wait for its kernel."""
        self.page.goto(self._server.url(f"{self._program}/{name}"))
        self.wait_until_idle()

    def cell(self, number: int) -> Locator:
        return self.page.get_by_label("Code Cell Content").nth(number)

    def run(self, number: int) -> Locator:
        """Run a cell with Shift+Enter and wait until the kernel has finished it."""
        cell = self.cell(number)
        cell.get_by_role("textbox").first.click()
        self.page.keyboard.press("Shift+Enter")
        self._runs += 1
        cell.get_by_text(f"[{self._runs}]:").first.wait_for(timeout=KERNEL)
        return cell

    def run_all(self) -> None:
        """Run every cell and wait until all are done."""
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.wait_until_idle()

    def settle(self) -> None:
        """Wait until the kernel has finished everything that the page asked of it."""
        self.page.evaluate(_SETTLE)

    def ask(self, code: str) -> str:
        """Run lines in the kernel outside the cells, and return what they print."""
        return self.page.evaluate(_ASK, code).strip()

    def runs(self) -> int:
        """Return how many threads of labs are running."""
        return int(self.ask(_RUNS))

    def memory(self) -> tuple[float, float]:
        """Return the memory of the kernel and of the page's script, in megabytes."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        page = session.send("Runtime.getHeapUsage")["usedSize"]
        session.detach()
        return int(self.ask(_MEMORY)) / 1e6, page / 1e6

    def save(self) -> None:
        """Save the notebook, and wait until its file is written."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget.context.save()")

    def restart_kernel(self) -> None:
        self.page.evaluate(f"{_OURS}.restartKernel()")
        self._runs = 0
        self.wait_until_idle()

    def reload(self) -> None:
        """Reload the page; the kernel stays as it is."""
        self.page.reload()
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait until the page has received everything from the kernel's last work."""
        self.page.wait_for_function(_IDLE, timeout=KERNEL)
