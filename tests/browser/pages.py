"""Page objects: a notebook in JupyterLab, and each lab in it as a learner meets it, by roles, names and labels."""

import io
import re
from collections.abc import Callable
from pathlib import Path

from lab_server import Server
from PIL import Image
from playwright.sync_api import Locator, Page, expect

_KERNEL = 120_000  # milliseconds; a kernel imports TensorFlow on a busy machine
_ANSWER = 20_000  # milliseconds; a first run makes its network ready
_IMPORT = "from course_utils import labs"

# What the page itself timed, from the next event of a kind: each change of a part of a lab whose text fits.
_WATCH = """(root, [event, part, words]) => {
    const watch = (window.watch = { times: [] });
    let start;
    window.addEventListener(event, () => (start = performance.now()), { capture: true, once: true });
    const fits = ({ target, addedNodes }) =>
        new RegExp(words).test(target.textContent) &&
        [target.parentElement, target, ...addedNodes].some((at) => at?.closest?.(part) || at?.querySelector?.(part));
    const observer = new MutationObserver((changes) => {
        if (window.watch !== watch) observer.disconnect();
        else if (start !== undefined && changes.some(fits)) watch.times.push(performance.now() - start);
    });
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributeFilter: ["disabled"] });
}"""
SHOWN = ".widget-html-content, .network-strip"


class Notebook:
    """A notebook in JupyterLab whose cells are run one after the other."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self._server, self._done = page, server, 0

    def open(self, name: str, cells: list[str]) -> None:
        """Write the notebook, open it and wait for its kernel."""
        self._server.write_notebook(name, cells)
        self.page.goto(self._server.url(f"doc/tree/{name}"))
        self.page.get_by_text("| Idle").wait_for(timeout=_KERNEL)
        self.cell(0).get_by_role("textbox").click()

    def cell(self, number: int) -> Locator:
        return self.page.get_by_label("Code Cell Content").nth(number)

    def run_next(self) -> Locator:
        """Run the selected cell by Shift+Enter and wait until the kernel has done it."""
        cell = self.cell(self._done)
        self.page.keyboard.press("Shift+Enter")
        self._done += 1
        cell.get_by_text(f"[{self._done}]:").first.wait_for(timeout=_KERNEL)
        return cell


# The kernel answers in turn. It is asked again, because a widget holds back what changes while its last change is
# worked on.
_ROUND_TRIPS = """async () => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    for (let i = 0; i < 3; i++) await kernel.requestKernelInfo();
}"""


class LabPage:
    """A lab in the output of a notebook's last cell.

    Attributes:
        name: of its notebook and its pictures.
        cells: what a notebook needs to show it, the lab's own line last.
        settings: the controls above the guess, as (role, name), in the order of Tab.
        guess: the control of the guess.
        reveal: the button that shows what was recorded, and the words that answer it.
        places: the name of the list that the replay goes through.
        live: the part of the lab that a run changes with every update, and the words that it then has.
    """

    name: str
    cells: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    guess: tuple[str, str]
    reveal: tuple[str, str] = ("Reveal", "Your guess|You saw it coming")
    places = "Step"
    live = (SHOWN, r"^Step \d+, loss")

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        notebook = Notebook(page, server)
        notebook.open(f"{self.name}.ipynb", list(self.cells))
        for _ in self.cells[:-1]:
            notebook.run_next()
        self._watch(page.locator("body"), "keydown", SHOWN)
        cell = notebook.run_next()
        self.root = cell.locator(".jupyter-widgets").first
        self.root.wait_for()
        self.first_paint = self._times(1)[0]
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until then JupyterLab takes the keys."""
        self.root.locator(".lab-keys").wait_for(state="attached")

    @property
    def controls(self) -> list[tuple[str, str]]:
        """What can be used before the guess is revealed, in the order of Tab."""
        end = [("button", "Run for real"), ("textbox", "State"), ("button", "Restore")]
        return [*self.settings, self.guess, ("button", self.reveal[0]), *end]

    def control(self, role: str, name: str) -> Locator:
        return self.root.get_by_role(role, name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.control("button", name)

    def has_focus(self, control: Locator) -> bool:
        return control.evaluate("element => element === document.activeElement")

    def tab_to(self, control: Locator) -> bool:
        """Whether Tab leads to the control, at most past the folded table of a picture."""
        for _ in range(4):
            if self.has_focus(control):
                return True
            self.page.keyboard.press("Tab")
        return self.has_focus(control)

    def says(self, words: str) -> None:
        """Wait until the lab says it."""
        self.root.get_by_text(re.compile(words)).first.wait_for(timeout=_ANSWER)

    def pictures(self) -> list[str]:
        """The names of the pictures, which are their words."""
        return [image.get_attribute("alt") or image.get_attribute("aria-label") for image in self._pictures()]

    def predict(self) -> None:
        """Make a guess by keyboard."""
        self.change(*self.guess)

    def change(self, role: str, name: str) -> None:
        """Move a list or a number one on, by keyboard."""
        self.control(role, name).focus()
        self.change_state("ArrowDown" if role == "combobox" else "ArrowUp")

    def change_state(self, key: str) -> None:
        """Press a key on what has the focus, and wait for another state."""
        before = self.state
        self.page.keyboard.press(key)
        expect(self.control("textbox", "State")).not_to_have_value(before)
        self.settle()

    def press(self, key: str) -> float:
        """Press a key on what has the focus; the milliseconds until the lab shows something else."""
        (time,) = self.timed("keydown", lambda: self.page.keyboard.press(key))
        self.settle()
        return time

    def settle(self) -> None:
        """Wait until the kernel has done all that the page asked of it."""
        self.page.evaluate(_ROUND_TRIPS)
        self.page.get_by_text("| Idle").wait_for()

    def timed(
        self, event: str, act: Callable[[], object], part: str = SHOWN, words: str = "", changes: int = 1
    ) -> list[float]:
        """Do something; the milliseconds from its event to each of the first changes of a part of the lab."""
        self._watch(self.root, event, part, words)
        act()
        return self._times(changes)

    @property
    def state(self) -> str:
        return self.control("textbox", "State").input_value()

    def restore(self, state: str) -> None:
        """Paste a state as a person does, who leaves the kernel the time to take it."""
        self.settle()
        self.control("textbox", "State").fill(state)
        self.settle()
        self.button("Restore").click()

    def in_theme(self, theme: str) -> None:
        """Show JupyterLab light or dark, as its user's system asks for."""
        self.page.emulate_media(color_scheme=theme)
        light = str(theme == "light").lower()
        self.page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")

    def screenshot(self, path: Path) -> None:
        """A picture of the lab in the 256 colours that cover it best, a third of the size."""
        picture = Image.open(io.BytesIO(self.root.screenshot(animations="disabled")))
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)

    def _pictures(self) -> list[Locator]:
        return self.root.get_by_role("img").all()

    def _watch(self, root: Locator, event: str, part: str, words: str = "") -> None:
        root.evaluate(_WATCH, [event, part, words])

    def _times(self, count: int) -> list[float]:
        self.page.wait_for_function("count => window.watch.times.length >= count", arg=count, timeout=_ANSWER)
        return self.page.evaluate("window.watch.times")[:count]


