"""Collecting: everybody's notebook goes to its place, whatever else an archive holds and whoever made it."""

import io
import json
import shutil
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_classroom import DEMO, LESSON

from course_utils.authoring import build as builder
from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.grading import classroom
from course_utils.grading.collecting import archives
from course_utils.grading.collecting.collect import Collected, collect
from course_utils.grading.collecting.collected import read_collected
from course_utils.grading.collecting.layouts import folder_name
from course_utils.grading.collecting.rosters import Participant, Roster, read_groups, read_worksheet
from course_utils.grading.submissions import MAX_BYTES, read_submission

OTHER = "02_trebling"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shutil.copytree(DEMO, tmp_path_factory.mktemp("collect") / "course")
    builder.build(root)
    folder = root.parent / "class"
    classroom.init(folder, root)
    other = folder / "source" / OTHER / f"{OTHER}.ipynb"
    other.parent.mkdir()
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Trebling"), new_code_cell("3")]), other)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "class")


def notebook(answer: str = "numbers = 1", lesson: str = LESSON) -> bytes:
    doubling = "# Doubling\nA lesson in its smallest form, for the tests of what handles lessons."
    text = doubling if lesson == LESSON else "# Trebling"
    cells = [new_markdown_cell(text, id="title"), new_code_cell(answer, id="numbers")]
    return nbformat.writes(new_notebook(cells=cells)).encode()


def zipped(path: Path, files: dict[str, bytes], **more: object) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, **more)
    return path


def collected(folder: Path, archive: Path, roster: Roster = Roster()) -> dict[str, Collected]:  # noqa: B008
    return {one.learner: one for one in collect(folder, LESSON, archive, roster)}


def submitted(folder: Path) -> dict[str, str]:
    """Return what is in ``submitted``: every file by its path below it."""
    root = folder / "submitted"
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def answers(folder: Path) -> dict[str, str]:
    """Return the answer of everybody whose notebook has been taken in."""
    root = folder / "submitted"
    learners = sorted(path.name for path in root.iterdir())
    return {name: read_submission(root, name, LESSON, ["numbers"]).answers["numbers"] for name in learners}


# The layouts ---------------------------------------------------------------------------------------------
def test_moodles_folders_and_moodles_flat_names(folder: Path, tmp_path: Path) -> None:
    flat = "Grace Hopper_45_assignsubmission_file_01_doubling.ipynb"
    files = {
        "Ada Lovelace_123_assignsubmission_file_/01_doubling.ipynb": notebook("a"),
        "Ada Lovelace_123_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
        flat: notebook("g"),
        "Jos\u00e9 \u0141_7_assignsubmission_file/my notebook.ipynb": notebook("j"),
    }
    found = collected(folder, zipped(tmp_path / "m.zip", files))
    assert {one.outcome for one in found.values()} == {"added"}
    assert answers(folder) == {"Ada Lovelace": "a", "Grace Hopper": "g", "Jos\u00e9 \u0141": "j"}
    known = read_collected(folder, LESSON).learners
    assert [known[name].id for name in ("Ada Lovelace", "Grace Hopper", "Jos\u00e9 \u0141")] == ["123", "45", "7"]


def test_people_of_the_same_name_and_anonymous_participants_are_kept_apart(folder: Path, tmp_path: Path) -> None:
    files = {f"Participant_{id}_assignsubmission_file_/x.ipynb": notebook(str(id)) for id in (1, 2)}
    collected(folder, zipped(tmp_path / "m.zip", files))
    assert answers(folder) == {"Participant 1": "1", "Participant 2": "2"}


def test_moodles_worksheet_says_who_and_when(folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "Identifier,Full name,Email address,Last modified (submission)\n"
        'Participant 1,Ada L,ada@uni.example,"Monday, 2 March 2026, 11:59 PM"\n'
        "Participant 2,Bob,bob@uni.example,-\n",
        encoding="utf-8-sig",
    )
    files = {f"X_{id}_assignsubmission_file_/x.ipynb": notebook(str(id)) for id in (1, 2, 3)}
    found = collected(folder, zipped(tmp_path / "m.zip", files), Roster(participants=read_worksheet(sheet)))
    assert "The worksheet doesn't have this participant" in found["X_3_assignsubmission_file_/x.ipynb"].remarks[0]
    assert answers(folder) == {"ada@uni.example": "1", "bob@uni.example": "2"}
    local = datetime(2026, 3, 2, 23, 59).astimezone(UTC)
    assert {path: text for path, text in submitted(folder).items() if path.endswith("timestamp.txt")} == {
        f"ada@uni.example/{LESSON}/timestamp.txt": f"{local:%Y-%m-%d %H:%M}:00.000000 UTC\n"
    }


