"""The reports of a validation: for people, for CI servers and for programs."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree

from jinja2 import Environment, PackageLoader

from course_utils.files import write_atomically
from course_utils.validation.results import CellResult, NotebookResult, Validation

# XML 1.0 does not allow these characters, not even escaped.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_reports(validation: Validation, folder: Path) -> None:
    """Write ``report.html`` (self-contained), ``junit.xml`` and ``report.json`` to ``folder``.

    Raises:
        OSError: a report cannot be written.
    """
    write_atomically(folder / "report.html", as_html(validation))
    write_atomically(folder / "junit.xml", as_junit(validation))
    write_atomically(folder / "report.json", as_json(validation))


def as_json(validation: Validation) -> str:
    """Return the validation's fields under their own names, and ``passed``."""
    return json.dumps({"passed": validation.passed} | asdict(validation), indent=1) + "\n"


def as_html(validation: Validation) -> str:
    """Return a self-contained page for light and dark screens and for screen readers."""
    pages = Environment(loader=PackageLoader("course_utils.validation", "."), autoescape=True, trim_blocks=True)
    verdict = "all passed" if validation.passed else "something failed"
    return pages.get_template("report.html.jinja").render(validation=validation, verdict=verdict) + "\n"


def as_junit(validation: Validation) -> str:
    """Return a test suite for each version of a lesson, with a test case for each code cell."""
    suites = ElementTree.Element("testsuites", time=f"{validation.seconds:.3f}")
    for result in validation.results:
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=f"{result.lesson}.{result.version}",
            tests=str(len(result.cells)),
            failures=str(sum(cell.state == "failed" for cell in result.cells)),
            skipped=str(sum(cell.state == "not run" for cell in result.cells)),
            errors="0",
            time=f"{result.seconds:.3f}",
        )
        for cell in result.cells:
            _add_case(suite, result, cell)
    ElementTree.indent(suites, space=" ")
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ElementTree.Element, result: NotebookResult, cell: CellResult) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", name=cell.id, classname=suite.attrib["name"], time=f"{cell.seconds:.3f}"
    )
    if cell.state == "not run":
        ElementTree.SubElement(case, "skipped")
    elif result.failure and result.failure.number == cell.number:
        failure = ElementTree.SubElement(case, "failure", message=f"{result.outcome} in cell {cell.number}")
        failure.text = _NOT_XML.sub("\ufffd", f"{result.failure.source}\n\n{result.failure.last_lines}")
