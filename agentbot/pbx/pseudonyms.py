"""Made-up numbers and names for real ones: the same for the same, and of the same kind.

Meant for logs that leave the house. Nothing has to be known for a name: every word that is not
the exchange's own (`vocabulary`) and every number of seven digits or more becomes another,
wherever it stands, by a key of its own for each `Pseudonyms` that is not kept. Numbers of two to
six digits (seats, queues, extensions) stay: they belong to the house, and without them a log tells nothing.
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from agentbot.core.calls.names import parse_name
from agentbot.pbx.lookalikes import Lookalikes
from agentbot.pbx.message import Message
from agentbot.pbx.vocabulary import ROLES, WORDS

__all__ = ["Pseudonyms"]

_HAN: Final = r"[\u3400-\u9fff]"
_PIECE: Final = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<escaped>(?:\\u[0-9A-Fa-f]{4})+)"
    # What the exchange numbers by itself: channels, bridges, ends of channel names
    r"|(?P<ours>(?<![\d.])(?:1[4-9]|20)\d{8}\.\d{1,9}(?!\d)"
    r"|(?<![0-9A-Za-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Za-z])"
    r"|(?<=-)0[0-9a-f]{7}(?![0-9A-Za-z]))"
    r"|(?P<address>(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.]))"
    # Numbers written in groups
    r"|(?P<grouped>(?<!\d)(?:\(?0\d{2,3}\)?[ .-]?\d{3,4}[ .-]?\d{4}|1\d{2}(?P<gap>[ .-]?)\d{4}(?P=gap)\d{4}"
    r"|[48]00[ .-]?\d{3}[ .-]?\d{4}|\+\d{1,3}[ .-](?:\d{2,5}[ .-]){1,3}\d{2,5})(?!\d))"
    r"|(?P<digits>\d+)"
    rf"|(?P<han>{_HAN}+)"
    rf"|(?P<word>(?:(?!{_HAN})[^\W\d_])+)"
    r"|(?P<bytes>[\udc80-\udcff]+)"  # what was no UTF-8
    r"|(?P<symbol>[^\x00-\x7f])"
)
_NUMBER: Final = 7
"""Digits from which on a number is somebody's."""
_TELEPHONE: Final = re.compile(
    r"(?:CallerIDNum|ConnectedLineNum|CallerIdNum)$|^(?:ANI|DNID|RDNIS)$"
)
_NAMES: Final = re.compile(r"(?:CallerIDName|ConnectedLineName|MemberName|CalleeName)$")
_NO_NAMES: Final = frozenset({"", "<unknown>", "Unknown", "unknown", "Anonymous", "anonymous"})
_COUNTED: Final = re.compile(r"(?:Timestamp|Uptime|LastReload|Seconds|Duration|ListItems)$")
_PLAIN: Final = re.compile(r"\d{1,10}(?:[.:]\d{1,9}){0,2}")
_SPELLED: Final = re.compile(
    r"(?:^Event|^Response|^UserEvent|Privilege|Application|App|Cause-txt|StateDesc|Status|Type|Technology|Result|EventList"
    r"|Membership|Strategy|Variable)$"
)
"""What the exchange spells in words of its own, and names of variables."""
_HERE: Final = frozenset({"127.0.0.1", "0.0.0.0"})  # noqa: S104 - an address that tells nothing
_CACHED: Final = 20_000
_SHORT: Final = 120
"""Characters of a text that is kept in mind."""


_OWN: Final = 10_000
"""Long numbers of phones that are kept in mind."""
_OWN_DIGITS: Final = 10
_TURNS: Final = 20


