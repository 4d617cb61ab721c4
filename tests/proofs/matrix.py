"""Every exercise's proof, in the order of the lessons."""

import proofs_00
import proofs_01
import proofs_02_models
import proofs_02_numbers
import proofs_03_models
import proofs_03_rates
import proofs_04_numbers
import proofs_04_training

MODULES = (
    proofs_00,
    proofs_01,
    proofs_02_models,
    proofs_02_numbers,
    proofs_03_models,
    proofs_03_rates,
    proofs_04_numbers,
    proofs_04_training,
)
PROOFS = sorted((proof for module in MODULES for proof in module.PROOFS), key=lambda proof: proof.id)
