"""What the validator found, said so that the author of a file can mend it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agentbot.authoring.form import Form
from agentbot.authoring.problems import Place, likest, nearest
from agentbot.authoring.source import NARROW_COLON, WIDE_COLON, Source

__all__ = ["fill_in"]

F = TypeVar("F", bound=Form)

_WANTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list ([a, b], or lines with `- `)",
    "dict_type": "`key: value` lines",
    "model_type": "`key: value` lines",
    "model_attributes_type": "`key: value` lines",
}
_LOOKS = 3
"""A key put right may show more."""
_ID = "use small letters, digits, _ and - and begin with a letter: ask_address"


def fill_in(form: type[F], source: Source) -> F:
    """The file as a form; keys that there are not are noted, and read as what they will have meant.

    Raises:
        ScriptErrors: values are wrong; with a problem for each wrong key.
    """
    data = copy.deepcopy(source.data)
    for _ in range(_LOOKS):
        try:
            return form.model_validate(data)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
        for error in errors:
            source.problems.add(*_complaint(form, error))
        source.problems.settle()
        # A value that is wrong may be what others hang on: they would be blamed for its absence.
        if any(error["type"] != "extra_forbidden" for error in errors):
            break
        for error in errors:
            _put_right(form, data, error["loc"], source.problems.place(error["loc"]))
    source.problems.stop()
    raise AssertionError("a form that is wrong has a problem")


def _put_right(form: type[Form], data: Any, loc: Place, at: Place) -> None:
    """A key that there is not goes, or becomes the one that was meant."""
    for part in at[:-1]:
        data = data[part]
    known = [key for key in _known_keys(form, loc[:-1]) if key not in data]
    value, meant = data.pop(at[-1]), likest(str(at[-1]), known)
    if meant:
        data[meant] = value


def _complaint(form: type[Form], error: ErrorDetails) -> tuple[Place, str, str]:
    at: Place = error["loc"]
    name = _name(at)
    kind = error["type"]
    given, context = error["input"], error.get("ctx", {})
    if kind == "missing":
        return at, f"{name} is missing", f"add `{at[-1]}:` here"
    if kind == "extra_forbidden":
        key, known = str(at[-1]), _known_keys(form, at[:-1])
        mend = NARROW_COLON if WIDE_COLON in key else nearest(key, known, "remove it")
        return at, f"unknown key {name}", mend
    if kind in _WANTED:
        return at, f"{name} {_is(given)}", _want(kind, given)
    if kind in {"literal_error", "union_tag_invalid", "union_tag_not_found"}:
        return _choice(at, kind, given, context)
    if kind == "string_pattern_mismatch":
        return at, f"{name} is `{given}`, no usable name", _ID
    return at, f"{name}: {_sentence(error)}", "correct the value"


def _choice(at: Place, kind: str, given: Any, context: Mapping[str, Any]) -> tuple[Place, str, str]:
    if kind == "union_tag_not_found":
        kinds = "phone, number, address, name, topic, choice or time"
        return at, f"{_name(at)} has no `kind:` (as text)", f"add `kind:` {kinds}"
    if kind == "union_tag_invalid":
        at, given = (*at, "kind"), context["tag"]
    expected = context.get("expected") or context["expected_tags"]
    words = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
    return at, f"{_name(at)} cannot be `{given}`", nearest(str(given), words, "see docs/")


def _name(at: Place) -> str:
    """The last key on the way, with the position in its list: `cues` item 3."""
    keys = [part for part in at if isinstance(part, str) and part != "[key]"]
    item = f" item {at[-1] + 1}" if at and isinstance(at[-1], int) else ""
    return f"`{keys[-1]}`{item}" if keys else "the file"


def _is(given: Any) -> str:
    if given is None:
        return "is empty"
    if isinstance(given, bool):
        return f"is the truth value {str(given).lower()}"
    if isinstance(given, int | float):
        return f"is the number {given}"
    if isinstance(given, str):
        return f"is the text `{given[:40]}`"
    return "is a list" if isinstance(given, list) else "is a mapping"


def _want(kind: str, given: Any) -> str:
    quote = kind == "string_type" and isinstance(given, bool | int | float)
    return "put it in quotes" if quote else f"write {_WANTED[kind]}"


def _sentence(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return message[:1].lower() + message[1:]


def _known_keys(form: type[Form], at: Place) -> list[str]:
    """The keys that may stand at `at`, found by walking the form's own types."""
    kind: Any = form
    for part in at:
        kind = _below(kind, part)
    for model in _models(kind):
        return [field.alias or name for name, field in model.model_fields.items()]
    return []


def _below(kind: Any, part: Any) -> Any:
    options = list(_models(kind))
    for model in options:
        for name, field in model.model_fields.items():
            if part == (field.alias or name):
                return field.annotation
        # The tag of a discriminated union stands in the path between key and key.
        tag = model.model_fields.get("kind")
        if tag is not None and part in get_args(tag.annotation):
            return model
    for inner in _unfolded(kind):
        if isinstance(part, int) and get_origin(inner) is list:
            return get_args(inner)[0]
        if get_origin(inner) is dict:
            return get_args(inner)[1]
    return kind


def _unfolded(kind: Any) -> Iterator[Any]:
    """The type itself and, through `Annotated` and unions, what it may be."""
    yield kind
    arguments = get_args(kind)
    if get_origin(kind) is Annotated:
        arguments = arguments[:1]
    elif isinstance(get_origin(kind), type) and issubclass(get_origin(kind), list | Mapping):
        return
    for argument in arguments:
        yield from _unfolded(argument)


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    for inner in _unfolded(kind):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield inner
