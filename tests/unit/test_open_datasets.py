"""Datasets by name: downloaded on request only, checked, unpacked safely, and a clear sentence without a network."""

import hashlib
import io
import tarfile
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product

import filelock
import numpy as np
import pytest
import soundfile
from picture_folders import noise

from course_utils.data import dataset_download, download_dataset, load_dataset, open_dataset_names
from course_utils.data.open_datasets import OPEN_DATASETS, DatasetArchive
from course_utils.data.spoken_digits import spoken_digits
from course_utils.errors import CourseError

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "NO_PROXY")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, and no proxy but the test's."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets"


@pytest.fixture
def server():
    """A web server on this machine: by path, what it answers; everything else is 404."""
    answers: dict[str, bytes | int] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            answer = answers.get(self.path, 404)
            self.send_response(200 if isinstance(answer, bytes) else answer)
            self.end_headers()
            if isinstance(answer, bytes):
                self.wfile.write(answer)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.answers, running.asked, running.home = answers, asked, f"http://127.0.0.1:{running.server_port}"
        yield running
        running.shutdown()
        thread.join()


def png(seed: int) -> bytes:
    file = io.BytesIO()
    noise(seed).save(file, "PNG")
    return file.getvalue()


def tgz(members: dict[str, bytes], *, links: dict[str, str] | None = None) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return file.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


FLOWERS = {
    f"flower_photos/{label}/{i}.jpg": png(10 * label.count("a") + i) for label in ("daisy", "rose") for i in range(4)
}


@pytest.fixture
def offer(server, monkeypatch):
    """Offer archives on the server as a dataset of the catalogue."""

    def offer(name: str, contents: dict[str, bytes], **changes):
        server.answers |= {f"/{file}": content for file, content in contents.items()}
        archives = tuple(
            DatasetArchive((f"{server.home}/{file}",), hashlib.sha256(content).hexdigest(), len(content))
            for file, content in contents.items()
        )
        made = replace(OPEN_DATASETS[name], **{"archives": archives, "files": 8} | changes)
        monkeypatch.setitem(OPEN_DATASETS, name, made)
        return made

    return offer


def test_loading_never_downloads_and_says_how_to(server, offer, cache):
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)})
    with pytest.raises(CourseError) as caught:
        load_dataset("tf_flowers")
    assert server.asked == []
    assert not cache.exists()
    for words in (
        "is not on this computer",
        "data.download_dataset('tf_flowers')",
        " MB",
        "CC BY 2.0",
        "photo-textures",
    ):
        assert words in str(caught.value)


def test_a_dataset_is_downloaded_once_and_loads_offline_ever_after(server, offer, cache):
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)})
    told = []
    folder = download_dataset("tf_flowers", on_bytes=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == len(server.answers["/flowers.tgz"])
    assert download_dataset("tf_flowers") == folder == cache / "tf_flowers"
    assert server.asked == ["/flowers.tgz"]
    assert "CC BY 2.0" in (folder / "LICENCE.txt").read_text()
    server.answers.clear()
    task = load_dataset("tf_flowers", image_size=8)
    assert task.class_names == ("daisy", "rose")
    assert [len(part) for part in (task.train, task.validation, task.test)] == [4, 2, 2]
    assert "daisies" in task.card
    assert "CC BY 2.0" in task.card
    assert [path.name for path in cache.iterdir() if not path.name.endswith(".lock")] == ["tf_flowers"]


def test_the_parts_of_a_dataset_are_put_together(offer):
    litter = {"train/a/a_train.120tore": b"a renamed .DS_Store"}  # as in the real archive
    parts = {
        f"{part}.zip": zipped(
            litter | {f"{part}/{label}/{label}_{part}.{i}.jpg": png(i) for label in "ab" for i in range(2)}
        )
        for part in ("train", "validation")
    }
    offer("beans", parts)
    folder = download_dataset("beans")
    assert sorted(path.name for path in (folder / "a").iterdir()) == [
        *("a_train.0.jpg", "a_train.1.jpg", "a_validation.0.jpg", "a_validation.1.jpg")
    ]


def test_nothing_of_an_archive_is_written_but_pictures_in_their_classes(offer, cache, tmp_path):
    evil = {
        "flower_photos/LICENSE.txt": b"daisy/0.jpg CC-BY by A. Body",
        "../../evil.jpg": b"x",
        "/tmp/evil.jpg": b"x",
        "flower_photos/../../evil.jpg": b"x",
        "flower_photos/rose/../../../evil.jpg": b"x",
        "flower_photos/run.py": b"x",
        "flower_photos/rose/._1.jpg.exe": b"x",
    }
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS | evil, links={"flower_photos/rose/link.jpg": "/etc/passwd"})})
    folder = download_dataset("tf_flowers")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    assert found == {name.removeprefix("flower_photos/") for name in FLOWERS} | {"LICENCE.txt", "CREDITS.txt"}
    assert "A. Body" in (folder / "CREDITS.txt").read_text()
    assert not list(tmp_path.rglob("evil*"))


