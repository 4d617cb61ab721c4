"""Page objects: a notebook in JupyterLab, and each lab in it as a learner meets it, by roles, names and labels."""

import re
from collections.abc import Callable
from pathlib import Path

from lab_server import Server
from playwright.sync_api import Locator, Page

KERNEL_SECONDS = 120  # a kernel that imports TensorFlow on a busy machine

# What the page itself timed, from the first event of a kind: when each change of what a lab shows was there.
_WATCH = """(root, [event, part]) => {
    const watch = (window.watch = { times: [] });
    let start;
    window.addEventListener(event, () => (start = performance.now()), { capture: true, once: true });
    const holds = (change) =>
        change.target.parentElement?.closest(part) || change.target.closest?.(part) ||
        [...change.addedNodes].some((node) => node.querySelector?.(part) || node.matches?.(part));
    new MutationObserver((changes) => {
        if (start !== undefined && changes.some(holds)) watch.times.push(performance.now() - start);
    }).observe(root, { subtree: true, childList: true, characterData: true });
}"""
WORDS, PICTURE = ".widget-html-content, .network-strip", "img"


class Notebook:
    """A notebook in JupyterLab whose cells are run one after the other."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self._server, self._done = page, server, 0

    def open(self, name: str, cells: list[str]) -> None:
        """Write the notebook, open it and wait for its kernel."""
        self._server.write_notebook(name, cells)
        self.page.goto(self._server.url(f"doc/tree/{name}"))
        self.page.get_by_text("| Idle").wait_for(timeout=1000 * KERNEL_SECONDS)
        self.cell(0).get_by_role("textbox").click()

    def cell(self, number: int) -> Locator:
        return self.page.get_by_label("Code Cell Content").nth(number)

    def run_next(self) -> Locator:
        """Run the selected cell by Shift+Enter and wait until the kernel has done it."""
        cell = self.cell(self._done)
        self.page.keyboard.press("Shift+Enter")
        self._done += 1
        cell.get_by_text(f"[{self._done}]:").first.wait_for(timeout=1000 * KERNEL_SECONDS)
        return cell


class LabPage:
    """A lab in the output of a notebook's last cell.

    Attributes:
        name: of its notebook and its screenshots.
        cells: what a notebook needs to show it, the lab's own line last.
        controls: what Tab reaches, in order, as (role, label).
        key: where a key that changes what is shown is pressed, as (role, label, keys in turn).
    """

    name: str
    cells: tuple[str, ...]
    controls: tuple[tuple[str, str], ...]
    key: tuple[str, str, tuple[str, ...]]

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        notebook = Notebook(page, server)
        notebook.open(f"{self.name}.ipynb", list(self.cells))
        for _ in self.cells[:-1]:
            notebook.run_next()
        self._watch(page.locator("body"), "keydown", PICTURE + ", .network-strip")
        cell = notebook.run_next()
        self.root = cell.locator(".jupyter-widgets").first
        self.root.wait_for()
        self.first_paint = self._times(1)[0]

    def control(self, role: str, label: str) -> Locator:
        """A control by its role and its name; where it has none (stock sliders), by the label in front of it."""
        named = self.root.get_by_role(role, name=label, exact=True)
        if named.count():
            return named.first
        caption = self.page.get_by_text(label, exact=True)
        return self.root.locator(".jupyter-widgets", has=caption).last.get_by_role(role).first

    def has_focus(self, control: Locator) -> bool:
        return control.evaluate("element => element === document.activeElement")

    def tab_to(self, control: Locator) -> bool:
        """Whether Tab leads to the control; the number beside a stock slider is a stop on the way."""
        for _ in range(3):
            if self.has_focus(control):
                return True
            self.page.keyboard.press("Tab")
        return self.has_focus(control)

    def shows(self, pattern: str) -> Locator:
        """Wait for text in the lab."""
        found = self.root.get_by_text(re.compile(pattern)).first
        found.wait_for(timeout=60_000)
        return found

    def pictures(self) -> list[str]:
        """The alternative texts of the pictures."""
        return [image.get_attribute("alt") or "" for image in self.root.get_by_role("img").all()]

    def press(self, key: str, part: str = WORDS) -> float:
        """Press a key on what has the focus; the milliseconds until the lab shows something else."""
        return self.timed("keydown", lambda: self.page.keyboard.press(key), part)[0]

    def timed(self, event: str, act: Callable[[], None], part: str = WORDS, changes: int = 1) -> list[float]:
        """Do something; the milliseconds from its event to each of the first changes of a part of the lab."""
        self._watch(self.root, event, part)
        act()
        return self._times(changes)

    def in_theme(self, theme: str) -> None:
        """Show JupyterLab light or dark, as its user's system asks for."""
        self.page.emulate_media(color_scheme=theme)
        self.page.locator(f"body[data-jp-theme-light={str(theme == 'light').lower()}]").wait_for()

    def screenshot(self, path: Path) -> None:
        self.root.screenshot(path=path, animations="disabled")

    def _watch(self, root: Locator, event: str, part: str) -> None:
        root.evaluate(_WATCH, [event, part])

    def _times(self, count: int) -> list[float]:
        self.page.wait_for_function("count => window.watch.times.length >= count", arg=count, timeout=60_000)
        return self.page.evaluate("window.watch.times")[:count]


