"""What the pages for a class share: one file each, no script, nothing that is loaded, and every text escaped."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from course_utils.frontend import KIT
from course_utils.learn.show import inline

_STYLE = "class_pages.css"


def render(template: str, **values: Any) -> str:
    """Return a page from a template of this package; what it is given is text, unless it is ``Markup``."""
    return _pages().get_template(template).render(**values) + "\n"


@cache
def _pages() -> Environment:
    files = PackageLoader("course_utils.grading", ".")
    pages = Environment(loader=files, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.filters["said"] = lambda text: Markup(inline(text))  # with its `code` set as code
    tokens = (KIT / "tokens.css").read_text(encoding="utf-8")
    pages.globals["style"] = Markup(tokens + files.get_source(pages, _STYLE)[0])
    return pages
