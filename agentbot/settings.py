"""Every setting, one row each: name, default, help. Read from the environment, `AGENTBOT_*`.

Options of the command line win over these.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_config_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from agentbot.errors import ConfigError

__all__ = ["Settings", "house", "settings"]


def house() -> Path:
    """Folder that holds the bundled `scripts/` and `greetings/`: in the package, or the checkout."""
    installed = Path(__file__).parent / "house"
    return installed if installed.is_dir() else Path(__file__).parent.parent


class Settings(BaseSettings):
    """All settings with their defaults."""

    model_config = SettingsConfigDict(env_prefix="AGENTBOT_", frozen=True)

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


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigError: an `AGENTBOT_*` variable has a value that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "AGENTBOT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigError(
            f"{name}={first['input']}: {first['msg']}; change or unset the variable"
        ) from None
