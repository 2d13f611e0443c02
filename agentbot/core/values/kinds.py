"""From a script's field to the way its values are understood."""

from __future__ import annotations

from agentbot.core.script import Field, FieldKind
from agentbot.core.values.address import Address
from agentbot.core.values.answers import ChoiceValue, NumberValue, TimeValue
from agentbot.core.values.base import ValueKind
from agentbot.core.values.name import Name
from agentbot.core.values.phone import Phone
from agentbot.core.values.topic import Topic

__all__ = ["kind_of"]


def kind_of(field: Field) -> ValueKind:
    """The reader, corrector and comparer for a field."""
    match field.kind:
        case FieldKind.PHONE:
            return Phone(field.digits or (11,))
        case FieldKind.NUMBER:
            return NumberValue(field.minimum, field.maximum, field.unit)
        case FieldKind.ADDRESS:
            return Address(field.known)
        case FieldKind.NAME:
            return Name()
        case FieldKind.TOPIC:
            return Topic(field.choices)
        case FieldKind.CHOICE:
            return ChoiceValue(field.choices)
        case FieldKind.TIME:
            return TimeValue()
