"""The labs as web pages that work from any static server: predict, reveal, replay, compare, share a link."""

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from course_utils.experiments import GRID_TASKS, Sweep, grid_cells, recorded
from course_utils.files import require_writable, write_atomically
from course_utils.frontend.bundle import bundle
from course_utils.labs.budget_lab import label_budget, picture_sheet
from course_utils.labs.envelopes_lab import ten_envelopes
from course_utils.labs.freezing_lab import freeze_lab
from course_utils.labs.kit.page_lab import style_sheet
from course_utils.labs.levers_lab import two_levers
from course_utils.labs.map_lab import depth_rate_map
from course_utils.labs.microscope_lab import microscope, microscope_data
from course_utils.labs.rank_lab import rank_slider
from course_utils.labs.remedies_lab import front_lab
from course_utils.labs.search_lab import twenty_trials
from course_utils.labs.sentence_lab import sentence_microscope
from course_utils.labs.sound_lab import sound_microscope
from course_utils.labs.strategy_lab import strategy_map
from course_utils.labs.thermometer_lab import thermometer

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
_LABS = Path(__file__).parent
_BODY = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 12px; background: light-dark(#f4f5f7, #0b0d10); }
#lab { margin: 0 auto; }
"""


@dataclass(frozen=True)
class LabPage:
    """What the page of one lab is made of; ``styles`` are added to the kit's."""

    name: str
    lesson: str
    script: Path
    data: dict[str, Any]
    styles: tuple[Path, ...] = ()


def _pages() -> list[LabPage]:
    return [
        LabPage(
            "microscope",
            "01_what_layers_learned",
            _LABS / "microscope_lab" / "microscope_page.js",
            microscope_data.whole_page_data(),
            microscope.STYLES,
        ),
        LabPage(
            "label-budget",
            "02_feature_extraction",
            _LABS / "budget_lab" / "budget_page.js",
            picture_sheet.whole_page_data(),
            label_budget.STYLES,
        ),
        LabPage(
            "freeze-lab",
            "03_fine_tuning",
            _LABS / "freezing_lab" / "freeze_page.js",
            freeze_lab.page_data(recorded("map-scans")),
        ),
        LabPage(
            "depth-rate-map",
            "04_how_deep_how_fast",
            _LABS / "map_lab" / "map_page.js",
            depth_rate_map.page_data(recorded("map-scans")),
            depth_rate_map.STYLES,
        ),
        LabPage(
            "forgetting-thermometer",
            "05_catastrophic_forgetting",
            _LABS / "thermometer_lab" / "thermometer_page.js",
            thermometer.page_data(recorded("remedies-scans")),
            thermometer.STYLES,
        ),
        LabPage(
            "front-lab",
            "06_keeping_what_you_had",
            _LABS / "remedies_lab" / "front_page.js",
            front_lab.page_data(recorded("front-scans")),
            front_lab.STYLES,
        ),
        LabPage(
            "strategy-map",
            "07_which_strategy",
            _LABS / "strategy_lab" / "strategy_page.js",
            strategy_map.page_data(grid_cells(*GRID_TASKS)),
            strategy_map.STYLES,
        ),
        LabPage(
            "sentence-microscope",
            "08_text",
            _LABS / "sentence_lab" / "sentence_page.js",
            sentence_microscope.page_data(recorded("text-sentences")),
            sentence_microscope.STYLES,
        ),
        LabPage(
            "rank-slider",
            "09_small_adapters",
            _LABS / "rank_lab" / "rank_page.js",
            rank_slider.page_data({task: recorded(f"ranks-{task}") for task in rank_slider.TASKS}),
            rank_slider.STYLES,
        ),
        LabPage(
            "two-levers",
            "10_fine_tune_or_retrieve",
            _LABS / "levers_lab" / "levers_page.js",
            two_levers.page_data(recorded("language-answers"), recorded("language-levers")),
            two_levers.STYLES,
        ),
        LabPage(
            "sound-microscope",
            "11_sound",
            _LABS / "sound_lab" / "sound_page.js",
            sound_microscope.page_data(recorded("sound-looks"), recorded("sound-layers")),
            sound_microscope.STYLES,
        ),
        LabPage(
            "twenty-trials",
            "12_hyperparameters",
            _LABS / "search_lab" / "search_page.js",
            twenty_trials.page_data(
                {task: Sweep(recorded(f"sweep-{task}")) for task in twenty_trials.TASKS}, recorded("searches")
            ),
            twenty_trials.STYLES,
        ),
        LabPage(
            "ten-envelopes",
            "13_your_own",
            _LABS / "envelopes_lab" / "envelopes_page.js",
            ten_envelopes.page_data(recorded("envelopes")),
            ten_envelopes.STYLES,
        ),
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
        write_atomically(home / "lab.css", style_sheet(*page.styles) + _BODY)
        write_atomically(home / "data.json", json.dumps(page.data, separators=(",", ":")))
        title = page.data["table"]["words"]["question"]
        write_atomically(home / "index.html", _PAGE.substitute(title=escape(title), lesson=escape(lesson)))
    return [folder / page.name / "index.html" for page in pages]
