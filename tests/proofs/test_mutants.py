"""Mechanical mutants of each solution: its check must catch all that are not as right as the solution."""

import copy

import pytest
from equivalents import EQUIVALENT
from matrix import PROOFS
from mutants import evenly, mutants
from proof import SEEDS, Proof, define, solution

pytestmark = pytest.mark.proofs

MOST = {"04.e3": 8, "03.e2": 16, "03.e5": 8, "04.e1": 12}  # these train; the others answer at once
SECONDS = {"04.e3": 30}


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning", "ignore::SyntaxWarning")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.id)
def test_the_check_catches_the_mutants_of_the_solution(proof: Proof, record_property) -> None:
    cell = solution(proof.id)
    made = evenly(mutants(cell.source), MOST.get(proof.id, 24))
    exercise = copy.copy(proof.exercise)
    exercise.seconds = SECONDS.get(proof.id, 15)
    survivors = [
        mutant.change
        for mutant in made
        if all(exercise.check(define(mutant.tree, cell.names), seed).passed for seed in SEEDS)
    ]
    known = EQUIVALENT.get(proof.id, {})
    record_property("mutants", (proof.id, len(made), survivors, [change for change in survivors if change in known]))
    assert set(survivors) == set(known)
