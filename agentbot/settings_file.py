"""Where in a TOML file each key stands, and what a setting's variable is called."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["Lines", "env_name", "lines_of"]

Key = tuple[str | int, ...]
Lines = dict[Key, int]
"""Key to line, counted from 1: `("web", "port")`, `("exchanges", 0, "host")`."""

_HEAD = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_ROW = re.compile(r"^\s*([A-Za-z0-9_.\"'-]+)\s*=")


def lines_of(text: str) -> Lines:
    """The lines of a file that tomllib has read; multi-line values count where they begin."""
    found: Lines = {}
    tables: Counter[Key] = Counter()
    section: Key = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if head := _HEAD.match(line):
            section = _parts(head[2])
            if head[1] == "[[":
                tables[section] += 1
                found.setdefault(section, number)
                section = (*section, tables[section] - 1)
            found.setdefault(section, number)
        elif row := _ROW.match(line):
            found.setdefault((*section, *_parts(row[1])), number)
    return found


def _parts(dotted: str) -> Key:
    quoted = re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted)
    return tuple(part.strip("\"'") for part in quoted)


def env_name(key: Key) -> str:
    """`AGENTBOT_WEB__PORT` for `("web", "port")`."""
    return "AGENTBOT_" + "__".join(str(part) for part in key).upper()