def test_canvas_and_the_later_of_two_uploads(folder: Path, tmp_path: Path) -> None:
    files = {
        "lovelaceada_45_678_01_doubling.ipynb": notebook("first"),
        "lovelaceada_45_901_01_doubling-1.ipynb": notebook("second"),
        "hoppergrace_LATE_46_679_01_doubling.ipynb": notebook("g"),
        "anon_Ab3dE_680_01_doubling.ipynb": notebook("x"),
    }
    found = collected(folder, zipped(tmp_path / "c.zip", files))
    assert answers(folder) == {"lovelaceada_45": "second", "hoppergrace_46": "g", "anon_Ab3dE": "x"}
    assert found["lovelaceada_45"].remarks == ("2 notebooks were handed in; the last one counts.",)
    assert "Canvas says that it is late" in found["hoppergrace_46"].remarks[0]
    assert {name: one.id for name, one in read_collected(folder, LESSON).learners.items()} == {
        "lovelaceada_45": "45",
        "hoppergrace_46": "46",
        "anon_Ab3dE": "",
    }


def test_plain_folders_and_their_times(folder: Path, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for path, content in {
        "ada/x.ipynb": notebook("a"),
        f"bob/{LESSON}/{LESSON}.ipynb": notebook("b"),
        f"bob/{LESSON}/timestamp.txt": b"2026-03-02 12:00:00 CET",
        "cyd.ipynb": notebook("c"),
        "ada/.ipynb_checkpoints/x-checkpoint.ipynb": notebook("old"),
        "dan/timestamp.txt": b"soon",
        "dan/x.ipynb": notebook("d"),
    }.items():
        (inbox / path).parent.mkdir(parents=True, exist_ok=True)
        (inbox / path).write_bytes(content)
    (inbox / "eve").symlink_to(inbox / "ada")
    found = collected(folder, inbox)
    assert answers(folder) == {"ada": "a", "bob": "b", "cyd": "c", "dan": "d"}
    assert submitted(folder)[f"bob/{LESSON}/timestamp.txt"] == "2026-03-02 11:00:00.000000 UTC\n"
    assert found["dan"].remarks == ("Its timestamp.txt can't be read; it counts as in time.",)
    assert found["eve"].outcome == "refused"


def test_a_groups_submission_is_everybodys(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("group,learner\nred,Ada\nred,Bob\nblue,Cyd\nblue,Dan\n")
    roster = Roster(groups=read_groups(table))
    files = {
        "red-Ada_1_assignsubmission_file_/x.ipynb": notebook("r"),
        "red-Bob_2_assignsubmission_file_/x.ipynb": notebook("r"),
        "Cyd_3_assignsubmission_file_/x.ipynb": notebook("b"),
        "Eve_4_assignsubmission_file_/x.ipynb": notebook("e"),
    }
    collected(folder, zipped(tmp_path / "m.zip", files), roster)
    assert answers(folder) == {"Ada": "r", "Bob": "r", "Cyd": "b", "Dan": "b", "Eve": "e"}
    assert read_collected(folder, LESSON).learners["Bob"].id == "2"
    collected(folder, zipped(tmp_path / "plain.zip", {"Bob.ipynb": notebook("later")}))
    assert read_collected(folder, LESSON).learners["Bob"].id == "2"  # which Moodle will ask for
    table.write_text("group,learner\nred,Ada\nblue,Ada\n")
    with pytest.raises(CourseError, match="Ada is in red and in blue"):
        read_groups(table)
    table.write_text("team,learner\n")
    with pytest.raises(CourseError, match="has no column 'group'"):
        read_groups(table)


def test_a_group_is_known_by_the_name_that_the_platform_writes(folder: Path, tmp_path: Path) -> None:
    roster = Roster(
        groups={"Team Red": ("Ada", "Bob"), "Blue": ("Cyd", "Dan")},
        participants={"7": Participant("Cyd", None), "8": Participant("Dan", None), "901": Participant("Eve", None)},
    )
    collected(folder, zipped(tmp_path / "c.zip", {"teamred_45_678_x.ipynb": notebook("r")}), roster)
    assert answers(folder) == {"Ada": "r", "Bob": "r"}
    files = {"Blue_901_assignsubmission_file/x.ipynb": notebook("b")}  # the number is the group's, not Eve's
    collected(folder, zipped(tmp_path / "m.zip", files), roster)
    assert answers(folder) == {"Ada": "r", "Bob": "r", "Cyd": "b", "Dan": "b"}
    known = read_collected(folder, LESSON).learners
    assert {name: one.id for name, one in known.items()} == {"Ada": "", "Bob": "", "Cyd": "7", "Dan": "8"}
    collected(folder, zipped(tmp_path / "d.zip", {"Default group_assignsubmission_file/x.ipynb": notebook("d")}))
    assert answers(folder)["Default group"] == "d"


def test_nobody_can_take_another_learners_name_or_a_time_that_suits(folder: Path, tmp_path: Path) -> None:
    files = {
        f"{name}_{id}_assignsubmission_file_/{file}": content
        for name, id in (("Ada", 12), ("Ada", 13), ("Ada 12", 50))
        for file, content in (("x.ipynb", notebook(str(id))), ("timestamp.txt", b"2020-01-01 00:00:00 UTC"))
    }
    collected(folder, zipped(tmp_path / "m.zip", files))
    assert answers(folder) == {"Ada 12 12": "12", "Ada 13": "13", "Ada 12 50": "50"}
    assert not [path for path in submitted(folder) if path.endswith("timestamp.txt")]


def test_two_ways_to_write_an_accent_are_one_learner(folder: Path, tmp_path: Path) -> None:
    files = {"Zoe\u0308/x.ipynb": notebook("z"), "Zo\u00eb/y.txt": b""}
    collected(folder, zipped(tmp_path / "p.zip", files))
    assert answers(folder) == {"Zo\u00eb": "z"}


# Again and again -----------------------------------------------------------------------------------------
def test_a_later_archive_replaces_and_an_earlier_one_does_not(folder: Path, tmp_path: Path) -> None:
    def archive(answer: str, day: int) -> Path:
        files = {"ada/x.ipynb": notebook(answer), "ada/timestamp.txt": f"2026-03-0{day} 12:00:00 UTC".encode()}
        return zipped(tmp_path / f"{answer}.zip", files)

    assert collected(folder, archive("first", 2))["ada"].outcome == "added"
    assert collected(folder, archive("first", 2))["ada"].outcome == "unchanged"
    assert collected(folder, archive("second", 3))["ada"].outcome == "replaced"
    assert collected(folder, archive("first", 2))["ada"].remarks == ("What is there was handed in later.",)
    assert answers(folder) == {"ada": "second"}
    collected(folder, zipped(tmp_path / "x.zip", {"ada/x.ipynb": notebook("third")}))
    assert [path for path in submitted(folder) if path.endswith("timestamp.txt")] == []  # it was the second's


def test_two_notebooks_of_which_neither_is_the_last(folder: Path, tmp_path: Path) -> None:
    files = {"ada/x.ipynb": notebook("x"), "ada/y.ipynb": notebook("y"), "bob/x.ipynb": notebook("x")}
    found = collected(folder, zipped(tmp_path / "a.zip", files))
    assert "nothing says which is the last: ada/x.ipynb, ada/y.ipynb. Leave one" in found["ada"].remarks[0]
    assert answers(folder) == {"bob": "x"}
    files = {"ada/x.ipynb": notebook("x"), f"ada/{LESSON}.ipynb": notebook("named")}
    collected(folder, zipped(tmp_path / "b.zip", files))
    assert answers(folder)["ada"] == "named"


# Bad input -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (notebook()[:200], "Was it copied whole?"),
        (b"", "the file is empty"),
        (notebook(lesson=OTHER), f"It is {OTHER}, not {LESSON}."),
        (nbformat.writes(new_notebook(cells=[new_markdown_cell("Hello")])).encode(), "nor another lesson"),
        (b" " * (MAX_BYTES + 1), "is larger than 30 MB"),
    ],
    ids=["half", "empty", "another lesson", "no lesson", "bomb"],
)
def test_what_is_not_the_lesson_is_refused_and_the_others_go_on(
    folder: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    files = {"ada/x.ipynb": content, "bob/x.ipynb": notebook("b"), "cyd/report.pdf": b"%PDF"}
    found = collected(folder, zipped(tmp_path / "a.zip", files))
    assert found["ada"].outcome == "refused"
    assert said in found["ada"].remarks[0]
    assert found["cyd"].remarks == ("There is no notebook among what was handed in.",)
    assert answers(folder) == {"bob": "b"}
    assert said in read_collected(folder, LESSON).learners["ada"].refused


def test_nothing_is_written_where_an_archive_says(folder: Path, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if folder not in path.parents}
    hostile = {
        "../../escaped.ipynb": notebook(),
        "/absolute.ipynb": notebook(),
        "C:\\drive.ipynb": notebook(),
        "..\\up\\x.ipynb": notebook(),
        "eve/../../x.ipynb": notebook(),
        "./x.ipynb": notebook(),
    }
    archive = zipped(tmp_path / "a.zip", hostile | {"nested/all.zip": b"PK", "bob/x.ipynb": notebook("b")})
    with zipfile.ZipFile(archive, "a") as more:
        link = zipfile.ZipInfo("fay/x.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        more.writestr(link, "/etc/passwd")
    found = collected(folder, archive)
    assert {name: one.outcome for name, one in found.items() if one.outcome != "refused"} == {"bob": "added"}
    assert "It is a link" in found["fay"].remarks[0]
    assert "Ask for the notebook itself" in found["nested"].remarks[0]
    assert {path.split("/")[0] for path in submitted(folder)} == {"bob"}
    assert {path for path in tmp_path.rglob("*") if folder not in path.parents} - before == {archive}


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("Ada  Lovelace", "Ada  Lovelace"),
        ("s/123", "s_123"),
        ("a\\b:c", "a_b_c"),
        ("\u5f20\u4f1f \u0410\u043d\u043d\u0430", "\u5f20\u4f1f \u0410\u043d\u043d\u0430"),
        ("Zoe\u0308", "Zo\u00eb"),
        (".hidden", "_hidden"),
        ("=1+1", "=1+1"),
        (" x\n\u202e", "x__"),
    ],
)
def test_an_id_becomes_the_name_of_a_folder(id: str, name: str) -> None:
    assert folder_name(id) == name


