"""The documents are correct: the lessons' table, the links and the commands."""

import re
from pathlib import Path

import pytest

import course_utils
from course_utils.authoring.sources import read_source
from course_utils.checkout import find_lessons
from course_utils.cli.main import run

ROOT = Path(course_utils.__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("lesson", find_lessons(ROOT), ids=lambda lesson: lesson.name)
def test_the_readme_has_each_lessons_question_and_minutes(lesson) -> None:
    about = read_source(lesson.source).metadata.course
    row = f"| {lesson.name[:2]} | {about['title']} | {about['question']} | {about['minutes']} |"
    assert row in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = _links(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_and_option_exists(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = document.read_text(encoding="utf-8")
    for command, rest in re.findall(r"\bcourse ((?:class |models )?[a-z]+)((?: [^`\n|]*)?)", "\n".join(_code(text))):
        assert run([*command.split(), "--help"]) == 0, command
        known = capsys.readouterr().out
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known, f"course {command} {option}"


def test_the_readme_has_links_to_files_and_commands_to_look_at() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(_links(text)) >= 5
    assert len(_code(text)) >= 3


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_and_module_of_the_library_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"`((?:course_utils|tests|solutions|datasets)/[\w/*.-]+)`", document.read_text(encoding="utf-8"))
    examples = re.compile(r"NN|your_")
    assert [n for n in named if not examples.search(n) and not any(ROOT.glob(n.rstrip("/")))] == []


def _links(text: str) -> list[str]:
    """Return the files that a document links to or shows."""
    return re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r'src(?:set)?="([^":]+)"', text)


def _code(text: str) -> list[str]:
    """Return what a reader would type: code on its own lines that starts with a command, and code in the text."""
    blocks = re.findall(r"```\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.split("#")[0] for block in blocks for line in block.splitlines()]
    return [code for code in lines + re.findall(r"`([^`\n]+)`", text) if re.match(r"(\S*[/\\])?course [a-z]", code)]
