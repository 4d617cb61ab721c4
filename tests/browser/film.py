"""A film of a page as one picture file: the page's clock stands still but for the steps between two frames."""

import io
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

_FRAME = 80  # milliseconds
# The picture of a page lacks its pointer.
_POINTER = """() => {
    const at = document.createElement("div");
    at.innerHTML = `<svg width="22" height="30" viewBox="0 0 22 30"><path d="M2 2v21l5-5 4 9 4-2-4-9h7z"
        fill="#111" stroke="#fff" stroke-width="1.5" stroke-linejoin="round"/></svg>`;
    at.style.cssText = "position:fixed;left:0;top:0;z-index:9;pointer-events:none";
    document.body.append(at);
    addEventListener("pointermove", ({ clientX, clientY }) => {
        at.style.transform = `translate(${clientX - 2}px, ${clientY - 2}px)`;
    }, { capture: true });
}"""


class Film:
    """Frames of a page while someone uses it by mouse; equal frames in a row become one that lasts longer."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._pictures: list[bytes] = []
        self._lengths: list[int] = []
        self._at = (page.viewport_size["width"] * 0.6, page.viewport_size["height"] * 0.9)
        page.evaluate(_POINTER)
        page.mouse.move(*self._at)
        start = datetime(2030, 1, 1)
        page.clock.install(time=start)
        page.clock.pause_at(start + timedelta(seconds=1))

    def wait(self, seconds: float) -> None:
        """Let time pass on the page."""
        for _ in range(max(1, round(1000 * seconds / _FRAME))):
            self._page.clock.run_for(_FRAME)
            self._take()

    def move(self, to: tuple[float, float], seconds: float = 0.6) -> None:
        """Move the mouse, slowly at both ends."""
        (x, y), frames = self._at, max(1, round(1000 * seconds / _FRAME))
        for frame in range(1, frames + 1):
            part = frame / frames
            eased = part * part * (3 - 2 * part)
            self._page.mouse.move(x + (to[0] - x) * eased, y + (to[1] - y) * eased)
            self.wait(0)
        self._at = to

    def drag(self, grip: Locator, to: tuple[float, float], seconds: float = 1.2) -> None:
        """Go to something, press, take it along and let go."""
        self.move(middle(grip))
        self._page.mouse.down()
        self.move(to, seconds)
        self._page.mouse.up()

    def click(self, what: Locator) -> None:
        """Go to something and click it."""
        self.move(middle(what))
        self.wait(0.2)
        self._page.mouse.click(*self._at)

    def save(self, path: Path, most: int) -> int:
        """Write an animated WebP that repeats for ever; return its number of frames.

        Raises:
            AssertionError: it has more than ``most`` bytes.
        """
        first, *others = (Image.open(io.BytesIO(picture)).convert("RGB") for picture in self._pictures)
        first.save(path, save_all=True, append_images=others, duration=self._lengths, loop=0, quality=70, method=4)
        assert path.stat().st_size <= most, f"{path.name} has {path.stat().st_size} bytes; {most} are allowed"
        return len(self._pictures)

    def _take(self) -> None:
        picture = self._page.screenshot()
        if self._pictures and self._pictures[-1] == picture:
            self._lengths[-1] += _FRAME
        else:
            self._pictures.append(picture)
            self._lengths.append(_FRAME)


def middle(what: Locator) -> tuple[float, float]:
    """Return the middle of something on the page."""
    box = what.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
