"""Lesson 07's claims: the grid of strategies, what predicts the gain, and the advisor on tasks that it doesn't know."""

from collections.abc import Sequence

import numpy as np
import pytest

from course_utils import advisor, extract_features, linear_probe, load_backbone, load_dataset
from course_utils.experiments import GRID_TASKS, HELD_OUT_TASKS, STRATEGIES, GridCell, grid_cells, recorded

pytestmark = pytest.mark.claims
REUSING = [strategy for strategy in STRATEGIES if strategy != "from scratch"]
#: What goes by the looks for like the source.
LIKE = ("shapes", "digits")


def quoted(cell: GridCell) -> str:
    """What the table of the lesson says."""
    if cell.labels <= 5:
        return "features, last block" if cell.task in LIKE else "features, best block"
    return "top block" if cell.labels <= 50 else "everything"


def cell_of(task: str, labels: int) -> GridCell:
    return next(cell for cell in grid_cells(task) if cell.labels == labels)


def lead(cell: GridCell, one: str, other: str) -> np.ndarray:
    """How many points one strategy is ahead of another, by seed."""
    return 100 * (np.array(cell.accuracies[one]) - np.array(cell.accuracies[other]))


def test_07a_near_the_source_with_few_labels_features_beat_scratch_by_far(claims_table):
    ahead = lead(cell_of("shapes", 5), "features, last block", "from scratch")
    assert claims_table.add("07a", "shapes, 5 labels: features minus scratch", ahead, "at least 50", " pts") >= 50


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_07b_no_strategy_is_safe_everywhere(strategy, claims_table):
    worst = max(grid_cells(*GRID_TASKS), key=lambda cell: cell.regret(strategy))
    best = max(STRATEGIES, key=worst.mean)
    behind = lead(worst, best, strategy)
    what = f"{strategy}: its largest regret, {worst.task} with {worst.labels}"
    assert claims_table.add("07b", what, behind, "at least 4", " pts") >= 4


@pytest.mark.parametrize("labels", [20, 50])
def test_07c_on_tissue_even_the_best_way_to_transfer_is_behind_scratch(labels, claims_table):
    cell = cell_of("tissue", labels)
    behind = lead(cell, "from scratch", max(REUSING, key=cell.mean))
    what = f"tissue, {labels} labels: scratch minus the best way to transfer"
    assert claims_table.add("07c", what, behind, "at least 2", " pts") >= 2


def test_07d_on_tissue_features_of_a_million_photographs_are_far_behind_a_small_network_from_scratch(claims_table):
    patches = load_dataset("tissue", image_size=96)
    pool, unseen = patches.train.few(40, seed=0), patches.test.few(60, seed=0)
    network = load_backbone("efficientnet_lite0", image_size=96)
    learned, measured = (extract_features(network, part.inputs) for part in (pool, unseen))
    drawn = [pool.few_rows(20, seed) for seed in range(5)]
    probes = [linear_probe(learned[rows], pool.labels[rows]).score(measured, unseen.labels) for rows in drawn]
    behind = 100 * (np.array(cell_of("tissue", 20).accuracies["from scratch"]) - np.array(probes))
    what = "tissue, 20 labels: a small network from scratch minus ImageNet features"
    assert claims_table.add("07d", what, behind, "at least 15", " pts") >= 15


def _real(task: str, strategy: str, labels: int) -> np.ndarray:
    """Return what a way to reuse the network of a million photographs reaches on a task, by seed."""
    rows = [r for r in recorded(f"strategies-{task}-96") if (r["strategy"], r["labels"]) == (strategy, labels)]
    return 100 * np.array([row["accuracy"] for row in sorted(rows, key=lambda row: row["seed"])])


@pytest.mark.parametrize("labels", [5, 20, 50])
def test_07g_on_tissue_its_frozen_features_are_behind_those_of_random_weights(labels, claims_table):
    behind = _real("tissue", "random features", labels) - _real("tissue", "features, last block", labels)
    what = f"tissue, {labels} labels: random features minus those of a million photographs"
    assert claims_table.add("07g", what, behind, "at least 5", " pts") >= 5
    best = _real("tissue", "features, best block", labels) - _real("tissue", "random features", labels)
    what = f"tissue, {labels} labels: its best block minus random features"
    assert abs(claims_table.add("07g", what, best, "within 6", " pts")) <= 6


@pytest.mark.parametrize("labels", [5, 20, 50])
def test_07g_training_all_of_it_helps_on_tissue_and_stays_behind_a_small_network_from_scratch(labels, claims_table):
    trained = _real("tissue", "everything", labels)
    gained = trained - _real("tissue", "features, last block", labels)
    what = f"tissue, {labels} labels: everything minus features, of a million photographs"
    assert claims_table.add("07g", what, gained, "at least 10", " pts") >= 10
    behind = 100 * np.array(cell_of("tissue", labels).accuracies["from scratch"]) - trained
    what = f"tissue, {labels} labels: a small network from scratch minus all of a real one trained"
    assert claims_table.add("07g", what, behind, "at least 2", " pts") >= 2


@pytest.mark.parametrize("strategy", REUSING)
@pytest.mark.parametrize("labels", [5, 20])
def test_07g_on_textures_every_way_to_reuse_it_is_far_ahead_of_scratch(labels, strategy, claims_table):
    scratch = 100 * np.array(cell_of("photo-textures", labels).accuracies["from scratch"])
    ahead = _real("photo-textures", strategy, labels) - scratch
    what = f"textures, {labels} labels: {strategy}, of a million photographs, minus scratch"
    assert claims_table.add("07g", what, ahead, "at least 10", " pts") >= 10


