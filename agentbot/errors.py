"""Every error a user can meet, drawn as one tree.

AgentbotError
├── ScriptError       a script, greeting, notice or holiday file is wrong (file and line)
├── ConfigError       a setting or option is wrong
├── RecordingError    a recording, transcript or manifest cannot be read
├── RecognizerError   a speech engine or its model cannot be used
├── ReportError       a report cannot be written
├── PbxError          the exchange cannot be reached, refuses, or does not answer in time
├── StoreError        what is kept of calls cannot be read or written
└── ServiceError      the live service cannot be started

The command line prints the message as one line and exits with 1; nothing below it
prints a traceback. Programming errors are none of these and do show one.
"""

from __future__ import annotations

__all__ = [
    "AgentbotError",
    "ConfigError",
    "PbxError",
    "RecognizerError",
    "RecordingError",
    "ReportError",
    "ScriptError",
    "ServiceError",
    "StoreError",
]


class AgentbotError(Exception):
    """Something a user can mend; `str()` is one line saying what is wrong and what to do."""


class ScriptError(AgentbotError):
    """A file of the house (script, greeting, notice, holiday table) is wrong.

    `file` is the path as given, `line` counts from 1 (None: the file as a whole).
    """

    def __init__(self, file: str, line: int | None, problem: str, mend: str) -> None:
        self.file, self.line, self.problem, self.mend = file, line, problem, mend
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {problem}; {mend}")


class ConfigError(AgentbotError):
    """A setting or a command-line option cannot be used."""


class RecordingError(AgentbotError):
    """A recording, transcript or manifest line cannot be read."""


class RecognizerError(AgentbotError):
    """A speech engine, its library or its model cannot be used."""


class ReportError(AgentbotError):
    """A report cannot be written (disk full, folder not writable)."""


class PbxError(AgentbotError):
    """The exchange cannot be reached, refuses what was asked, or does not answer in time."""


class StoreError(AgentbotError):
    """What is kept of calls cannot be read or written."""


class ServiceError(AgentbotError):
    """The live service cannot be started (port taken, folder not writable)."""