def leftovers(cache) -> list[str]:
    """Return what a failure left behind, besides locks and the folder of whole downloads."""
    return [p.name for p in cache.rglob("*") if not p.name.endswith((".lock", "-downloads"))] if cache.exists() else []


def test_an_archive_that_unpacks_to_something_enormous_is_refused(offer, cache):
    bomb = tgz(FLOWERS | {"flower_photos/rose/bomb.jpg": bytes(20_000_000)})
    offer("tf_flowers", {"flowers.tgz": bomb})
    with pytest.raises(CourseError, match="unpacks to more than it should"):
        download_dataset("tf_flowers")
    assert leftovers(cache) == ["flowers.tgz"]


def test_an_archive_with_another_layout_is_refused(offer, cache):
    offer("tf_flowers", {"flowers.tgz": tgz({name.replace("photos", "pictures"): b"x" for name in FLOWERS})})
    with pytest.raises(CourseError, match="has 0 photographs where 8 were expected"):
        download_dataset("tf_flowers")
    assert leftovers(cache) == ["flowers.tgz"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (403, "answers 403"),
        (404, "answers 404"),
        (b"a login page", "delivers another file"),
        (bytes(10**6), "delivers another file"),
    ],
)
def test_a_source_that_does_not_deliver_is_named_with_the_alternatives(server, offer, cache, answer, reason):
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)})
    server.answers["/flowers.tgz"] = answer
    with pytest.raises(CourseError, match=rf"not be downloaded: 127\.0\.0\.1 {reason}.*Without a network, give"):
        download_dataset("tf_flowers")
    assert leftovers(cache) == []


def test_a_truncated_download_is_not_kept(server, offer, cache):
    whole = tgz(FLOWERS)
    offer("tf_flowers", {"flowers.tgz": whole})
    server.answers["/flowers.tgz"] = whole[:-10]
    with pytest.raises(CourseError, match="delivers another file than the one that was checked"):
        download_dataset("tf_flowers")
    assert leftovers(cache) == []


def test_the_second_source_is_tried(server, offer):
    archives = offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)}).archives
    urls = f"{server.home}/gone.tgz", *archives[0].urls
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)}, archives=(replace(archives[0], urls=urls),))
    assert download_dataset("tf_flowers").is_dir()
    assert server.asked == ["/gone.tgz", "/flowers.tgz"]


@pytest.mark.parametrize("name", ["tf_flowers", "beans"])
def test_without_a_network_the_message_gives_every_source_and_the_alternatives(name, cache):
    with pytest.raises(CourseError) as caught:
        download_dataset(name)
    said = str(caught.value)
    assert said.count("cannot be reached") == 2
    assert "storage.googleapis.com" in said
    assert "a folder with your own pictures" in said
    assert "\n" not in said
    assert leftovers(cache) == []


def test_a_proxy_that_refuses_is_named(server, monkeypatch):
    server.answers["http://download.tensorflow.org/example_images/flower_photos.tgz"] = 403
    monkeypatch.setenv("http_proxy", server.home)
    monkeypatch.setenv("https_proxy", server.home)  # it answers CONNECT with 501
    with pytest.raises(CourseError) as caught:
        download_dataset("tf_flowers")
    assert "storage.googleapis.com cannot be reached through the proxy" in str(caught.value)
    assert "download.tensorflow.org answers 403" in str(caught.value)


