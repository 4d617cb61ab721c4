"""The modules of the labs' pages: their own tests, their types, their size, and how they become one module."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from course_utils.frontend import KIT
from course_utils.frontend.bundle import bundle

ROOT = Path(__file__).parents[2]
LABS = ROOT / "course_utils" / "labs"
LEARN = ROOT / "course_utils" / "learn"
MODULES = sorted([*KIT.glob("*.js"), *LEARN.glob("*.js"), *LABS.glob("*/*.js")])
ENTRIES = sorted([*LABS.glob("*/*_widget.js"), *LABS.glob("*/*_page.js"), LEARN / "answer_widget.js"])
_TSC = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
_MOST = 150_000  # bytes of everything that a page loads, compressed


def _node(*arguments: object) -> None:
    if (node := shutil.which("node")) is None:
        pytest.skip("node is not installed here")
    done = subprocess.run([node, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_modules_pass_their_own_tests() -> None:
    tests = sorted((ROOT / "tests" / "frontend").glob("*.test.js"))
    assert len(tests) >= 3
    _node("--test", *tests)


def test_the_types_are_right() -> None:
    if not _TSC.exists():
        pytest.skip("TypeScript is not installed here: npm ci")
    _node(_TSC, "--project", ROOT / "tsconfig.json")


def test_every_module_has_a_comment_that_says_what_it_is_for() -> None:
    assert len(MODULES) > 15
    assert [path.name for path in MODULES if not path.read_text("utf-8").startswith("// ")] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: path.name)
def test_a_page_is_one_module_that_loads_nothing(entry: Path, tmp_path: Path) -> None:
    script = bundle(entry)
    code = re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)  # types are imported in comments
    assert not re.search(r"^import\b|\bimport\(|https?://(?!www\.w3\.org/2000/svg)", code, re.MULTILINE)
    assert len(gzip.compress(script.encode())) < _MOST
    (tmp_path / "page.mjs").write_text(script, encoding="utf-8")
    _node("--check", tmp_path / "page.mjs")


def test_a_bundle_does_what_its_modules_do_and_keeps_their_names_apart(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "one.js").write_text("const hidden = 1;\n\nexport function one() {\n  return hidden;\n}\n")
    (tmp_path / "two.js").write_text(
        'import { one } from "./inner/one.js";\n\nconst hidden = 2;\nexport const two = () => one() + hidden;\n'
    )
    (tmp_path / "main.js").write_text(
        'import { two } from "./two.js";\nimport { one } from "./inner/one.js";\n'
        "const hidden = two();\nif (hidden !== 3 || one() !== 1) throw new Error(String(hidden));\nexport default {};\n"
    )
    script = bundle(tmp_path / "main.js")
    assert script.count("function one") == 1
    (tmp_path / "bundled.mjs").write_text(script, encoding="utf-8")
    _node(tmp_path / "bundled.mjs")


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./one.js";',
        'import "./one.js";',
        'import { a } from "library";',
        "export { a };",
        "export class A {}",
        'export * from "./one.js";',
    ],
)
def test_a_form_that_would_be_lost_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("export const a = 1;\n")
    (tmp_path / "main.js").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"main\.js cannot be bundled"):
        bundle(tmp_path / "main.js")


def test_modules_that_import_each_other_are_refused(tmp_path: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / f"{name}.js").write_text(f'import {{ {other} }} from "./{other}.js";\nexport const {name} = 1;\n')
    with pytest.raises(ValueError, match=r"one\.js imports itself through two\.js"):
        bundle(tmp_path / "one.js")
