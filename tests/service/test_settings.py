"""Settings from file and environment: which one counts, where it stands, what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel
from shell import Command

from agentbot.errors import ConfigError
from agentbot.settings import Settings, settings, where_set
from agentbot.settings_form import ExchangeForm, RuleForm

ROOT = Path(__file__).parent.parent.parent
GOOD = """# a comment
lang = "en"

[web]
port = 8081

[[exchanges]]
host = "10.0.0.5"
secret = "swordfish"

[[exchanges]]
name = "second"
secret_file = "secret"

[[rules]]
script = "heating-repair"
queue = "repair"

[seats]
"1001" = "563"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "agentbot.toml"
    path.write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("AGENTBOT_CONFIG", str(path))
    settings.cache_clear()
    return path


def test_file_then_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTBOT_WEB__PORT", "9000")
    found = settings()

    assert (found.lang, found.web.port, found.web.host) == ("en", 9000, "127.0.0.1")
    assert [e.name for e in found.exchanges] == ["pbx", "second"]
    assert found.exchanges[0].password() == "swordfish"
    assert found.seats == {"1001": "563"}
    assert where_set(("web", "port")) == "environment"
    assert where_set(("web", "host")) == "default"
    assert where_set(("lang",)) == f"{file}:2"
    assert where_set(("exchanges", 1, "name")) == f"{file}:12"
    assert where_set(("exchanges", 1, "port")) == "default"


def test_config_shows_all_and_no_secret(file: Path, agentbot: Command) -> None:
    said = agentbot("config")

    assert said.code == 0, said.err
    assert "swordfish" not in said.out
    assert "exchanges.0.secret = ****" in said.out
    assert "whisper.kinds = readback_mismatch, closing_early" in said.out
    assert "web.port = 8081" in said.out
    assert f"{file}:5: Port of the pages" in said.out


def test_config_takes_a_file_by_option(
    tmp_path: Path, agentbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTBOT_CONFIG", "")
    (tmp_path / "mine.toml").write_text("[store]\ndays = 7\n")

    assert "store.days = 7" in agentbot("config", "--config", tmp_path / "mine.toml").out


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[web]\nport = 99999\n", 2, "web.port"),
        ("lang = 'en'\nlnag = 'en'\n", 2, "lnag"),
        ("[[exchanges]]\nsecret = 'a'\n[[exchanges]]\nsecret = 'x'\nport = 'no'\n", 5, "exchanges.1.port"),
        ("[[exchanges]]\nhost = 'a'\n", 1, "exchanges.0"),
        ("[[exchanges]]\nsecret = 'a'\nseats = '('\n", 3, "exchanges.0.seats"),
        ("[[rules]]\nqueue = 'a'\n", 1, "rules.0.script"),
        ("[store]\n\ndays = -1\n", 3, "store.days"),
    ],
)  # fmt: skip
def test_bad_line_is_named(file: Path, text: str, line: int, key: str) -> None:
    file.write_text(text)
    settings.cache_clear()

    with pytest.raises(ConfigError) as caught:
        settings()

    assert str(caught.value).startswith(f"{file}:{line}: {key}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [b"lang = ", b"\xff\xfe", b"[web\n"])
def test_file_that_is_no_toml_is_one_line(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    settings.cache_clear()

    with pytest.raises(ConfigError, match=f"^{file}: ") as caught:
        settings()
    assert "\n" not in str(caught.value)


def test_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTBOT_CONFIG", "gone.toml")
    settings.cache_clear()

    with pytest.raises(ConfigError, match=r"^AGENTBOT_CONFIG=gone.toml: there is no such file"):
        settings()


@pytest.mark.parametrize(
    ("name", "value"), [("WEB__PORT", "x"), ("STORE__DAYS", "-1"), ("EXCHANGES", "nonsense")]
)
def test_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"AGENTBOT_{name}", value)
    settings.cache_clear()

    with pytest.raises(ConfigError) as caught:
        settings()
    assert name.split("__", maxsplit=1)[0].lower() in str(caught.value).lower()
    assert "\n" not in str(caught.value)


def test_bad_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTBOT_EXCHANGES", '[{"secret": ["swordfish"]}]')
    settings.cache_clear()

    with pytest.raises(ConfigError) as caught:
        settings()
    assert "swordfish" not in str(caught.value)


def test_secret_file_is_read_and_missed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("swordfish\n")

    assert ExchangeForm(secret_file=tmp_path / "secret").password() == "swordfish"
    with pytest.raises(ConfigError, match="the AMI secret of exchange pbx should be in it"):
        ExchangeForm(secret_file=tmp_path / "gone").password()


def _names(model: type[BaseModel], above: str = "") -> list[str]:
    found = []
    for name, field in model.model_fields.items():
        assert field.description, name
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += _names(inner, f"{above}{name}.")
        else:
            found.append(f"{above}{name}")
    return found


def test_every_setting_is_documented() -> None:
    told = (ROOT / "docs/settings.md").read_text(encoding="utf-8")

    names = [*_names(Settings), *_names(ExchangeForm, "exchanges."), *_names(RuleForm, "rules.")]
    assert [name for name in names if f"`{name}`" not in told] == []


def test_an_empty_variable_counts_as_unset(
    agentbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AGENTBOT_SCRIPTS", "AGENTBOT_GREETINGS", "AGENTBOT_WEB__PORT", "AGENTBOT_JOBS"):
        monkeypatch.setenv(name, "")

    assert settings() == Settings()
    assert settings().scripts == ROOT / "scripts"
    assert where_set(("scripts",)) == where_set(("web", "port")) == "default"
    assert agentbot("check").code == 0


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("AGENTBOT_LAGN", "; did you mean AGENTBOT_LANG?"),
        ("AGENTBOT_WEBB__PORT", "; did you mean AGENTBOT_WEB__PORT?"),
        ("AGENTBOT_SCRIPT", "; did you mean AGENTBOT_SCRIPTS?"),
        ("AGENTBOT_XQ", ""),
    ],
)
def test_a_variable_that_is_no_setting_is_told_in_one_line(
    name: str, told: str, agentbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("AGENTBOT_MODELS", "/nowhere")

    said = agentbot("schema")

    assert said.code == 0
    assert said.err.splitlines() == [f"{name} is no setting and is ignored{told}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('sripts = "x"', ":1: sripts: there is no such setting; did you mean scripts?"),
        ("[web]\nprot = 1", ":2: web.prot: there is no such setting; did you mean port?"),
        (
            '[[exchanges]]\nsecret = "s"\nhots = "x"',
            ":3: exchanges.0.hots: there is no such setting; did you mean host?",
        ),
    ],
)
def test_a_key_that_is_no_setting_is_told_with_the_nearest(
    text: str, told: str, tmp_path: Path, agentbot: Command
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)

    said = agentbot("config", "--config", file)

    assert said.code == 1
    assert said.err.startswith(f"{file}{told}")
    assert len(said.err.splitlines()) == 1
