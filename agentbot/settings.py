"""Every setting, one row each: name, default, help. From the environment, else from a TOML file.

`AGENTBOT_WEB__PORT=8081` and `port = 8081` under `[web]` of `agentbot.toml` are the same.
Options of the command line win over both.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_config_path
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from agentbot.errors import ConfigError
from agentbot.settings_file import Lines, env_name, lines_of
from agentbot.settings_form import AgiForm, ExchangeForm, RuleForm, StoreForm, WebForm
from agentbot.settings_names import meant, names_at
from agentbot.settings_sound import SoundForm, WhisperForm

__all__ = ["CONFIG", "Settings", "config_file", "house", "settings", "where_set"]

CONFIG = "AGENTBOT_CONFIG"
"""The variable that names the TOML file."""
_PLACES = (Path("agentbot.toml"), Path("/etc/agentbot/agentbot.toml"))


def house() -> Path:
    """Folder that holds the bundled `scripts/` and `greetings/`: in the package, or the checkout."""
    installed = Path(__file__).parent / "house"
    return installed if installed.is_dir() else Path(__file__).parent.parent


class Settings(BaseSettings):
    """All settings with their defaults."""

    model_config = SettingsConfigDict(
        env_prefix="AGENTBOT_", env_nested_delimiter="__", env_ignore_empty=True,
        frozen=True, extra="forbid",
    )  # fmt: skip

    scripts: Annotated[Path, Field(description="Folder of script files (YAML)")] = (
        house() / "scripts"
    )
    greetings: Annotated[Path, Field(description="Folder of greeting templates and notices")] = (
        house() / "greetings"
    )
    engine: Annotated[
        str, Field(description="Recogniser: auto, vosk, whisper or sherpa, and :PATH of its model")
    ] = "auto"
    lang: Annotated[
        Literal["zh", "en"], Field(description="Language of reasons, messages and pages")
    ] = "zh"
    jobs: Annotated[
        int, Field(ge=0, le=256, description="Calls judged at once; 0: one for each core")
    ] = 0
    accounts: Annotated[Path, Field(description="File of those who may log in to the pages")] = (
        user_config_path("agentbot") / "accounts.json"
    )
    exchanges: Annotated[
        tuple[ExchangeForm, ...], Field(max_length=100, description="The exchanges to follow")
    ] = ()
    rules: Annotated[
        tuple[RuleForm, ...],
        Field(max_length=10_000, description="Which script is for which talks"),
    ] = ()
    seats: Annotated[
        dict[str, str],
        Field(description="Seats and the number each says in the greeting (without: its own name)"),
    ] = Field(default_factory=dict)
    web: Annotated[WebForm, Field(description="The pages")] = WebForm()
    sound: Annotated[SoundForm, Field(description="How calls are heard")] = SoundForm()
    whisper: Annotated[WhisperForm, Field(description="Alerts told in the operator's ear")] = (
        WhisperForm()
    )
    agi: Annotated[AgiForm, Field(description="The door for the dialplan")] = AgiForm()
    store: Annotated[StoreForm, Field(description="What is kept of calls")] = StoreForm()
    stop_seconds: Annotated[
        float, Field(ge=1, le=600, description="Seconds that calls have to be saved at a stop")
    ] = 20.0

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as the library calls it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file."""
        file = InitSettingsSource(settings_cls, init_kwargs=_read(config_file()))
        return init_settings, env_settings, file


def config_file() -> Path | None:
    """The TOML file in use: as named, else `./agentbot.toml`, else that under /etc.

    Raises:
        ConfigError: the named one is not there.
    """
    if named := os.environ.get(CONFIG):
        if not Path(named).is_file():
            raise ConfigError(f"{CONFIG}={named}: there is no such file; check the path")
        return Path(named)
    return next((place for place in _PLACES if place.is_file()), None)


def _read(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}; make it readable for this user") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: {error}; mend the file") from None


def _lines() -> tuple[Path | None, Lines]:
    file = config_file()
    return file, lines_of(file.read_text(encoding="utf-8")) if file else {}


_TABLE = 2
"""Depth of a table of a list: `("exchanges", 0)`."""


def where_set(key: tuple[str | int, ...]) -> str:
    """Where the value of a setting comes from: `environment`, `FILE:LINE` or `default`."""
    for end in range(len(key), 0, -1):
        if os.environ.get(env_name(key[:end])):
            return "environment"
    file, lines = _lines()
    depth = next((end for end in range(len(key), 0, -1) if key[:end] in lines), 0)
    # A section, or a table of a list, that is there sets only what it names; a value written in
    # one line (`exchanges = [...]`) sets all of it.
    in_one_line = key[0] in {"exchanges", "rules", "seats"} and depth != _TABLE
    if not depth or (depth < len(key) and not in_one_line):
        return "default"
    return f"{file}:{lines[key[:depth]]}"


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigError: a variable or a line of the file has a value that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        problem = first["msg"]
        if first["type"] == "extra_forbidden":
            *above, name = first["loc"]
            problem = (
                f"there is no such setting{meant(str(name), names_at(Settings, tuple(above)))}"
            )
        raise ConfigError(_complaint(first["loc"], first["input"], problem)) from None
    except SettingsError as error:
        raise ConfigError(f"{error}; lists and tables are written as JSON there") from None


def _complaint(key: tuple[str | int, ...], given: object, problem: str) -> str:
    """One line that names the variable, or file, line and key."""
    problem = problem.removeprefix("Value error, ")
    for end in range(len(key), 0, -1):
        if os.environ.get(name := env_name(key[:end])):
            value = "" if "secret" in str(key).lower() or end < len(key) else f"={given}"
            inner = "".join(f" {part}:" for part in key[end:])
            return f"{name}{value}:{inner} {problem}; change or unset the variable"
    file, lines = _lines()
    line = next((lines[key[:end]] for end in range(len(key), 0, -1) if key[:end] in lines), 1)
    dotted = ".".join(str(part) for part in key)
    return f"{file}:{line}: {dotted}: {problem}; mend the line"
