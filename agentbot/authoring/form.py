"""What all forms share: strict, no unknown keys; the kinds of text that stand in files."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

__all__ = ["ArgumentName", "Form", "Id", "OneOrMany", "Phrase", "Text", "as_list"]

LONGEST_TEXT = 400
"""Characters; the longest thing an operator says in one breath is below 100."""


class Form(BaseModel):
    """A mapping of a file, as its author may write it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _can_be_heard(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise PydanticCustomError("unheard", "holds no word that could be heard")
    return text


def as_list(value: Any) -> Any:
    """`a` where `[a]` is meant."""
    return [value] if isinstance(value, str) else value


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)
]
"""A label or a wording with places."""

Phrase = Annotated[Text, AfterValidator(_can_be_heard)]
"""Words as they are spoken."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
"""A name for output and references: `ask_address`, `new-year`."""

ArgumentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""An id that may also stand in a template, so without a hyphen."""

OneOrMany = Annotated[list[Text], BeforeValidator(as_list)]
"""`a` or `[a, b]`."""
