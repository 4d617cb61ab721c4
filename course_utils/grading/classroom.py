"""Make class folders: ordinary nbgrader course folders, made from the lessons' sources."""

import secrets
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_grade

from course_utils.authoring.knowledge_check_cells import asks_for_questions, for_class
from course_utils.authoring.manual_questions import add_paragraph, read_manual_questions
from course_utils.authoring.questions import QUESTIONS, Bank, read_bank, read_questions
from course_utils.authoring.quick_check_cells import count_quick_checks
from course_utils.authoring.sources import notebook_text, read_source
from course_utils.checkout import find_lessons
from course_utils.errors import CourseError
from course_utils.files import write_atomically
from course_utils.grading.class_settings import CONFIG, LessonSettings, lesson_settings

SECRET = "secret_seed"  # draws the questions of this class's knowledge checks
_EMPTY = ("release", "submitted")


def init(directory: Path, root: Path, quick_checks_count: bool = False) -> list[Path]:
    """Make ``directory`` a class folder, or add what is missing from one; existing files are never changed.

    It gets nbgrader's settings, a README, a secret seed and, for every lesson with points, a source notebook with its
    solutions and hidden tests. Its knowledge check is drawn by the seed from the course's bank and from the
    instructor's own, ``questions/bank_NN.toml``, if there is one; behind it comes a question that a person marks, from
    ``questions/manual.toml`` there or from the course's. nbgrader makes the gradebook when it first needs it.

    Args:
        root: the course's checkout.
        quick_checks_count: give a point for each quick check, and write so into the settings.

    Returns:
        The files that were added, in order; empty when nothing was missing.

    Raises:
        CourseError: ``directory`` is inside the checkout, is a file, or is neither empty nor a class folder; its seed
            is empty, or its settings or a file of questions in it can't be used, or the settings say otherwise.
        OSError: it cannot be written.
    """
    directory = directory.absolute()
    _require_usable(directory, root)
    seed = _secret_seed(directory)
    # The settings come first: a folder that has them can be completed after a Ctrl-C or a full disk.
    added = _add_missing(directory, {Path(CONFIG): _settings(quick_checks_count)})
    settings = lesson_settings(directory)
    if quick_checks_count and not settings.quick_checks_count:
        raise CourseError(
            f"{directory / CONFIG} says that quick checks don't count. Write c.ClassLessons.quick_checks_count = True "
            "there, delete the folders in source/ that you haven't handed out, and run the command again."
        )
    contents = {Path("README.md"): _template("README.md"), Path(SECRET): f"{seed}\n"}
    for name, notebook in _class_lessons(directory, root, seed, settings):
        contents[Path("source", name, f"{name}.ipynb")] = notebook_text(notebook)
    added += _add_missing(directory, contents)
    for name in _EMPTY:
        (directory / name).mkdir(exist_ok=True)
    return added


def _class_lessons(
    directory: Path, root: Path, seed: str, settings: LessonSettings
) -> Iterator[tuple[str, NotebookNode]]:
    """Yield the lessons with points, by name, as this class gets them."""
    paragraphs = read_manual_questions(root / QUESTIONS) | read_manual_questions(directory / QUESTIONS.name)
    quick_checks = read_questions(root) if settings.quick_checks_count else {}
    for lesson in find_lessons(root):
        notebook, number = read_source(lesson.source), lesson.name[:2]
        if any(map(asks_for_questions, notebook.cells)):
            for_class(notebook, number, class_bank(directory, root, number), seed)
        count_quick_checks(notebook, number, quick_checks.get(f"lesson_{number}", {}), seed)
        if not any(map(is_grade, notebook.cells)):
            continue
        if settings.paragraph_points and number in paragraphs:
            add_paragraph(notebook, paragraphs[number], settings.paragraph_points)
        yield lesson.name, notebook


def _add_missing(directory: Path, contents: Mapping[Path, str]) -> list[Path]:
    missing = [path for path in contents if not (directory / path).exists()]
    for path in missing:
        write_atomically(directory / path, contents[path])
    return [directory / path for path in missing]


def assignments(directory: Path) -> list[str]:
    """Return the names of the assignments in the class folder ``directory``, in order.

    Raises:
        CourseError: it is not a class folder.
    """
    if not (directory / CONFIG).is_file():
        raise CourseError(f"{directory} is not a class folder: it has no {CONFIG}. Make one: course class init DIR")
    return sorted(path.name for path in (directory / "source").iterdir() if path.is_dir())


def next_steps(directory: Path) -> str:
    """Return what to type next, with the first assignment as the example."""
    name = assignments(directory)[0]
    return (
        f"{directory} is a class folder. In it, with the course's environment active:\n"
        f"  course class release {name}\n"
        f"  course class collect {name} submissions.zip\n"
        f"  course class grade {name}  (or, without a sandbox: nbgrader autograde {name})\n"
        f"  nbgrader generate_feedback {name}\n"
        f"  course class export {name}\n"
        f"Its assignments: {', '.join(assignments(directory))}. Its README.md says more."
    )


def _require_usable(directory: Path, root: Path) -> None:
    if directory.resolve().is_relative_to(root.resolve()):
        raise CourseError(
            f"{directory} is inside the course, where learners' work must never be. "
            "Name a folder outside: course class init DIR"
        )
    if not directory.exists():
        return
    if not directory.is_dir():
        raise CourseError(f"{directory} is a file. Name a folder: course class init DIR")
    if any(directory.iterdir()) and not (directory / CONFIG).is_file():
        raise CourseError(
            f"{directory} is not a class folder: it is not empty and has no {CONFIG}. "
            "Name a new folder: course class init DIR"
        )


def _secret_seed(directory: Path) -> str:
    """Return the folder's seed for drawing questions, or a new one if it has none yet."""
    place = directory / SECRET
    if not place.exists():
        return secrets.token_hex(16)
    seed = place.read_text(encoding="utf-8").strip()
    if not seed:
        raise CourseError(f"{place} is empty, so no questions can be drawn. Put its backup back, or delete it.")
    return seed


def class_bank(directory: Path, root: Path, lesson: str) -> Bank:
    """Return the course's questions for a lesson ("02") and the instructor's own.

    Args:
        directory: the class folder.
        root: the course's checkout.

    Raises:
        CourseError: a bank breaks the schema, or both have a question with the same id.
    """
    folders = root / QUESTIONS, directory / QUESTIONS.name
    banks = [bank for folder in folders if (bank := read_bank(folder, lesson))]
    twice = [id for bank in banks[:1] for id in bank.questions if any(id in bank.questions for bank in banks[1:])]
    if twice:
        own = directory / QUESTIONS.name / f"bank_{lesson}.toml"
        raise CourseError(f"{own}: the course has a question {twice[0]}, too. Give yours ids from {lesson}.k50 on.")
    return Bank(
        {id: variants for bank in banks for id, variants in bank.questions.items()},
        {id: topic for bank in banks for id, topic in bank.topics.items()},
        {id: named for bank in banks for id, named in bank.misconceptions.items()},
    )


def _template(name: str) -> str:
    return (files("course_utils.grading") / "class_folder" / name).read_text(encoding="utf-8")


def _settings(quick_checks_count: bool) -> str:
    line = "c.ClassLessons.quick_checks_count = "
    return _template(CONFIG).replace(f"{line}False", f"{line}{quick_checks_count}")
