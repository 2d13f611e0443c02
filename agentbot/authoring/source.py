"""A YAML file as plain data, with the line of every key and item.

Read from the parser's nodes rather than from its values, since the values have already lost
what an author must be told: a doubled key, the zero of `0123`, where a thing stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from agentbot.authoring.problems import Place, Problems, ScriptErrors
from agentbot.errors import ScriptError

__all__ = ["NARROW_COLON", "WIDE_COLON", "Source", "read_source"]

LARGEST_FILE = 1_000_000
"""Bytes; a script of a hundred steps is about 100 kB."""
DEEPEST = 20
LONGEST_NUMBER = 15
WIDE_COLON = "："
NARROW_COLON = "the colon `：` is full-width; write `key: value` with `:` and a space"
_WIDE_KEY = re.compile(r"\s*(?:- )?[{\s]*\w+：")
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a file says: `data` of dict, list, str, int, float, bool and None; keys are text."""

    data: dict[str, Any]
    problems: Problems
    advice: Problems
    """What is no mistake of YAML, and most likely not what its author meant."""


def read_source(path: Path) -> Source:
    """Read a YAML file whose top is a mapping.

    What is wrong with single values is in `problems`; who has looked at the rest stops there.

    Raises:
        ScriptErrors: the file cannot be read or is no such YAML.
    """
    file = str(path)
    root = _parse(file, _text(path))
    reading = _Reading(file)
    if not isinstance(root, MappingNode):
        line = None if root is None else root.start_mark.line + 1
        what = "the file is empty" if root is None else "the file is no mapping"
        wide = isinstance(root, ScalarNode) and WIDE_COLON in str(root.value)
        mend = NARROW_COLON if wide else "write `key: value` lines, see docs/scripts.md"
        raise ScriptErrors([ScriptError(file, line, what, mend)])
    data = reading.value(root, ())
    reading.problems.settle()
    return Source(data=data, problems=reading.problems, advice=reading.advice)


def _text(path: Path) -> str:
    def fail(problem: str, mend: str) -> ScriptErrors:
        return ScriptErrors([ScriptError(str(path), None, problem, mend)])

    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise fail(f"cannot be read ({reason})", "check the name and the rights") from None
    if len(raw) > LARGEST_FILE:
        raise fail(f"is larger than {LARGEST_FILE} bytes", "split it into several scripts")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fail("is not UTF-8 text", "save it as UTF-8 (not GBK or ANSI)") from None


def _parse(file: str, text: str) -> Node | None:
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else min(mark.line, text.count("\n")) + 1
        problem = " ".join(str(error.problem or error.context or "broken").split())
        mend = _hint(text.splitlines()[max(0, line - 2) : line] if line else [])
        raise ScriptErrors([ScriptError(file, line, f"no YAML: {problem}", mend)]) from None
    except YAMLError as error:
        problem = " ".join(str(error).split())
        mend = "remove the odd character"
        raise ScriptErrors([ScriptError(file, None, f"no YAML: {problem}", mend)]) from None
    except RecursionError:
        mend = f"no more than {DEEPEST} levels are needed"
        raise ScriptErrors([ScriptError(file, None, "nested too deeply", mend)]) from None
    except (ValueError, AttributeError, TypeError, IndexError, AssertionError):
        # The parser itself stumbles over some broken escapes and directives.
        mend = "remove %-directives and backslash escapes"
        raise ScriptErrors([ScriptError(file, None, "no YAML", mend)]) from None
    return root


def _hint(lines: list[str]) -> str:
    """How to mend the line on which the parser stopped, given with the one before."""
    line = lines[-1] if lines else ""
    if "\t" in line:
        return "indent with spaces, not tabs"
    if "{{" in line or "{%" in line:
        return "put text that begins with {{ or {% in quotes"
    # A key without its colon is noticed on the next line only.
    if any(_WIDE_KEY.match(each) for each in lines):
        return NARROW_COLON
    if "，" in line and ("{" in line or "[" in line):
        return "between [ ] and { } write the half-width comma: [a, b]"
    return "check indentation, quotes and the space after each colon there"


class _Reading:
    """Nodes to values, once; notes the line of everything on the way."""

    def __init__(self, file: str) -> None:
        self._lines: dict[Place, int] = {(): 1}
        self._seen: set[int] = set()
        self.problems = Problems(file, self._lines)
        self.advice = Problems(file, self._lines)

    def value(self, node: Node, at: Place) -> Any:
        self._lines.setdefault(at, node.start_mark.line + 1)
        if id(node) in self._seen or node.anchor:
            self.problems.add(
                at, "a YAML anchor or alias (`&`, `*`)", "write the value out, or quote the text"
            )
            return None
        self._seen.add(id(node))
        if len(at) > DEEPEST:
            self.problems.add(at, "nested too deeply", f"no more than {DEEPEST} levels are needed")
            return None
        if isinstance(node, ScalarNode):
            return self._scalar(str(node.value), str(node.tag), node.style is None, at)
        if isinstance(node, MappingNode):
            return self._mapping(node, at)
        flow = isinstance(node, SequenceNode) and node.flow_style
        for position, item in enumerate(node.value):
            self._lines[*at, position] = item.start_mark.line + 1
            if flow and isinstance(item, ScalarNode) and item.style is None:
                self._one_item(str(item.value), (*at, position))
        return [self.value(item, (*at, position)) for position, item in enumerate(node.value)]

    def _one_item(self, text: str, at: Place) -> None:
        if "，" in text:
            self.advice.add(
                at,
                f"`{text}` is one item, since its comma `，` is full-width",
                f'write `, ` between items; if it is one wording, put it in quotes: "{text}"',
            )

    def _mapping(self, node: MappingNode, at: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._lines[*at, "?"] = line
                self.problems.add(
                    (*at, "?"), "a key that is no text", "write `key: value`, and {{ … }} in quotes"
                )
                continue
            key = str(key_node.value)
            if key in values:
                first = self._lines[*at, key]
                self._lines[*at, key, "again"] = line
                self.problems.add(
                    (*at, key, "again"),
                    f"`{key}` stands here a second time (first on line {first})",
                    "keep one of the two",
                )
                continue
            self._lines[*at, key] = line
            values[key] = self.value(value_node, (*at, key))
        return values

    def _scalar(self, text: str, tag: str, plain: bool, at: Place) -> Any:
        kind = tag.removeprefix(_TAG)
        if not plain or kind in {"str", "timestamp"}:
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in {"true", "yes", "on"}
        if kind in {"int", "float"}:
            return self._number(text, kind, at)
        self.problems.add(at, f"`{text}` means something special in YAML", "put it in quotes")
        return None

    def _number(self, text: str, kind: str, at: Place) -> Any:
        digits = text.lstrip("+-")
        plain = digits.replace(".", "", 1)
        if plain.isascii() and plain.isdecimal() and len(plain) <= LONGEST_NUMBER:
            if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
                self.problems.add(
                    at, f"`{text}` would lose its leading zero", f'put it in quotes: "{text}"'
                )
                return text
            return float(text) if kind == "float" else int(text)
        self.problems.add(at, f"`{text}` is no plain number", f'put it in quotes: "{text}"')
        return None