class Microscope(LabPage):
    name = "microscope"
    cells = (
        "from course_utils import labs, load_backbone, load_dataset\n"
        "backbone, source = load_backbone('embedded'), load_dataset('source-sample')",
        "labs.microscope(backbone, source.validation.images)",
    )
    controls = (("slider", "Picture"), *(("button", f"block{n}") for n in range(1, 5)), ("spinbutton", "Channel"))
    key = ("slider", "Picture", ("ArrowRight", "ArrowLeft"))


class LabelBudget(LabPage):
    name = "label-budget"
    cells = ("from course_utils import labs", "labs.label_budget()")
    controls = (("combobox", "Task"), ("slider", "Labels"))
    key = ("slider", "Labels", ("ArrowRight", "ArrowLeft"))


class DepthRateMap(LabPage):
    name = "depth-rate-map"
    cells = ("from course_utils import labs", "labs.depth_rate_map()")
    controls = (
        ("slider", "Thawed"),
        ("slider", "Rate"),
        ("combobox", "Seed"),
        ("button", "This is my guess: reveal"),
        ("button", "Replay this cell"),
        ("button", "Run this cell for real"),
    )
    key = ("button", "Replay this cell", ("Enter",))


class FreezeLab(LabPage):
    name = "freeze-lab"
    cells = ("from course_utils import labs", "labs.freeze_lab()")
    controls = (
        ("slider", "Thawed"),
        ("slider", "Rate"),
        ("slider", "Epochs"),
        ("spinbutton", "Seed"),
        *(("button", name) for name in ("probe", "random", "inference", "training", "Start")),
    )
    key = ("slider", "Thawed", ("ArrowLeft", "ArrowRight"))


class Thermometer(LabPage):
    name = "thermometer"
    cells = ("from course_utils import labs", "labs.forgetting_thermometer()")
    controls = (("combobox", "Method"), ("slider", "Dial"), ("slider", "Step"))
    key = ("slider", "Step", ("ArrowLeft", "ArrowRight"))


class Strip(LabPage):
    """The network strip alone, with a lab around it that counts what trains."""

    name = "network-strip"
    cells = (
        "from course_utils.labs.strip import NetworkStrip",
        "strip = NetworkStrip(['block1', 'block2', 'block3', 'block4', 'head'])\n"
        "def count(_=None):\n"
        "    strip.trainable = sum(100 * (not locked) for locked in strip.locked)\n"
        "    strip.rates = [None if locked else 3e-4 for locked in strip.locked]\n"
        "strip.total, strip.drift = 500, [0, 0, 0.012, 0.05, 0.2]\n"
        "strip.observe(count, 'locked')\n"
        "strip.locked = [True, True, False, False, False]\n"
        "strip",
    )
    controls = tuple(("button", f"Lock {name}") for name in ("block1", "block2", "block3", "block4", "head"))
    key = ("button", "Lock block2", ("Space", "Enter"))


LABS = (Microscope, LabelBudget, DepthRateMap, FreezeLab, Thermometer, Strip)
