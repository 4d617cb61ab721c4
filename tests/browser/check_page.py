"""The form of a quick check on a plain page, as VS Code draws it: its script in a page of its own, no kernel.

What the page would send to a kernel goes to the form itself, in this process.
"""

import json
from collections.abc import Callable, Sequence

from lab_page import LabOnPage
from playwright.sync_api import Locator, Page, expect

from course_utils.learn import check
from course_utils.learn.answer_form import AnswerForm

_HTML = """<!doctype html>
<html lang="en"><head><title>Quick checks</title><meta name="viewport" content="width=device-width">
<style>:root { color-scheme: light dark } body { margin: 0; padding: 8px; background: light-dark(#fff, #111) }</style>
<style>STYLE</style></head><body><main></main></body></html>"""
# A widget's model, as anywidget hands it over.
_DRAW = """async ({ script, forms }) => {
    const { default: widget } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    for (const [id, state] of Object.entries(forms)) {
        const heard = [];
        const model = {
            get: (name) => state[name],
            set: (name, value) => (state[name] = value),
            save_changes: () => {},
            on: (name, hear) => name === "change" && heard.push(hear),
            off: () => {},
            send: async ({ command, answer }) => {
                if (command !== "check") return;
                Object.assign(state, await window.checkInPython(id, answer));
                heard.forEach((hear) => hear());
            },
        };
        const el = document.createElement("div");
        document.querySelector("main").append(el);
        widget.render({ model, el });
    }
}"""


class CheckOnPage(LabOnPage):
    """The card of one question."""

    name = "quick-check"

    def choice(self, letter: str) -> Locator:
        """Return the text of a choice, which is what one clicks."""
        return self.root.locator(".check-choice").nth("abcdefg".index(letter)).locator(".check-choice-text")

    def inputs(self) -> list[Locator]:
        return self.root.locator("input").all()

    def press(self) -> None:
        self.button("Check").click()

    def turns(self, tone: str, words: str) -> None:
        """Wait until the card says the words, in this tone."""
        expect(self.root.get_by_role("status")).to_contain_text(words)
        expect(self.root).to_have_attribute("data-tone", tone)


def draw_checks(page: Page, ids: Sequence[str]) -> list[CheckOnPage]:
    """Draw the forms of some questions on an empty page."""
    forms: dict[str, AnswerForm] = {id: check(id).form().forms[0] for id in ids}

    def state(form: AnswerForm) -> dict[str, object]:
        return {name: getattr(form, name) for name in ("data", "answer", "verdict", "place")}

    def answer(id: str, given: str) -> dict[str, object]:
        forms[id].check(given)
        return state(forms[id])

    page.expose_function("checkInPython", answer)
    page.set_content(_HTML.replace("STYLE", AnswerForm._css))
    sent = {"script": str(AnswerForm._esm), "forms": {id: state(form) for id, form in forms.items()}}
    page.evaluate(_DRAW, json.loads(json.dumps(sent)))
    return [CheckOnPage(page, page.locator(".course-check").nth(place)) for place in range(len(ids))]


Open = Callable[..., list[CheckOnPage]]
