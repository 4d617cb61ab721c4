"""Validate lessons: every solution must pass, and untouched learners' versions must run to their end."""

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from course_utils.accelerator import require_gpu
from course_utils.authoring.sources import notebook_text, read_lesson, read_source
from course_utils.checkout import Lesson, find_notebooks
from course_utils.errors import CourseError
from course_utils.execution.notebooks import execute
from course_utils.execution.papermill_engine import kill_kernels
from course_utils.execution.slicing import names_read, statements_of
from course_utils.files import write_atomically
from course_utils.quiet import without_remarks
from course_utils.validation.profiles import LESSON_MEMORY_MB, PROFILES, Profile
from course_utils.validation.progress_bars import ValidationProgress
from course_utils.validation.report import write_reports
from course_utils.validation.results import NotebookResult, Validation, Version, summarise

_PATIENCE = 10  # a cell is stopped at this many times its budget


def validate(
    root: Path,
    lessons: Sequence[str] = (),
    *,
    profile: str = "smoke",
    jobs: int = 1,
    report: Path | None = None,
    seed: int | None = None,
    backbone: str | None = None,
    dataset: str | None = None,
) -> Validation:
    """Execute the versions of the lessons and appendices of the checkout ``root``, and return how each ended.

    Both versions of a lesson run; in the profile ``smoke`` the learner's does so only where a cell uses an answer:
    elsewhere the two run the same code, and the release gates try the empty answers. Each runs in its own scratch
    folder, on its own kernel without a network. Progress goes to stderr.

    Args:
        lessons: as for ``find_notebooks``; none means all.
        profile: the lessons' parameter PROFILE: ``smoke``, ``laptop``, ``real`` or ``gpu``. A lesson that exceeds its
            budget of time or memory gets a warning; a cell that takes ten times its budget is stopped.
        jobs: how many notebooks run at once; they share the machine's cores.
        report: a folder for ``report.html``, ``report.json``, ``junit.xml`` and ``notebooks/``.
        seed, backbone, dataset: the parameters SEED, BACKBONE and DATASET; None keeps the lesson's own. In the profile
            ``real``, None stands for EfficientNet-Lite0, and for ``ants_bees`` in the folder COURSE_REAL_ASSETS.

    Raises:
        CourseError: an unknown lesson, profile, backbone or dataset; a lesson that was not built; the profile ``gpu``
            without a GPU, or ``real`` without photographs.
        OSError: a report or a scratch folder cannot be written.
    """
    chosen = find_notebooks(root, lessons)
    if profile not in PROFILES:
        raise CourseError(f"There is no profile {profile!r}. The profiles are: {', '.join(PROFILES)}.")
    if PROFILES[profile].needs_gpu:
        require_gpu()
    if jobs < 1:
        raise CourseError(f"jobs={jobs} is too few: at least one notebook has to run at a time.")
    if PROFILES[profile].backbone:
        backbone, dataset = backbone or PROFILES[profile].backbone, dataset or _photographs(profile)
    parameters = _parameters(profile, seed, backbone, dataset)
    cores = max(1, (os.cpu_count() or 1) // jobs)
    tasks = [task for lesson in chosen for task in _tasks(lesson, parameters, PROFILES[profile], cores)]
    if report:
        report.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with ValidationProgress(sum(task.seconds for task in tasks), len(tasks)) as progress:
        ended = _run_all(tasks, jobs, progress)
    validation = Validation(parameters, round(time.monotonic() - started, 1), [result for result, _ in ended])
    if report:
        for result, notebook in ended:
            name = f"{result.lesson}.{result.version}.ipynb"
            write_atomically(report / "notebooks" / name, notebook_text(notebook))
        write_reports(validation, report)
    return validation


def _photographs(profile: str) -> str:
    """Return the folder of photographs for the real networks, if this machine has it."""
    assets = os.environ.get("COURSE_REAL_ASSETS")
    if not assets:
        raise CourseError(
            f"The profile {profile} needs photographs: name a folder with one sub-folder of them per class "
            "(--dataset FOLDER), or set COURSE_REAL_ASSETS to a folder that has them in ants_bees."
        )
    return str(Path(assets) / "ants_bees")


def _parameters(profile: str, seed: int | None, backbone: str | None, dataset: str | None) -> dict[str, str | int]:
    parameters: dict[str, str | int] = {"PROFILE": profile}
    if seed is not None:
        parameters["SEED"] = seed
    if backbone is not None:
        with without_remarks():
            from course_utils.backbones import backbone_names  # starts Keras
        if backbone not in backbone_names():
            raise CourseError(f"There is no backbone {backbone!r}. They are: {', '.join(backbone_names())}.")
        parameters["BACKBONE"] = backbone
    if dataset is not None:
        with without_remarks():
            from course_utils.data import dataset_names
        if Path(dataset).is_dir():
            dataset = str(Path(dataset).absolute())
        elif dataset not in dataset_names():
            raise CourseError(
                f"There is no dataset {dataset!r}, and no such folder. They are: {', '.join(dataset_names())}."
            )
        parameters["DATASET"] = dataset
    return parameters


@dataclass(frozen=True)
class _Task:
    """One version of a lesson to execute; ``seconds`` is the time that its front matter announces."""

    lesson: str
    version: Version
    notebook: NotebookNode
    seconds: float
    parameters: Mapping[str, Any]
    budget: Profile
    cores: int

    def run(self, progress: ValidationProgress) -> tuple[NotebookResult, NotebookNode]:
        cells = len(self.notebook.cells)
        share, executed = self.seconds / cells, 0

        def count_cell() -> None:
            nonlocal executed
            executed += 1
            progress.advance(share)

        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="course-validate-", ignore_cleanup_errors=True) as scratch:
            notebook, outcome = execute(
                self.notebook,
                Path(scratch),
                self.parameters,
                cell_timeout=_PATIENCE * self.budget.cell_seconds,
                cores=self.cores,
                on_cell=count_cell,
            )
        progress.advance(share * (cells - executed))  # if it ended early, nothing is left to do
        result = summarise(self.lesson, self.version, notebook, outcome, time.monotonic() - started)
        result = replace(result, allowed_seconds=self.budget.allowed(self.seconds))
        result = replace(result, warnings=[*result.warnings, *_over_budget(result, self.budget)])
        return result, notebook


