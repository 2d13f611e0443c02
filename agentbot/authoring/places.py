"""Where scripts and greetings lie when nobody says so.

First what `AGENTBOT_SCRIPTS` and `AGENTBOT_GREETINGS` name, then the folder of that name below
the current directory, then the house's own files that come with the package.
"""

from __future__ import annotations

from pathlib import Path

from agentbot.errors import ConfigError
from agentbot.settings import house, settings

__all__ = ["greetings_folder", "scripts_folder", "yaml_files"]


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files directly in `folder`, by name."""
    return sorted(
        path for path in folder.glob("*") if path.suffix in {".yaml", ".yml"} and path.is_file()
    )


def scripts_folder() -> Path:
    """Folder of the house's scripts.

    Raises:
        ConfigError: there is none.
    """
    return _folder("scripts")


def greetings_folder() -> Path:
    """Folder of the greeting sets, notices and holidays.

    Raises:
        ConfigError: there is none.
    """
    return _folder("greetings")


def _folder(name: str) -> Path:
    if name in settings().model_fields_set:
        chosen: Path = getattr(settings(), name)
        if not chosen.is_dir():
            raise ConfigError(
                f"AGENTBOT_{name.upper()}={chosen}: no such folder; change or unset the variable"
            )
        return chosen
    for folder in (Path.cwd() / name, house() / name):
        # Many projects have a `scripts` folder; ours holds YAML.
        if folder.is_dir() and yaml_files(folder):
            return folder
    raise ConfigError(
        f"no folder {name}/ with YAML files here; "
        f"run this where it lies, or set AGENTBOT_{name.upper()}"
    )