class Pseudonyms:
    """One mapping, for one recording."""

    def __init__(self, key: bytes | None = None) -> None:
        """`key`: for the same mapping again; a new one by default."""
        self._looks = Lookalikes(key or secrets.token_bytes(32))
        self._short = lru_cache(_CACHED)(self._translated)
        self._own: dict[str, str] = {}

    def message(self, message: Message) -> Message:
        """The same message with made-up numbers and names, wherever they stand."""
        self._learn(message)
        return Message(
            {self._key(key): self.value(key, value) for key, value in message.headers.items()},
            {
                self._key(key): tuple(self.value(key, value) for value in values)
                for key, values in message.repeated.items()
            },
            message.at,
        )

    def value(self, key: str, value: str) -> str:
        """One header."""
        head = key.partition("(")[0]
        if head == "Digit":  # what is keyed in may be anything
            made = "0"
        elif _COUNTED.search(head) and _PLAIN.fullmatch(value):
            made = value
        elif _NAMES.search(head):
            made = self.name(value)
        elif head.endswith("ChanVariable"):
            name, equals, given = value.partition("=")
            made = self._spelled(name) + equals + self.text(given)
        elif _SPELLED.search(head):
            made = self._spelled(value)
        elif _TELEPHONE.search(head) and not any(map(str.isalpha, value)):
            made = self.number(value)
        else:
            made = self.text(value)
        return made

    def text(self, text: str) -> str:
        """Anything: numbers, and all words that are not the exchange's own."""
        return self._short(text) if len(text) <= _SHORT else self._translated(text)

    def name(self, name: str) -> str:
        """Another name of the same length and script; digits of seats stay."""
        return name if name in _NO_NAMES else _PIECE.sub(self._of_name, name)

    def number(self, number: str) -> str:
        """Another number of the same length; what tells its country stays, and so do short ones."""
        digits = "".join(char for char in number if char.isdecimal())
        if len(digits) < _NUMBER:
            return number
        return self._looks.number(number, self._own.get(digits[-_OWN_DIGITS:], ""))

    def _learn(self, message: Message) -> None:
        """A phone may show a long number that its own name is part of: then the name stays in it."""
        for key, number in message.headers.items():
            if key.endswith("CallerIDNum") and len(number) >= _NUMBER:
                seat = parse_name(message.get(key.removesuffix("CallerIDNum") + "Channel")).endpoint
                if seat.isdecimal() and 2 < len(seat) < _NUMBER and seat in number:
                    if self._own.get(number[-_OWN_DIGITS:]) != seat:
                        self._own[number[-_OWN_DIGITS:]] = seat
                        self._short.cache_clear()
                    while len(self._own) > _OWN:
                        del self._own[next(iter(self._own))]

    def _key(self, key: str) -> str:
        """`ChanVariable(PJSIP/1001-0000000a)`: the word before stays."""
        head, bracket, channel = key.partition("(")
        return self._spelled(head) + bracket + self.text(channel)

    def _spelled(self, text: str) -> str:
        """Latin words stay."""
        return _PIECE.sub(lambda piece: piece[0] if piece["word"] else self._piece(piece), text)

    def _translated(self, text: str) -> str:
        return _PIECE.sub(self._piece, text)

    def _of_name(self, piece: re.Match[str]) -> str:
        return self._looks.letters(piece[0]) if piece["word"] else self._piece(piece)

    def _piece(self, piece: re.Match[str]) -> str:
        text = piece[0]
        match piece.lastgroup:
            case "ours":
                made = text
            case "percent":
                told = unquote(text, errors="surrogateescape")
                made = quote(self.name(told), errors="surrogateescape")
            case "escaped":
                told = text.encode("ascii").decode("unicode_escape")
                made = self.name(told).encode("ascii", "backslashreplace").decode("ascii")
            case "address":
                made = text if text in _HERE else self._address(text)
            case "han":
                made = self._looks.han(text)
            case "word":
                made = self._word(text)
            case "bytes":
                made = self._looks.letters(text)
            case "symbol":
                made = "x"
            case _:
                made = self.number(text)
        return made

    def _address(self, text: str) -> str:
        """Another machine of a private network."""
        other = self._looks.number("".join(part.zfill(3) for part in text.split(".")))
        return "10." + ".".join(str(int(other[at : at + 3]) % 256) for at in (3, 6, 9))

    def _word(self, word: str) -> str:
        if word.lower() in WORDS:
            return word
        made, end = [], 0
        for role in ROLES.finditer(word):
            made += [self._unlike(word[end : role.start()]), role[0]]
            end = role.end()
        return "".join([*made, self._unlike(word[end:])])

    def _unlike(self, word: str) -> str:
        """Another word that is none of those that mean something; a letter alone stays."""
        if len(word) > 1:
            for _ in range(_TURNS):
                word = self._looks.letters(word)
                if word.lower() not in WORDS and not ROLES.search(word):
                    break
        return word
