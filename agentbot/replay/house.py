"""The house's own rules, read once for a whole batch: its scripts and its greetings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from agentbot.authoring.greetings import Greetings, load_greetings
from agentbot.authoring.places import greetings_folder, scripts_folder
from agentbot.authoring.scripts import load_script, load_scripts
from agentbot.core.events import CallStarted
from agentbot.core.script import Script
from agentbot.errors import ConfigError
from agentbot.replay.call import Source

__all__ = ["House", "Lang"]

Lang = Literal["zh", "en"]
"""Language of reasons, messages and pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Scripts by id, and what greeting is due when."""

    scripts: Mapping[str, Script]
    greetings: Greetings

    @classmethod
    def read(cls, scripts: Path | None = None, greetings: Path | None = None) -> Self:
        """Read both folders; without them those of the settings.

        Raises:
            ScriptError: a file is wrong.
            ConfigError: a folder is not there.
        """
        greetings = greetings or greetings_folder()
        return cls(
            scripts=load_scripts(scripts or scripts_folder(), greetings),
            greetings=load_greetings(greetings),
        )

    def with_script(self, named: str | None) -> tuple[Self, str | None]:
        """The script a user named, by id or as a YAML file of its own: the house with it, its id.

        Raises:
            ScriptError: the file is wrong.
            ConfigError: there is no such file, or no such script.
        """
        if named is None:
            return self, None
        if Path(named).suffix.lower() not in {".yaml", ".yml"}:
            if named not in self.scripts:
                raise ConfigError(
                    f"--script {named}: no such script; there are: {', '.join(sorted(self.scripts))}"
                )
            return self, named
        if not Path(named).is_file():
            raise ConfigError(f"--script {named}: there is no such file; check the path")
        script = load_script(Path(named))
        return replace(self, scripts={**self.scripts, script.id: script}), script.id

    def script(self, source: Source) -> Script:
        """The script this call is judged by.

        Raises:
            ConfigError: none is named, or there is no such script.
        """
        known = ", ".join(sorted(self.scripts))
        if source.script is None:
            raise ConfigError(f"which script? give --script, one of: {known}")
        if source.script not in self.scripts:
            raise ConfigError(f"no script {source.script!r}; there are: {known}")
        return self.scripts[source.script]

    def started(self, source: Source, script: Script, lang: Lang) -> CallStarted:
        """The first event of the call; no greeting is due where date or set is not known."""
        due = None
        if script.greeting is not None and source.started_at is not None:
            due = self.greetings.due(
                script.greeting,
                source.started_at,
                source.greeter or source.seat,
                source.queue,
                lang=lang,
            )
        return CallStarted(
            call_id=source.call_id,
            seat=source.seat,
            greeter=source.greeter,
            started_at=source.started_at,
            greeting=due,
            ring_seconds=source.ring_seconds,
        )
