"""What one remembers while following a call from turn to turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from agentbot.core.book import Book, Repeated
from agentbot.core.events import Heard
from agentbot.core.known import Known
from agentbot.core.values.base import Reading

__all__ = ["Progress"]


@dataclass(slots=True)
class Progress:
    """The state of the talk; `book` is what will be left of it."""

    known: Known
    heard: list[Heard]
    """Everything, in order of time."""
    book: Book = field(default_factory=Book)
    asked: str | None = None
    """Field that the operator waits for."""
    last_asked: str | None = None
    asked_at: float = 0.0
    """Seconds at which the question for `asked` began."""
    last_repeat: Repeated | None = None
    just_repeated: list[str] = field(default_factory=list)
    """Fields read back in the operator's last turns, the latest first."""
    just_given: set[str] = field(default_factory=set)
    """Fields given in the caller's last turn."""
    also: set[str] = field(default_factory=set)
    """Fields asked for in one breath with `asked`."""
    referred: dict[str, tuple[Heard, ...]] = field(default_factory=dict)
    """Numbers that the caller only pointed to (`就这个号`), and the words."""
    mentioned: dict[str, tuple[Reading, tuple[Heard, ...]]] = field(default_factory=dict)
    """Times that the caller spoke of unasked; a read-back shows that they were meant."""
    own_words: tuple[str, Heard] | None = None
    """(field, utterance) of what may have been a question in unforeseen words; no field: for anything."""
    pieces: dict[str, tuple[list[tuple[str, bool]], list[Heard]]] = field(default_factory=dict)
    """Field id to what has been read back of it piece by piece."""

    def order(self, item: Heard) -> int:
        """Position of an utterance in the call."""
        return self.book.order[item.leg, item.start, item.end]

    def ask(self, field_id: str, item: Heard) -> None:
        """From this utterance on an answer is for this field."""
        if self.asked and self.asked_at >= item.start and self.asked != field_id:
            self.also.add(self.asked)
        self.asked = self.last_asked = field_id
        self.asked_at = item.start
