"""A verdict as JSON and back, and the schema that says what the JSON holds.

The bytes are canonical: fields in the order of the dataclasses, times and confidences to
the millisecond or thousandth, so the same verdict is always the same file.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import math
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from agentbot.core import verdict as shapes
from agentbot.core.verdict import CallVerdict
from agentbot.errors import ReportError

__all__ = ["from_json", "schema", "to_json"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DECIMALS = 3


def to_json(verdict: CallVerdict) -> bytes:
    """The verdict as UTF-8 JSON, indented, with a newline at the end; always the same bytes.

    Raises ReportError for a number that JSON cannot carry (infinite or not a number).
    """
    plain = _plain(dataclasses.asdict(verdict), verdict.call_id)
    return (json.dumps(plain, ensure_ascii=False, indent=2) + "\n").encode()


def from_json(data: bytes, source: str) -> CallVerdict:
    """Read what `to_json` wrote; `source` names the file in the message of a ReportError."""
    try:
        verdict = _adapter().validate_json(data, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ReportError(
            f"{source}: not a verdict of agentbot: {place}: {first['msg']}; judge the call again"
        ) from None
    _plain(dataclasses.asdict(verdict), source)
    return verdict


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the bytes that `to_json` gives."""
    made = _adapter().json_schema(mode="serialization")
    definitions: dict[str, Any] = made.pop("$defs")
    for name, described in _described().items():
        shape = made if name == made["title"] else definitions.get(name, {})
        for member, text in described.items():
            if member in shape.get("properties", {}):
                shape["properties"][member]["description"] = text
    for shape in (made, *definitions.values()):
        if shape["type"] == "object":
            shape["required"] = list(shape["properties"])
            shape["additionalProperties"] = False
            for value in shape["properties"].values():
                value.pop("title", None)
                value.pop("default", None)
    return {"$schema": _DIALECT, **made, "$defs": definitions}


@cache
def _adapter() -> TypeAdapter[CallVerdict]:
    return TypeAdapter(CallVerdict)


def _plain(value: object, source: str) -> Any:
    """Rounded, and without what UTF-8 or JSON has no form for."""
    if isinstance(value, dict):
        return {_text(str(key)): _plain(item, source) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, source) for item in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ReportError(f"{source}: a number of the verdict is {value}; judge the call again")
        return round(float(value), _DECIMALS) + 0.0  # turns -0.0 into 0.0
    return value


def _text(value: str) -> str:
    """Half a surrogate pair, as broken transcripts carry it, becomes U+FFFD."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _described() -> dict[str, dict[str, str]]:
    """The docstrings under the attributes of each dataclass: {class: {attribute: text}}."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(shapes)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        for attribute, below in zip(node.body, node.body[1:], strict=False):
            match attribute, below:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    found.setdefault(node.name, {})[name] = inspect.cleandoc(text)
    return found