def test_07e_on_tasks_that_it_does_not_know_the_advisor_beats_the_table(claims_table):
    cells, known = grid_cells(*HELD_OUT_TASKS), grid_cells(*GRID_TASKS)
    advice = [(cell, advisor.advise(cell.labels, cell.head_start, known).strategy) for cell in cells]
    answered = [(cell, strategy) for cell, strategy in advice if strategy]
    own = [cell.regret(strategy) for cell, strategy in answered]
    table = [cell.regret(quoted(cell)) for cell, _ in answered]
    assert len(answered) == 6
    claims_table.add("07e", "held-out tasks: regret of the table, by cell", table, "", " pts")
    claims_table.add("07e", "held-out tasks: regret of the advisor, by cell", own, "", " pts")
    saved = np.array(table) - np.array(own)
    assert claims_table.add("07e", "held-out tasks: table minus advisor, by cell", saved, "at least 1", " pts") >= 1


def test_07e_but_it_does_not_beat_the_best_blunt_rule(claims_table):
    cells, known = grid_cells(*HELD_OUT_TASKS), grid_cells(*GRID_TASKS)
    gain = [
        cell.regret("LP-FT") - cell.regret(advisor.advise(cell.labels, cell.head_start, known).strategy)
        for cell in cells
    ]
    assert claims_table.add("07e", "held-out tasks: always LP-FT minus advisor", gain, "at most 1", " pts") <= 1


def blunt_order(known: list[GridCell]) -> list[str]:
    """Return the strategies in the order of their mean regret on cells that are known."""
    return sorted(STRATEGIES, key=lambda strategy: np.mean([cell.regret(strategy) for cell in known]))


def shortlists(tested: list[GridCell], known: list[GridCell]) -> list[tuple[GridCell, Sequence[str]]]:
    """Return the cells that the advisor, who knows others, has an answer to, with its shortlist."""
    asked = [(cell, advisor.advise(cell.labels, cell.head_start, known).shortlist) for cell in tested]
    return [(cell, shortlist) for cell, shortlist in asked if shortlist]


def test_07h_on_tasks_that_it_does_not_know_its_shortlist_and_validation_halve_the_tables_regret(claims_table):
    cells = grid_cells(*HELD_OUT_TASKS)
    answered = shortlists(cells, grid_cells(*GRID_TASKS))
    assert len(answered) == len(cells)
    own = [cell.regret_by_validation(shortlist) for cell, shortlist in answered]
    table = np.mean([cell.regret(quoted(cell)) for cell in cells])
    what = "held-out tasks: regret of the advisor's shortlist, validation chooses"
    assert claims_table.add("07h", what, own, f"at most half of the table's {table:.1f}", " pts") <= table / 2
    more = np.array(own) - [cell.regret_by_validation(STRATEGIES) for cell in cells]
    what = "held-out tasks: that regret minus the one of a choice among all six"
    assert claims_table.add("07h", what, more, "at most 1", " pts") <= 1


def test_07h_on_these_the_shortlist_is_ahead_of_as_many_that_are_the_same_for_all(claims_table):
    known = grid_cells(*GRID_TASKS)
    gain = [
        cell.regret_by_validation(blunt_order(known)[: len(shortlist)]) - cell.regret_by_validation(shortlist)
        for cell, shortlist in shortlists(grid_cells(*HELD_OUT_TASKS), known)
    ]
    what = "held-out tasks: as many that are the same for all, minus the shortlist"
    assert claims_table.add("07h", what, gain, "at least 0.5", " pts") >= 0.5


def test_07h_with_each_task_of_the_grid_held_out_they_are_about_level(claims_table):
    grid, gain = grid_cells(*GRID_TASKS), []
    for task in GRID_TASKS:
        known = [cell for cell in grid if cell.task != task]
        for cell, shortlist in shortlists([cell for cell in grid if cell.task == task], known):
            blunt = blunt_order(known)[: len(shortlist)]
            gain.append(cell.regret_by_validation(blunt) - cell.regret_by_validation(shortlist))
    what = "each grid task held out: as many that are the same for all, minus the shortlist"
    assert abs(claims_table.add("07h", what, gain, "within 1", " pts")) <= 1


def test_07h_with_tissue_held_out_validation_among_all_six_is_far_ahead_since_no_list_has_scratch(claims_table):
    known = [cell for cell in grid_cells(*GRID_TASKS) if cell.task != "tissue"]
    missed = []
    for cell, shortlist in shortlists(grid_cells("tissue"), known):
        assert "from scratch" not in {*shortlist, *blunt_order(known)[: len(shortlist)]}
        missed.append(cell.regret_by_validation(shortlist) - cell.regret_by_validation(STRATEGIES))
    what = "tissue held out: regret of the shortlist minus that of a choice among all six"
    assert claims_table.add("07h", what, missed, "at least 2", " pts") >= 2


def test_07f_with_as_much_effort_transfer_is_still_behind_on_tissue(claims_table):
    tuned = [row["accuracy"] for row in sorted(recorded("tuned-tissue"), key=lambda row: row["seed"])]
    behind = 100 * (np.array(cell_of("tissue", 20).accuracies["from scratch"]) - np.array(tuned))
    what = "tissue, 20 labels: scratch minus fine-tuned with as much effort"
    assert claims_table.add("07f", what, behind, "at least 1", " pts") >= 1