class Microscope(LabPage):
    name = "microscope"
    cells = (
        "from course_utils import labs, load_backbone, load_dataset\n"
        "backbone, source = load_backbone('embedded'), load_dataset('source-sample')",
        "labs.microscope(backbone, source.validation.images)",
    )
    settings = (("spinbutton", "Picture"), ("combobox", "Block"))
    guess = ("combobox", "Your guess: it answers most")
    reveal = ("Reveal", "answers most|does not answer")
    places = "Channel, those that stand out first"
    live = ("img, svg", "")


class LabelBudget(LabPage):
    name = "label-budget"
    cells = (_IMPORT, "labs.label_budget()")
    settings = (("combobox", "Task"), ("spinbutton", "Seed of live runs"))
    guess = ("combobox", "Your guess: scratch catches up")
    places = "Labels per class"


class DepthRateMap(LabPage):
    name = "depth-rate-map"
    cells = (_IMPORT, "labs.depth_rate_map()")
    settings = (("combobox", "Blocks thawed"), ("combobox", "Rate"), ("spinbutton", "Seed"))
    guess = ("button", "Mark this cell as my guess")
    reveal = ("Reveal the map", "Your guess|You found the best cell")

    def predict(self) -> None:
        self.control(*self.guess).focus()
        self.change_state("Enter")


class FreezeLab(LabPage):
    name = "freeze-lab"
    cells = (_IMPORT, "labs.freeze_lab()")
    settings = (
        *(("button", f"Lock block{number}") for number in range(1, 5)),
        ("combobox", "Rate"),
        ("spinbutton", "Epochs"),
        ("combobox", "Head starts from"),
        ("combobox", "BatchNorm in mode"),
        ("spinbutton", "Seed"),
    )
    guess = ("combobox", "Your guess: source accuracy after the run")


class Thermometer(LabPage):
    name = "thermometer"
    cells = (_IMPORT, "labs.forgetting_thermometer()")
    settings = (("combobox", "Method"), ("combobox", "Dial"), ("spinbutton", "Seed of live runs"))
    guess = ("combobox", "Your guess: the last step in the green")


LABS = (Microscope, LabelBudget, DepthRateMap, FreezeLab, Thermometer)


class Strip(LabPage):
    """The network strip alone, with a few lines around it that count what trains."""

    name = "network-strip"
    cells = (
        "from course_utils.labs.strip import NetworkStrip",
        "strip = NetworkStrip(['block1', 'block2', 'block3', 'block4', 'head'])\n"
        "def count(_=None):\n"
        "    strip.trainable = sum(100 * (not locked) for locked in strip.locked)\n"
        "    strip.rates = [None if locked else 10.0 ** -(6 - i) for i, locked in enumerate(strip.locked)]\n"
        "strip.total, strip.drift = 500, [0, 0, 0.012, 0.05, 0.2]\n"
        "strip.observe(count, 'locked')\n"
        "strip.locked = [True, True, False, False, False]\n"
        "strip",
    )
    settings = tuple(("button", f"Lock {name}") for name in ("block1", "block2", "block3", "block4", "head"))

    @property
    def controls(self) -> list[tuple[str, str]]:
        return list(self.settings)

    def wait_until_ready(self) -> None:
        """It keeps its keys by itself."""
