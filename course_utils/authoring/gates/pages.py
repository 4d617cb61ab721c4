"""A lesson as a page: headings in order, links with a target, words for every picture, cards that are shown."""

import ast
import re
from collections.abc import Iterator
from urllib.parse import unquote

from course_utils.authoring.gates.subject import Finding, Subject
from course_utils.authoring.sources import read_source
from course_utils.checkout import Lesson, find_lessons

_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_PICTURE = re.compile(r"!\[([^\]]*)\]\(")
_HTML_PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_HTML_WORDS = re.compile(r"""\balt\s*=\s*["']\s*[^"'\s]""", re.IGNORECASE)
_LINK = re.compile(r"\]\(\s*([^)\s]+)")
_LESSON = re.compile(r"\blessons?\s+(\d\d)\b", re.IGNORECASE)


def headings_are_in_order(subject: Subject) -> Iterator[Finding]:
    """There is one first-level heading, before all others, and no level is skipped."""
    above = 0
    for cell in subject.pages():
        for marks, title in _HEADING.findall(_prose(cell.source)):
            level = len(marks)
            if level == 1 and above:
                yield subject.finding(cell.id, f"{title!r} is a second title. Begin it with ## instead.")
            elif level > above + 1:
                what = f"{title!r} has level {level}, but at most {above + 1} is allowed here. Begin it with "
                yield subject.finding(cell.id, what + f"{'#' * (above + 1)} instead.")
            above = level
    if not above:
        yield subject.finding("the text", "it has no title. Begin it with a line: # Title")


def pictures_have_words(subject: Subject) -> Iterator[Finding]:
    """Every picture in the text has alternative text."""
    for cell in subject.pages():
        text = _prose(cell.source)
        without = [words for words in _PICTURE.findall(text) if not words.strip()]
        without += [tag for tag in _HTML_PICTURE.findall(text) if not _HTML_WORDS.search(tag)]
        if without:
            yield subject.finding(cell.id, "a picture has no alternative text. Write ![what it shows](its file).")


def links_lead_somewhere(subject: Subject) -> Iterator[Finding]:
    """Every link within the course names a lesson, file or heading that exists; other sites are not checked."""
    folder = subject.lesson.notebook.parent
    lessons = {lesson.notebook.name: lesson for lesson in find_lessons(subject.lesson.root)}
    numbers = {name[:2] for name in lessons}
    for cell in subject.pages():
        text = _prose(cell.source)
        for link in _LINK.findall(text):
            if re.match(r"[a-z][a-z0-9+.-]*:", link, re.IGNORECASE):
                continue
            file, _, anchor = unquote(link).partition("#")
            target = lessons.get(file) if file else subject.lesson
            if not target and not (folder / file).exists():
                yield subject.finding(cell.id, f"its link to {file} leads nowhere. Correct it, or take it out.")
            elif target and anchor and anchor not in _anchors(target):
                what = f"its link to {link} fits no heading. An anchor is the heading with - for each space."
                yield subject.finding(cell.id, what)
        for number in _LESSON.findall(text):
            if number not in numbers:
                yield subject.finding(cell.id, f"it names lesson {number}, which does not exist. Correct the number.")


def cards_are_shown(subject: Subject) -> Iterator[Finding]:
    """A card of a prediction is the last line of its cell: a notebook shows nothing else of what a line returns."""
    for cell in subject.learner.cells:
        if cell.cell_type != "code" or "nbgrader" in cell.metadata:
            continue
        for statement in ast.parse(cell.source).body[:-1]:
            match statement:
                case ast.Expr(value=ast.Call(func=ast.Name(id="predict" | "reveal" as name))):
                    what = f"{name}(...) isn't its last line, so its card is never shown. Move it, or split the cell."
                    yield subject.finding(cell.id, what)


def _anchors(lesson: Lesson) -> set[str]:
    """Return the anchors that JupyterLab gives to a lesson's headings."""
    cells = (cell for cell in read_source(lesson.source).cells if cell.cell_type == "markdown")
    titles = [title for cell in cells for _, title in _HEADING.findall(_FENCED.sub("", cell.source))]
    return {title.replace("`", "").replace(" ", "-") for title in titles}


def _prose(text: str) -> str:
    """Return the text without code, where # and ]( mean something else."""
    return _CODE.sub("", _FENCED.sub("", text))
