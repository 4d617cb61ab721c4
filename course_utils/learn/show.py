"""How feedback looks: the same small card as accessible HTML and as plain text.

Text takes the colour of the page, so a card is readable in light and dark themes. The border's colour only
repeats what a word and a sign already say. Content is plain text; `code` between back-ticks is set as code,
and *words* between stars are emphasised.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "bad", "open", "plain"]

# Okabe-Ito colours; each has a contrast of at least 3:1 against white and against near-black.
_EDGE = {"good": "#009E73", "bad": "#D55E00", "open": "#0072B2", "plain": "currentColor"}
_CARD = "padding:.4em .9em;margin:.5em 0;max-width:46em;line-height:1.5"  # a widget's own line spacing is wide
#: The sign that precedes a verdict.
SIGN = {"good": "✓", "bad": "✗", "open": "→", "plain": ""}


def inline(text: str) -> str:
    """Return a text as HTML, escaped, with its `code` and *words* marked up."""
    plain_and_code = re.split(r"`([^`]+)`", html.escape(text, quote=False))
    # A star beside a space is a product: 3 * 3 * 64.
    plain_and_code[::2] = [re.sub(r"\*(\w[^*]*)(?<=\w)\*", r"<em>\1</em>", plain) for plain in plain_and_code[::2]]
    plain_and_code[1::2] = [f"<code>{code}</code>" for code in plain_and_code[1::2]]
    return "".join(plain_and_code)


@dataclass(frozen=True)
class Paragraph:
    """Running text. ``verdict`` marks the one that the card's sign and verdict precede."""

    text: str
    verdict: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Items:
    """A list of (label, text) pairs, such as the lettered choices of a question."""

    items: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Bars:
    """Rows of (label, value as text, share 0..1 of the longest bar, or None for no bar)."""

    caption: str
    rows: Sequence[tuple[str, str, float | None]]


@dataclass(frozen=True)
class Code:
    """Lines of Python, shown as they are."""

    text: str


Block = Paragraph | Items | Bars | Code


@dataclass(frozen=True)
class Card:
    """One piece of feedback: a title, a verdict in words, and blocks in reading order."""

    title: str
    blocks: Sequence[Block]
    tone: Tone = "plain"
    verdict: str = ""
    note: str = ""

    def html(self) -> str:
        """Return the card as one <section>, with every text in it escaped."""
        parts = [f"<p style='margin:0 0 .4em'><strong>{inline(self.title)}</strong></p>"]
        parts += [self._block_html(block) for block in self.blocks]
        if self.note:
            parts.append(f"<p style='margin:.4em 0 0'><em>{inline(self.note)}</em></p>")
        style = f"border-left:4px solid {_EDGE[self.tone]};{_CARD}"
        label = html.escape(self.title.replace("`", ""), quote=True)
        return f'<section aria-label="{label}" style="{style}">' + "".join(parts) + "</section>"

    def text(self) -> str:
        """Return the card as plain text, for terminals, logs and screen readers without HTML."""
        lines = [self.title]
        for block in self.blocks:
            lines += self._block_text(block)
        if self.note:
            lines.append(f"({self.note})")
        return "\n".join(lines)

    def _block_html(self, block: Block) -> str:
        match block:
            case Paragraph(text, verdict, quiet):
                lead = ""
                if verdict:
                    sign = f'<span aria-hidden="true">{SIGN[self.tone]}</span> ' if SIGN[self.tone] else ""
                    lead = f"<strong>{sign}{inline(self.verdict)}.</strong> "
                words = f"<small>{inline(text)}</small>" if quiet else inline(text)
                return f"<p style='margin:.4em 0'>{lead}{words}</p>"
            case Items(items):
                rows = "".join(f"<li><strong>{inline(k)}</strong> {inline(v)}</li>" for k, v in items)
                return f"<ul style='list-style:none;padding-left:.4em;margin:.4em 0'>{rows}</ul>"
            case Bars(caption, rows):
                body = "".join(_bar_html(*row) for row in rows)
                head = f"<caption style='text-align:left'>{inline(caption)}</caption>"
                return f"<table style='border-collapse:collapse;margin:.4em 0'>{head}<tbody>{body}</tbody></table>"
            case Code(text):
                style = "margin:.4em 0;overflow-x:auto"  # tabindex: what scrolls must be reachable by keyboard
                return f'<pre tabindex="0" style="{style}"><code>{html.escape(text)}</code></pre>'

    def _block_text(self, block: Block) -> list[str]:
        match block:
            case Paragraph(text, verdict, _):
                return [f"{SIGN[self.tone]} {self.verdict}. {text}".strip() if verdict else text]
            case Items(items):
                return [f"  {label} {text}" for label, text in items]
            case Bars(caption, rows):
                width = max(len(label) for label, _, _ in rows)
                return [caption, *(f"  {label:<{width}}  {value}" for label, value, _ in rows)]
            case Code(text):
                return ["", text, ""]


def _bar_html(label: str, value: str, share: float | None) -> str:
    bar = ""
    if share is not None:
        width = 12 * min(max(share, 0.0), 1.0)
        bar = (
            "<div aria-hidden='true' style='display:inline-block;height:.8em;background:currentColor;"
            f"opacity:.55;width:{width:.2f}em'></div>"
        )
    return (
        "<tr><th scope='row'"
        f" style='text-align:left;font-weight:normal;padding-right:1em'>{inline(label)}</th><td"
        f" style='text-align:right;padding-right:1em'><strong>{inline(value)}</strong></td><td"
        f" style='text-align:left;min-width:12em'>{bar}</td></tr>"
    )


class Shown:
    """An object that shows itself in a notebook, and as plain text where there is no front end."""

    def card(self) -> Card:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self.card().html()

    def __repr__(self) -> str:
        return self.card().text()


class Message(Shown):
    """A card that holds nothing but its text."""

    def __init__(self, card: Card):
        self._card = card

    def card(self) -> Card:
        return self._card
