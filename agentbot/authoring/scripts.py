"""Script files to `core.script.Script`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from agentbot.authoring.complaints import fill_in
from agentbot.authoring.greetings import greeting_variants
from agentbot.authoring.places import greetings_folder, yaml_files
from agentbot.authoring.problems import ScriptErrors
from agentbot.authoring.script_advice import advise_on
from agentbot.authoring.script_build import build
from agentbot.authoring.script_checks import check_form
from agentbot.authoring.script_form import ScriptForm
from agentbot.authoring.source import Source, read_source
from agentbot.core.script import Script
from agentbot.errors import ConfigError, ScriptError

__all__ = ["advise", "check_script", "load_script", "load_scripts"]


def load_script(path: Path, greetings: Path | None = None) -> Script:
    """The script in one YAML file (form: docs/scripts.md).

    `greetings` is the folder of the greeting sets; None: `greetings/` beside the folder of the
    script, else the house's.

    Raises:
        ScriptErrors: the file is wrong; `errors` has one `ScriptError` for each problem.
    """
    return build(_form(path, greetings, read_source(path)))


def advise(path: Path, greetings: Path | None = None) -> list[ScriptError]:
    """What a script may say and its author will hardly have meant.

    Raises:
        ScriptErrors: the file is wrong; as `load_script`.
    """
    source = read_source(path)
    advise_on(_form(path, greetings, source), source.advice)
    return source.advice.found


def _form(path: Path, greetings: Path | None, source: Source) -> ScriptForm:
    form = fill_in(ScriptForm, source)
    needed = any(step.greet for step in form.steps)
    check_form(form, _variants(path, greetings) if needed else {}, source.problems)
    source.problems.stop()
    return form


def check_script(path: Path, greetings: Path | None = None) -> list[ScriptError]:
    """Everything wrong with a script file; empty: nothing."""
    try:
        load_script(path, greetings)
    except ScriptErrors as wrong:
        return list(wrong.errors)
    return []


def load_scripts(folder: Path, greetings: Path | None = None) -> dict[str, Script]:
    """All scripts of a folder, by id.

    Raises:
        ScriptErrors: with the problems of all files together, two files with one id included.
        ConfigError: the folder has no YAML file.
    """
    files = yaml_files(folder)
    if not files:
        raise ConfigError(f"{folder}: no script files; name a folder with *.yaml scripts")
    scripts: dict[str, Script] = {}
    problems: list[ScriptError] = []
    home: dict[str, Path] = {}
    for path in files:
        try:
            script = load_script(path, greetings)
        except ScriptErrors as wrong:
            problems += wrong.errors
            continue
        if script.id in home:
            problems.append(
                ScriptError(
                    str(path),
                    None,
                    f"the script id `{script.id}` is already that of {home[script.id].name}",
                    "give each file its own `script:`",
                )
            )
        home[script.id] = path
        scripts[script.id] = script
    if problems:
        raise ScriptErrors(problems)
    return scripts


def _variants(path: Path, greetings: Path | None) -> Mapping[str, Collection[str]]:
    beside = path.parent.parent / "greetings"
    if greetings is None and beside.is_dir() and yaml_files(beside):
        greetings = beside
    try:
        return greeting_variants(greetings or greetings_folder())
    except ConfigError:
        # No folder of greetings at all: then every set is unknown, and is named so.
        return {}
