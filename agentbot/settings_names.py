"""What settings are called, and which of them somebody will have meant."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel

from agentbot.settings_file import env_name

__all__ = ["meant", "names_at", "unknown_variables"]

_PREFIX = "AGENTBOT_"
_OTHERS = ("AGENTBOT_CONFIG", "AGENTBOT_MODELS", "AGENTBOT_PASSWORD")
"""Variables that are no settings."""

Key = tuple[str | int, ...]


def meant(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?` for the known name that is most like it; empty: none is."""
    like = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {like[0]}?" if like else ""


def names_at(model: type[BaseModel], above: Key) -> list[str]:
    """The settings of a section; `exchanges`, 0 are those of an exchange."""
    for part in above:
        if isinstance(part, int):
            continue
        inner = (
            _section(model.model_fields[part].annotation) if part in model.model_fields else None
        )
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def unknown_variables(model: type[BaseModel]) -> Iterator[str]:
    """One line for each variable that begins like a setting and is none."""
    known = [*_OTHERS, *(env_name(key) for key in _keys(model, ()))]
    for name in sorted(os.environ):
        told = name.upper()
        within = any(told.startswith(f"{setting}__") for setting in known)
        if told.startswith(_PREFIX) and told not in known and not within:
            # Without what all begin with: that makes any two alike.
            like = meant(told.removeprefix(_PREFIX), (k.removeprefix(_PREFIX) for k in known))
            yield f"{name} is no setting and is ignored{like.replace('mean ', f'mean {_PREFIX}')}"


def _keys(model: type[BaseModel], above: Key) -> Iterator[Key]:
    for name, field in model.model_fields.items():
        yield (*above, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation, (*above, name))


def _section(annotation: object) -> type[BaseModel] | None:
    """The form behind `WebForm` and `tuple[ExchangeForm, ...]`."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None
