"""``course adapt`` on photographs: within its time, as predicted, and usable without the course."""

import csv
import json
import os
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_photographs_of_ants_and_bees_become_a_model_that_other_programs_run(real_assets, tmp_path):
    out = tmp_path / "ants_bees-model"
    program = "import sys; from course_utils.cli.main import main; sys.argv[0] = 'course'; main()"
    command = [sys.executable, "-c", program, "adapt", str(real_assets / "ants_bees"), "--out", str(out), "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    result = json.loads(said.stdout)
    assert result["parts"]["train"]["count"] > 140
    assert result["test"]["accuracy"] >= 0.85
    assert result["test"]["as_predicted"]
    assert [export["problem"] for export in result["exports"]] == ["", "", ""]
    assert max(export["difference"] for export in result["exports"]) <= 1e-4

    with (out / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "test"][:12]
    files = [str(real_assets / "ants_bees" / row["file"]) for row in rows]
    script = "import sys, json, classify; print(json.dumps([classify.classify(file) for file in sys.argv[1:]]))"
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # without the course
    again = subprocess.run(
        [sys.executable, "-c", script, *files], capture_output=True, text=True, check=True, cwd=out, env=clean
    )
    for row, chances in zip(rows, json.loads(again.stdout), strict=True):
        assert chances["ants"] == pytest.approx(float(row["p(ants)"]), abs=1e-4)
