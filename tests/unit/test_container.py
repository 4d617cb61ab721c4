"""The container recipe: nobody's root, no network, nothing to write but the class folder and memory."""

from pathlib import Path

import yaml

import course_utils

CONTAINERS = Path(course_utils.__file__).parents[1] / "containers"


def test_the_container_has_no_network_no_root_and_writes_only_the_class_folder() -> None:
    course = yaml.safe_load((CONTAINERS / "compose.yaml").read_text(encoding="utf-8"))["services"]["course"]
    assert course["network_mode"] == "none"
    assert course["read_only"] is True
    assert course["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in course["security_opt"]
    assert not course["user"].endswith(":-0:0}")
    assert [volume.rpartition(":")[2] for volume in course["volumes"]] == ["/class"]
    assert "privileged" not in course
    assert (CONTAINERS / course["build"]["context"] / course["build"]["dockerfile"]).is_file()


def test_the_image_has_bubblewrap_and_ends_as_an_ordinary_user() -> None:
    lines = (CONTAINERS / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] not in ("root", "0")
    assert any("bubblewrap" in line for line in lines)


def test_the_commands_in_the_documentation_name_the_recipe() -> None:
    said = (CONTAINERS.parent / "docs" / "instructors.md").read_text(encoding="utf-8")
    assert "docker compose -f containers/compose.yaml run --rm course class doctor" in said