def _tasks(lesson: Lesson, parameters: Mapping[str, Any], budget: Profile, cores: int) -> list[_Task]:
    solution = read_source(lesson.source)
    learner = read_lesson(lesson)
    seconds = float(solution.metadata.course["seconds"])
    versions: dict[Version, NotebookNode] = {"solution": solution}
    if budget.both or uses_answers(learner):
        versions["learner"] = learner
    return [
        _Task(lesson.name, version, notebook, seconds, parameters, budget, cores)
        for version, notebook in versions.items()
    ]


def uses_answers(notebook: NotebookNode) -> bool:
    """Whether a cell of a lesson, other than those for answers and their checks, reads a name that an answer binds."""
    bound: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if "nbgrader" not in cell.metadata:
            if bound & names_read(cell.source):
                return True
        elif cell.metadata.nbgrader.get("solution"):
            bound.update(name for statement in statements_of(cell.source) for name in statement.binds)
    return False


def _run_all(
    tasks: Sequence[_Task], jobs: int, progress: ValidationProgress
) -> list[tuple[NotebookResult, NotebookNode]]:
    """Run the tasks, ``jobs`` at a time; Ctrl-C or an error in the course's code ends them all, with their kernels."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(task.run, progress) for task in tasks]
        try:
            for future in as_completed(futures):
                progress.ended(future.result()[0])
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while running := [future for future in futures if not future.done()]:
                kill_kernels()  # repeatedly, since another may be about to start
                wait(running, timeout=0.2)
            raise


def _over_budget(result: NotebookResult, budget: Profile) -> list[str]:
    warnings = []
    if result.seconds > result.allowed_seconds:
        warnings.append(f"took {result.seconds:.0f} s; this lesson should take {result.allowed_seconds:.0f} s")
    for cell in result.cells:
        if cell.seconds > budget.cell_seconds:
            warnings.append(
                f"cell {cell.number} ({cell.id}) took {cell.seconds:.0f} s; "
                f"a cell should take {budget.cell_seconds:.0f} s"
            )
    if result.peak_mb > LESSON_MEMORY_MB:
        warnings.append(f"held {result.peak_mb:.0f} MB; a lesson should hold {LESSON_MEMORY_MB:.0f} MB")
    return warnings
