"""Page objects: the labs made of stock widgets in a notebook, as a learner uses them, by roles, names and labels."""

import io
import re
from collections.abc import Callable
from pathlib import Path

from lab_server import Server
from notebook import Notebook
from PIL import Image
from playwright.sync_api import Locator, Page, expect

_ANSWER = 20_000  # milliseconds; a first run makes its network ready

# Times measured in the page: from the next event of a kind to each change of a part of a lab whose text fits.
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
SHOWN = ".widget-html-content"


class LabPage:
    """A lab in the output of a notebook's last cell.

    Attributes:
        name: the name of its notebook and its pictures.
        cells: the cells that a notebook needs to show it, the lab's own line last.
        settings: the controls above the guess, as (role, name), in the order of Tab.
        guess: the control of the guess.
        reveal: the button that shows what was recorded, and the words that appear.
        places: the name of the list that the replay steps through, and the key to its most telling place.
        live: the part of the lab that a run changes with every update, and its words then.
    """

    name: str
    cells: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    guess: tuple[str, str]
    reveal: tuple[str, str] = ("Reveal", "Your guess|You saw it coming")
    places, telling = "Step", "End"
    live = (SHOWN, r"^Step \d+, loss")

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.notebook = page, Notebook(page, server)
        self.root = self.notebook.cell(len(self.cells) - 1).locator(".jupyter-widgets").first
        self.notebook.open(f"{self.name}.ipynb", list(self.cells))
        self.run_cells()

    def run_cells(self) -> None:
        """Run the notebook to the lab."""
        for number in range(len(self.cells) - 1):
            self.notebook.run(number)
        self.run_cell()

    def run_cell(self) -> None:
        """Run the lab's own cell; a new lab replaces one that is already there."""
        old = self.root.element_handle() if self.root.count() else None
        self._watch(self.page.locator("body"), "keydown", SHOWN)
        self.notebook.run(len(self.cells) - 1)
        if old:
            old.wait_for_element_state("hidden")
        self.root.wait_for()
        self.first_paint = self._times(1)[0]
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until the lab keeps its keys; until then JupyterLab takes them."""
        self.root.locator(".course-guard").wait_for(state="attached")

    @property
    def controls(self) -> list[tuple[str, str]]:
        """Return the controls that can be used before the guess is revealed, in the order of Tab."""
        end = [("button", "Run for real"), ("textbox", "State"), ("button", "Restore")]
        return [*self.settings, self.guess, ("button", self.reveal[0]), *end]

    def control(self, role: str, name: str) -> Locator:
        return self.root.get_by_role(role, name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.control("button", name)

    def has_focus(self, control: Locator) -> bool:
        return control.evaluate("element => element === document.activeElement")

    def tab_to(self, control: Locator) -> bool:
        """Return whether Tab leads to the control, passing at most the folded table of a picture."""
        for _ in range(4):
            if self.has_focus(control):
                return True
            self.page.keyboard.press("Tab")
        return self.has_focus(control)

    def says(self, words: str) -> None:
        """Wait until the lab shows the words."""
        self.root.get_by_text(re.compile(words)).first.wait_for(timeout=_ANSWER)

    def pictures(self) -> list[str]:
        """Return the names of the pictures, which are their alternative texts."""
        return [image.get_attribute("alt") or image.get_attribute("aria-label") for image in self._pictures()]

    def predict(self) -> None:
        """Make a guess by keyboard."""
        self.change(*self.guess)

    def change(self, role: str, name: str) -> None:
        """Move a list or a number to the next value, by keyboard."""
        self.control(role, name).focus()
        self.change_state("ArrowDown" if role == "combobox" else "ArrowUp")

    def change_state(self, key: str) -> None:
        """Press a key on the focused control, and wait for a new state."""
        before = self.state
        self.page.keyboard.press(key)
        expect(self.control("textbox", "State")).not_to_have_value(before)
        self.notebook.settle()

    def value(self, role: str, name: str) -> str:
        """Return what a list or a number shows."""
        return self.control(role, name).evaluate("element => element.selectedOptions?.[0].text ?? element.value")

    def fling(self, role: str, name: str) -> str:
        """Move a list or a number from end to end, faster than the kernel follows; return what it finally shows."""
        self.control(role, name).focus()
        there, back = ("End", "Home") if role == "combobox" else ("ArrowUp", "ArrowDown")
        for key in 5 * (*5 * (there,), *4 * (back,)):
            self.page.keyboard.press(key)
        left = self.value(role, name)
        self.notebook.settle()
        return left

    def press(self, key: str) -> float:
        """Press a key on the focused control; return the milliseconds until the lab shows something else."""
        (time,) = self.timed("keydown", lambda: self.page.keyboard.press(key))
        self.notebook.settle()
        return time

    def timed(
        self, event: str, act: Callable[[], object], part: str = SHOWN, words: str = "", changes: int = 1
    ) -> list[float]:
        """Do something; return the milliseconds from its event to each of the first changes of a part of the lab."""
        self._watch(self.root, event, part, words)
        act()
        return self._times(changes)

    @property
    def state(self) -> str:
        return self.control("textbox", "State").input_value()

    def restore(self, state: str) -> None:
        """Paste a state as a person does, giving the kernel time to take it."""
        self.notebook.settle()
        self.control("textbox", "State").fill(state)
        self.notebook.settle()
        self.button("Restore").click()

    def in_theme(self, theme: str) -> None:
        """Show JupyterLab light or dark, as the user's system prefers."""
        self.page.emulate_media(color_scheme=theme)
        light = str(theme == "light").lower()
        self.page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")

    def screenshot(self, path: Path) -> None:
        """Save a picture of the lab in the 256 colours that fit it best, at a third of the size."""
        picture = Image.open(io.BytesIO(self.root.screenshot(animations="disabled")))
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=1).save(path, optimize=True)

    def _pictures(self) -> list[Locator]:
        return self.root.get_by_role("img").all()

    def _watch(self, root: Locator, event: str, part: str, words: str = "") -> None:
        root.evaluate(_WATCH, [event, part, words])

    def _times(self, count: int) -> list[float]:
        enough = "count => window.watch.times.length >= count && window.watch.times"
        return self.page.wait_for_function(enough, arg=count, timeout=_ANSWER).json_value()[:count]


class Microscope(LabPage):
    name = "microscope"
    cells = (
        "from course_utils import labs, load_backbone, load_dataset\n"
        "backbone, source = load_backbone('embedded'), load_dataset('source-sample')",
        "labs.microscope(backbone, source.validation.inputs)",
    )
    settings = (("spinbutton", "Picture"), ("combobox", "Block"))
    guess = ("combobox", "Your guess: it answers most")
    reveal = ("Reveal", "answers most|does not answer")
    places, telling = "Channel, those that stand out first", "Home"
    live = ("img, svg", "")


LABS = (Microscope,)
