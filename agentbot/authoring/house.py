"""Everything a house wrote, checked at once: scripts, greeting sets, notices, holidays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from agentbot.authoring.greetings import HOLIDAY_TABLE, NOTICES, check_greetings, year_ahead
from agentbot.authoring.places import yaml_files
from agentbot.authoring.problems import ScriptErrors, nearest, one_line
from agentbot.authoring.scripts import advise, load_script
from agentbot.authoring.source import read_source
from agentbot.errors import ConfigError, ScriptError

__all__ = ["Checked", "check_house"]

_KINDS = {
    "script": "script",
    "greeting": "greeting set",
    "notices": "notice file",
    "days": "holiday table",
}
"""The key that tells what a file is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was looked at and what is wrong with it."""

    kinds: dict[Path, str]
    """Each file and what it is; broken ones that tell nothing are left out."""
    problems: tuple[ScriptError, ...]
    warnings: tuple[str, ...] = ()
    """What will be missing soon; nothing is wrong yet."""


def check_house(
    paths: Sequence[Path], today: date | None = None, *, lang: Literal["zh", "en"] = "zh"
) -> Checked:
    """Check files and folders (with `scripts/` and `greetings/` below them).

    `today`: the day whose year's end is looked ahead from; None: no looking ahead.

    Raises:
        ConfigError: a path does not exist, or there is no YAML file in any.
    """
    files = [file for path in paths for file in _files(path)]
    if not files:
        names = ", ".join(str(path) for path in paths)
        raise ConfigError(f"{names}: no YAML files; name a script, a greeting file or their folder")
    kinds: dict[Path, str] = {}
    problems: list[ScriptError] = []
    for file in dict.fromkeys(files):
        try:
            kinds[file] = _kind(file)
        except ScriptErrors as wrong:
            problems += wrong.errors
    problems += _check_scripts([file for file, kind in kinds.items() if kind == "script"])
    others = [file for file, kind in kinds.items() if kind != "script"]
    folders = list(dict.fromkeys(file.parent for file in others))
    for folder in folders:
        asked = {str(file) for file in others if file.parent == folder}
        problems += [error for error in check_greetings(folder) if error.file in asked]
    ahead = [] if problems or today is None else [year_ahead(f, today, lang=lang) for f in folders]
    warnings = tuple(dict.fromkeys(warning for warning in ahead if warning))
    return Checked(kinds=kinds, problems=tuple(problems), warnings=warnings)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ConfigError(f"{path}: no such file or folder; check the name")
    below = [path, path / "scripts", path / "greetings"]
    return [file for folder in below if folder.is_dir() for file in yaml_files(folder)]


def _kind(file: Path) -> str:
    data = read_source(file).data
    for key, kind in _KINDS.items():
        if key in data:
            return _named_rightly(file, key, kind)
    tops = [str(key) for key in data][:5]
    mend = nearest(tops[0], list(_KINDS), "") if tops else "begin with `script:` or `greeting:`"
    what = one_line(f"tells not what it is (its keys: {', '.join(tops) or 'none'})")
    raise ScriptErrors([ScriptError(str(file), 1, what, mend)])


def _named_rightly(file: Path, key: str, kind: str) -> str:
    # Notices and holidays are found by the name of their file.
    wanted = {"notices": NOTICES, "days": HOLIDAY_TABLE}.get(key)
    if wanted and file.stem != wanted:
        mend = f"call it {wanted}.yaml, or it is never read"
        raise ScriptErrors([ScriptError(str(file), 1, f"is a {kind}", mend)])
    return kind


def _check_scripts(files: Sequence[Path]) -> list[ScriptError]:
    problems: list[ScriptError] = []
    home: dict[str, Path] = {}
    for file in files:
        try:
            script = load_script(file)
            problems += advise(file)
        except ScriptErrors as wrong:
            problems += wrong.errors
            continue
        first = home.setdefault(script.id, file)
        if first is not file:
            what = f"the script id `{script.id}` is already that of {first}"
            problems.append(ScriptError(str(file), 1, what, "give each file its own `script:`"))
    return problems