@pytest.mark.parametrize("id", ["", " ", "..", "../..", "/", "x" * 101, "\x00"])
def test_some_ids_can_not(id: str) -> None:
    with pytest.raises(CourseError, match="can't be a learner's id"):
        folder_name(id)


def test_two_ids_that_would_share_a_folder_are_both_refused(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("group,learner\nred,s/1\nred,s_1\n")
    found = collected(folder, zipped(tmp_path / "a.zip", {"red.ipynb": notebook()}), Roster(read_groups(table)))
    assert "would have the same folder" in found["red.ipynb"].remarks[0]
    found = collected(folder, zipped(tmp_path / "b.zip", {"Ada.ipynb": notebook("1"), "ada.ipynb": notebook("2")}))
    assert {one.outcome for one in found.values()} == {"refused"}
    assert submitted(folder) == {}


def test_an_archive_that_can_not_be_used_is_refused_before_anything_is_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = zipped(tmp_path / "whole.zip", {f"{name}/x.ipynb": notebook() for name in ("ada", "bob", "cyd")})
    half = tmp_path / "half.zip"
    half.write_bytes(whole.read_bytes()[:-40])
    (tmp_path / "text.zip").write_text("not a zip file")
    for archive, said in (
        (half, "is not a whole zip file"),
        (tmp_path / "text.zip", "is not a whole zip file"),
        (tmp_path / "none.zip", "There is no"),
    ):
        with pytest.raises(CourseError, match=said):
            collected(folder, archive)
    monkeypatch.setattr(archives, "MAX_FILES", 2)
    for archive in (whole, tmp_path):
        with pytest.raises(CourseError, match="has more than 2 files"):
            collected(folder, archive)
    monkeypatch.setattr(archives, "MAX_TOTAL", 100)
    with pytest.raises(CourseError, match="GB together"):
        collected(folder, whole)
    assert submitted(folder) == {}


def test_a_table_of_contents_without_end_is_not_even_read(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "many.zip"
    with zipfile.ZipFile(archive, "w") as many:
        for number in range(100_000):
            many.writestr(f"{number:050}", b"")
    with pytest.raises(CourseError, match="has more than 20,000 files"):
        collected(folder, archive)


def test_a_damaged_or_encrypted_member_costs_only_its_own(folder: Path, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"ada/x.ipynb": notebook("a"), "bob/x.ipynb": notebook("b")})
    content = bytearray(archive.read_bytes())
    content[60:80] = bytes(20)
    archive.write_bytes(content)
    found = collected(folder, archive)
    assert "is damaged in the zip file" in found["ada"].remarks[0]
    assert answers(folder) == {"bob": "b"}
    content = io.BytesIO()
    zipped(content, {"cyd/x.ipynb": notebook()})  # type: ignore[arg-type]
    encrypted = bytearray(content.getvalue())
    for place in (6, encrypted.index(b"PK\1\2") + 8):
        encrypted[place] |= 1
    archive.write_bytes(encrypted)
    assert "It is encrypted" in collected(folder, archive)["cyd"].remarks[0]


def test_a_link_in_the_class_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "submitted" / "ada").symlink_to(tmp_path / "elsewhere")
    found = collected(folder, zipped(tmp_path / "a.zip", {"ada/x.ipynb": notebook()}))
    assert "leads through a link" in found["ada"].remarks[0]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_command_lists_everybody_and_fails_if_something_was_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = zipped(tmp_path / "a.zip", {"ada/x.ipynb": notebook("a"), "bob/x.ipynb": b"{"})
    asked = ["class", "collect", LESSON, str(archive), "--class", str(folder)]
    assert run(asked) == 1
    said = capsys.readouterr().out
    assert "ada                      added" in said
    assert said.endswith("1 added, 1 refused\n")
    assert run([*asked, "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["learner"], line["outcome"]) for line in lines] == [("ada", "unchanged"), ("bob", "refused")]
    assert run(["class", "collect", "09_none", str(archive), "--class", str(folder)]) == 1
    assert "There is no 09_none" in capsys.readouterr().err
