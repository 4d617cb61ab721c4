"""A lab of the front-end kit as a learner uses it, in a notebook and on a web page: by mouse, finger and keyboard."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from lab_server import Server
from notebook import Notebook
from playwright.sync_api import Locator, Page, expect

_ANSWER = 20_000  # milliseconds; a first run makes its network ready

# Milliseconds from an event of the learner to the frame that shows what it changed: after the frame's callbacks, a
# message arrives once it is painted.
_PAINTS = """(root, kind) => {
    const times = (window.paints = []);
    root.addEventListener(kind, (event) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => times.push(performance.now() - event.timeStamp);
        port2.postMessage(0);
    }), { capture: true });
}"""
# Milliseconds from Shift+Enter to the lab on the page.
_FIRST_PAINT = """(body) => {
    window.firstPaint = undefined;
    addEventListener("keydown", () => {
        const start = performance.now();
        const observer = new MutationObserver(() => {
            if (!body.querySelector(".kit-question")) return;
            observer.disconnect();
            requestAnimationFrame(() => (window.firstPaint = performance.now() - start));
        });
        observer.observe(body, { subtree: true, childList: true });
    }, { capture: true, once: true });
}"""
_SMALL = """(root) => [...root.querySelectorAll("*")]
    .filter((at) => at.textContent.trim() && !at.children.length && parseFloat(getComputedStyle(at).fontSize) < 12)
    .map((at) => at.textContent)"""
# Milliseconds from the next event of a kind to each change of a part.
_CHANGES = """(root, [event, part]) => {
    const changes = (window.changes = []);
    let start;
    addEventListener(event, () => (start = performance.now()), { capture: true, once: true });
    const fits = ({ target }) => (target.closest ? target : target.parentElement)?.closest(part);
    const observer = new MutationObserver((found) => {
        if (window.changes !== changes) observer.disconnect();
        else if (start !== undefined && found.some(fits)) changes.push(performance.now() - start);
    });
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributeFilter: ["disabled"] });
}"""


def percent(share: float) -> int:
    """Return a share in percent, rounded as the labs round it."""
    return int(100 * round(share, 4) + 0.5)


class LabOnPage:
    """A lab that is on the page already, inside ``root``.

    Attributes:
        name: of its page, its notebook and its pictures.
    """

    name: str

    def __init__(self, page: Page, root: Locator) -> None:
        self.page, self.root = page, root

    def slider(self, name: str) -> Locator:
        return self.root.get_by_role("slider", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def says(self, words: str) -> None:
        """Wait until the lab shows the words."""
        expect(self.root.get_by_text(re.compile(words)).first).to_be_visible(timeout=_ANSWER)

    def shows(self, slider: str, words: str) -> None:
        """Wait until a slider says its value in these words."""
        expect(self.slider(slider)).to_have_attribute("aria-valuetext", words)

    def press(self, slider: str, *keys: str) -> None:
        """Move a slider by keyboard."""
        self.slider(slider).focus()
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, grip: Locator, to: tuple[float, float], steps: int = 8) -> None:
        """Drag something by mouse."""
        box = grip.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
        self.page.mouse.down()
        self.page.mouse.move(*to, steps=steps)
        self.page.mouse.up()

    def drag_by_finger(self, grip: Locator, to: tuple[float, float], steps: int = 8) -> None:
        """Drag something by touch, as a screen reports it."""
        grip.scroll_into_view_if_needed()
        box = grip.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + 10
        session = self.page.context.new_cdp_session(self.page)

        def touch(kind: str, *at: tuple[float, float]) -> None:
            points = [{"x": x, "y": y} for x, y in at]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", (x, y))
        for part in range(1, steps + 1):
            touch("touchMove", (x + (to[0] - x) * part / steps, y + (to[1] - y) * part / steps))
        # The finger rests before it is lifted: otherwise Chromium sees a fling, and in the next tap its end.
        self._pass(200)
        touch("touchMove", to)
        touch("touchEnd")
        session.detach()
        self._pass(500)  # no person taps sooner, and Chromium takes such a tap for a part of the drag

    def _pass(self, milliseconds: int) -> None:
        """Let the page's clock go on."""
        self.page.evaluate("window.since = performance.now()")
        self.page.wait_for_function(f"() => performance.now() > window.since + {milliseconds}")

    def tab_order(self, first: Locator, count: int) -> list[str]:
        """Return the names of what Tab reaches, from the first control on."""
        first.focus()
        names = []
        for _ in range(count):
            names.append(
                self.page.evaluate(
                    "document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.textContent"
                )
            )
            self.page.keyboard.press("Tab")
        return names

    def paint_times(self, event: str, acts: Sequence[Callable[[], object]]) -> list[float]:
        """Return the milliseconds from the event of each act to the frame that shows its result."""
        self.root.evaluate(_PAINTS, event)
        for number, act in enumerate(acts, 1):
            act()
            self.page.wait_for_function("count => window.paints.length >= count", arg=number)
        return self.page.evaluate("window.paints")

    def shared_link(self) -> str:
        """Return the link that leads to what is shown, as a learner copies it."""
        self.root.get_by_text("Share what you see").click()
        self.button("Copy link").click()
        return self.root.get_by_role("textbox", name="A link to go to").input_value()

    def faults(self) -> str:
        """Return what axe finds wrong; empty if nothing. What fades in has too little contrast until it is there."""
        self.page.evaluate("() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished))")
        self.root.evaluate("element => (element.dataset.checked = 'here')")
        found = Axe().run(self.page, context="[data-checked=here]")
        return found.generate_report() if found.violations_count else ""

    def fits(self) -> bool:
        """Whether the page is no wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def small_texts(self) -> list[str]:
        """Return the texts of less than 12 pixels."""
        return self.root.evaluate(_SMALL)

    def growth(self, act: Callable[[int], object]) -> float:
        """Return by how many megabytes the page grows when something is done a thousand times, after a warm-up."""
        act(60)
        before = self._heap()
        act(1000)
        return self._heap() - before

    def _heap(self) -> float:
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        used = session.send("Runtime.getHeapUsage")["usedSize"]
        session.detach()
        return used / 1e6

    def screenshot(self, path: Path) -> None:
        self.root.screenshot(path=path, animations="disabled")


class LabInNotebook(LabOnPage):
    """A lab in the output of a notebook's last cell.

    Attributes:
        cells: what the notebook needs to show it, the lab's own line last.
    """

    cells: tuple[str, ...]

    def __init__(self, page: Page, server: Server) -> None:
        self.notebook = Notebook(page, server)
        super().__init__(page, self.notebook.cell(len(self.cells) - 1).locator(".course-lab").first)
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
        self.page.locator("body").evaluate(_FIRST_PAINT)
        self.notebook.run(len(self.cells) - 1)
        if old:
            old.wait_for_element_state("hidden")
        self.root.get_by_role("heading").wait_for()
        self.first_paint = self.page.wait_for_function("window.firstPaint").json_value()

    def turns(self, theme: str) -> None:
        """Wait until JupyterLab is light or dark."""
        self.page.emulate_media(color_scheme=theme)
        light = str(theme == "light").lower()
        self.page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")

    def asks(self, code: str) -> str:
        """Return what a line prints in the kernel, where ``lab`` is the lab."""
        self.notebook.settle()
        return self.notebook.ask(f"lab = Out[max(Out)]\n{code}")

    def times(self, event: str, act: Callable[[], object], part: str, count: int = 1) -> list[float]:
        """Do something; return the milliseconds from its event to each of the first changes of a part of the lab."""
        self.root.evaluate(_CHANGES, [event, part])
        act()
        enough = "count => window.changes.length >= count && window.changes"
        return self.page.wait_for_function(enough, arg=count, timeout=_ANSWER).json_value()[:count]