def test_what_is_whole_is_not_downloaded_again_after_a_failure(server, offer):
    parts = {"train.zip": zipped({f"train/a/{i}.jpg": png(i) for i in range(8)}), "test.zip": zipped({})}
    offer("beans", parts)
    server.answers["/test.zip"] = 404
    with pytest.raises(CourseError, match="answers 404"):
        download_dataset("beans")
    server.answers["/test.zip"] = parts["test.zip"]
    download_dataset("beans")
    assert server.asked == ["/train.zip", "/test.zip", "/test.zip"]


def test_another_process_that_downloads_for_too_long_is_named(offer, cache, monkeypatch):
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)})
    monkeypatch.setattr(dataset_download, "_PATIENCE", 0)
    cache.mkdir(parents=True)
    with (
        filelock.FileLock(cache / ".tf_flowers.lock"),
        pytest.raises(CourseError, match="Another program has been downloading tf_flowers"),
    ):
        download_dataset("tf_flowers")


def test_a_cache_that_cannot_be_written_is_named_with_the_fix(tmp_path, monkeypatch, offer):
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)})
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file"))
    with pytest.raises(CourseError, match=r"file/datasets cannot be written .*name another folder in .* COURSE_CACHE"):
        download_dataset("tf_flowers")


def test_a_full_disk_is_named_and_nothing_stays(offer, cache, monkeypatch):
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)})

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dataset_download, "write_atomically", full)
    with pytest.raises(CourseError, match=r"cannot be written \(No space left on device\)\. Free some space"):
        download_dataset("tf_flowers")
    assert leftovers(cache) == ["flowers.tgz"]


def test_an_interruption_leaves_nothing_half_written(offer, cache, monkeypatch):
    offer("tf_flowers", {"flowers.tgz": tgz(FLOWERS)})

    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download_dataset("tf_flowers", on_bytes=interrupted)
    assert leftovers(cache) == []
    assert download_dataset("tf_flowers").is_dir()


def test_an_unknown_dataset_lists_the_known_ones():
    with pytest.raises(CourseError, match=r"no open dataset 'flowers'\. Known: tf_flowers, beans"):
        download_dataset("flowers")


def test_each_has_a_licence_hashes_and_more_than_one_source():
    assert set(open_dataset_names()) == {"tf_flowers", "beans", "spoken_digits"}
    for name, dataset in OPEN_DATASETS.items():
        assert "https://" in dataset.licence
        for archive in dataset.archives:
            assert len(archive.urls) == (1 if name == "spoken_digits" else 2)  # GitHub alone has its archive
            assert len(archive.sha256) == 64


def test_spoken_digits_come_from_their_archive_as_the_recordings_that_the_course_uses(offer, tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_REAL_ASSETS", raising=False)
    time, rng = np.arange(4000) / 8000, np.random.default_rng(0)
    files = {}
    for digit, speaker, take in product(range(10), ("jackson", "nicolas", "theo", "yweweler"), (0, 24, 25)):
        content = io.BytesIO()
        wave = 0.3 * np.sin(2 * np.pi * (200 + 50 * digit) * time) + rng.normal(0, 0.05, len(time))
        soundfile.write(content, wave, 8000, format="WAV")
        files[f"free-spoken-digit-dataset-1.0.9/recordings/{digit}_{speaker}_{take}.wav"] = content.getvalue()
    files["free-spoken-digit-dataset-1.0.9/recordings/3_lucas_0.wav"] = b"somebody else"
    files["free-spoken-digit-dataset-1.0.9/README.md"] = b"text"
    offer("spoken_digits", {"digits.tar.gz": tgz(files)}, files=80)
    with pytest.raises(CourseError, match=r"spoken_digits is not on this computer: .* 80 recordings, CC BY-SA 4\.0"):
        spoken_digits()
    folder = download_dataset("spoken_digits")
    assert len(list(folder.rglob("*.wav"))) == 80
    sounds = spoken_digits()
    assert sounds.waves.shape == (80, 16_000)
    assert set(sounds.speakers) == {"jackson", "nicolas", "theo", "yweweler"}
    assert sounds.labels.tolist() == sorted(sounds.labels.tolist())
    with pytest.raises(CourseError, match="are sounds, not pictures"):
        load_dataset("spoken_digits")
