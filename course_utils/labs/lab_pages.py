"""The labs as web pages that work from any static server: predict, reveal, replay, compare, share a link."""

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from course_utils.experiments import recorded
from course_utils.files import require_writable, write_atomically
from course_utils.frontend.bundle import bundle
from course_utils.labs.freezing_lab.freeze_lab import TABLE, page_data
from course_utils.labs.freezing_lab.freeze_lab_widget import STYLE, FreezeLab
from course_utils.labs.kit.page_lab import style_sheet

# The policy keeps a page from loading anything but its own files, wherever it is embedded.
_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:">
<title>$title</title>
<link rel="icon" href="data:,">
<link rel="preload" href="data.json" as="fetch" crossorigin>
<link rel="stylesheet" href="lab.css">
<script type="module" src="lab.js"></script>
</head>
<body>
<main id="lab" data-lesson="$lesson"><noscript>This lab needs JavaScript.</noscript></main>
</body>
</html>
""")
_BODY = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 12px; background: light-dark(#f4f5f7, #0b0d10); }
#lab { margin: 0 auto; }
"""


@dataclass(frozen=True)
class LabPage:
    """What the page of one lab is made of."""

    name: str
    title: str
    lesson: str
    script: Path
    style: Path
    data: dict[str, Any]


def _pages() -> list[LabPage]:
    script = STYLE.with_name("freeze_page.js")
    return [
        LabPage(
            FreezeLab.name,
            TABLE["words"]["question"],
            "03_fine_tuning",
            script,
            STYLE,
            page_data(recorded("map-scans")),
        )
    ]


def export_labs(folder: Path, lessons: str) -> list[Path]:
    """Write the page of every lab that has one into a folder of its own, and return their addresses on the disk.

    Args:
        folder: where they go; created if it is missing, and existing pages are replaced.
        lessons: the address of the folder of the lessons' pages, relative to a lab's page or whole.

    Raises:
        CourseError: the folder cannot be written, or a recording is missing or damaged.
    """
    pages = _pages()
    require_writable(folder)
    for page in pages:
        home = folder / page.name
        lesson = f"{lessons.rstrip('/')}/{page.lesson}.html"
        write_atomically(home / "lab.js", bundle(page.script))
        write_atomically(home / "lab.css", style_sheet(page.style) + _BODY)
        write_atomically(home / "data.json", json.dumps(page.data, separators=(",", ":")))
        write_atomically(home / "index.html", _PAGE.substitute(title=escape(page.title), lesson=escape(lesson)))
    return [folder / page.name / "index.html" for page in pages]
