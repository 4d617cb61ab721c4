"""The advisor: the nearest cells answer, the cheapest of what is as good, and nobody knows what nobody measured."""

import json

import pytest

from course_utils import advisor
from course_utils.advisor import advise
from course_utils.cli import main
from course_utils.errors import CourseError
from course_utils.experiments import STRATEGIES, GridCell

COSTS = dict(zip(STRATEGIES, (1.0, 1.0, 90.0, 170.0, 170.0, 900.0), strict=True))


def cell(task: str, labels: int, head_start: float, **best: float) -> GridCell:
    """Return a cell in which every strategy reaches 50 % on both seeds, but for those that are named."""
    accuracies = {s: [0.5, 0.5] for s in STRATEGIES}
    for name, accuracy in best.items():
        accuracies[{"everything": "everything", "lp_ft": "LP-FT", "scratch": "from scratch"}[name]] = [
            accuracy - 0.01,
            accuracy + 0.01,
        ]
    return GridCell(task, labels, head_start, accuracies, accuracies, COSTS)


BUDGETS = (2, 3, 4, 5, 7, 10, 15, 20)
NEAR = [cell("near", n, 90, lp_ft=0.51) for n in BUDGETS]
FAR = [cell("far", n, 10, everything=0.8, scratch=0.7) for n in BUDGETS]


def test_regret_is_measured_from_the_best_strategy():
    far = FAR[0]
    assert far.regret("everything") == 0
    assert far.regret("from scratch") == pytest.approx(10)
    assert far.regret("LP-FT") == pytest.approx(30)


def test_validation_chooses_seed_by_seed_and_of_two_alike_the_first():
    accuracies = {s: [0.5, 0.5] for s in STRATEGIES} | {"LP-FT": [0.9, 0.6], "everything": [0.7, 0.7]}
    validation = {s: [0.5, 0.5] for s in STRATEGIES} | {"LP-FT": [0.9, 0.6], "everything": [0.8, 0.8]}
    cell = GridCell("task", 5, 0, accuracies, validation, COSTS)
    assert cell.regret_by_validation(["LP-FT"]) == cell.regret("LP-FT") == 0
    assert cell.regret_by_validation(["everything", "LP-FT"]) == pytest.approx(75 - 80)  # 0.9 and 0.7, not LP-FT's 0.6
    assert cell.regret_by_validation(["top block", "features, last block"]) == pytest.approx(25)
    other = GridCell("task", 5, 0, accuracies, {s: [1, 1] for s in STRATEGIES}, COSTS)
    assert other.regret_by_validation(["everything", "LP-FT"]) == pytest.approx(75 - 70)


def test_the_head_start_decides_which_cells_are_near_and_what_is_cheaper_is_named():
    near = advise(10, 88, NEAR + FAR)
    assert (near.strategy, near.cheaper) == ("LP-FT", "features, last block")  # a point behind
    assert near.shortlist[0] == "LP-FT"
    assert sorted(near.shortlist) == sorted(STRATEGIES)
    far = advise(10, 12, NEAR + FAR)
    assert (far.strategy, far.cheaper) == ("everything", "everything")
    assert far.shortlist == ["everything"]
    assert {c.task for c in far.cells} == {"far"}
    lead = next(option.lead for option in far.options if option.strategy == "everything")
    assert lead == pytest.approx((30, 29, 31))


def test_without_a_head_start_all_tasks_are_asked_at_the_nearest_budgets():
    advice = advise(10, None, NEAR + FAR)
    assert {c.task for c in advice.cells} == {"near", "far"}
    assert {7, 10, 15} <= {c.labels for c in advice.cells}


@pytest.mark.parametrize(("labels", "head_start"), [(2000, 90), (0.5, 90), (10, 200), (10, -60)])
def test_nobody_knows_what_nobody_measured(labels, head_start):
    advice = advise(labels, head_start, NEAR + FAR)
    assert advice.strategy is None
    assert advice.options == advice.shortlist == ()
    assert advice.why.startswith("I don't know")


def test_bad_input_is_refused_in_a_sentence():
    with pytest.raises(CourseError, match="above 0"):
        advise(0, 10, NEAR)
    with pytest.raises(CourseError, match="nothing to answer from"):
        advise(10, 10, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--labels", "1", "--classes", "2"], "at least one labelled picture"),
        (["--labels", "10", "--classes", "1"], "2 or more classes"),
        (["--labels", "10", "--classes", "2", "--folder", "/nowhere/at/all"], "no folder of that name"),
    ],
)
def test_the_command_refuses_in_one_sentence(arguments, message, capsys):
    assert main.run(["advise", *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_the_command_answers_in_words_and_in_json(monkeypatch, capsys):
    monkeypatch.setattr(advisor, "grid_cells", lambda *tasks: NEAR + FAR)
    assert main.run(["advise", "--labels", "20", "--classes", "2"]) == 0
    said = capsys.readouterr().out
    assert "no head start measured" in said
    assert "let your validation pictures choose" not in said  # everything is far ahead
    assert main.run(["advise", "--labels", "20", "--classes", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["labels_per_class"] == 10


def test_where_several_are_about_as_good_the_command_names_them(monkeypatch, capsys):
    monkeypatch.setattr(advisor, "grid_cells", lambda *tasks: NEAR)
    assert main.run(["advise", "--labels", "20", "--classes", "2"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("About as good by these cells, so let your validation pictures choose: LP-FT, ")


def test_the_command_measures_a_folder_and_checks_its_classes(monkeypatch, capsys):
    monkeypatch.setattr(advisor, "grid_cells", lambda *tasks: NEAR + FAR)
    monkeypatch.setattr(advisor, "measure_head_start", lambda task, labels: 12.0 + labels / 100)
    monkeypatch.setattr("course_utils.data.load_dataset", lambda folder, image_size: _tiny(image_size))
    assert main.run(["advise", "--labels", "20", "--classes", "2", "--folder", "x"]) == 0
    assert "head start +12 points: everything" in capsys.readouterr().out
    assert main.run(["advise", "--labels", "20", "--classes", "3", "--folder", "x"]) == 1
    assert "holds 2 classes (a, b), but --classes says 3" in capsys.readouterr().err


def _tiny(size):
    import numpy as np

    from course_utils.data import Dataset, Split

    assert size == 32
    return Dataset("tiny", ("a", "b"), lambda part: Split(np.zeros((8, 2, 2, 3)), np.arange(8) % 2), "card")
