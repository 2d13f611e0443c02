"""Made-up numbers and names for real ones: the same for the same, and of the same kind.

Meant for logs that leave the house. A key of its own for each `Pseudonyms` decides what becomes
of what; it is not kept, so nothing can be turned back. Numbers of two to six digits (seats, queues,
extensions) stay: they belong to the house, and without them a log tells nothing.
"""

from __future__ import annotations

import hmac
import re
import secrets

from agentbot.pbx.message import Message

__all__ = ["Pseudonyms"]

_NUMBER = re.compile(r"\d{7,40}")
_APART = re.compile(
    r"(?P<written>(?<![\w/.-])(?:0\d{2,3}[ -]\d{3,4}[ -]?\d{4}|1\d{2}([ -])\d{4}\2\d{4})(?![\w.-]))"
    r"|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f-]{13,}"  # ids of bridges
    r"|(?:[\w.]+-)?\d{9,10}\.\d+"  # ids of channels
    r"|-[0-9a-f]{8}(?=$|[;<,&@ ])"  # ends of channel names
    r"|\d+\.\d+\.\d+\.\d+(?::\d+)?"  # addresses of machines
)
_SCRIPT = re.compile(r"[\u3400-\u9fff]+")
_QUOTED = re.compile(r'(?<=")[^"<>]+(?="\s*<)')
_KEPT_KEYS = re.compile(
    r"(?:Uniqueid|Linkedid|Timestamp|Bridge(?:Id|ID|Uniqueid)|SessionID|ActionID|CallID|TimeStamp|EventTV|SSRC|"
    r"Privilege|Event|Response|Context|Language|Cause-txt|ChannelStateDesc|SystemName|Queue|Application|Type|Technology)$"
)
_NAME_KEYS = re.compile(
    r"(?:CallerIDName|ConnectedLineName|MemberName|EffectiveConnectedLineName|CalleeName)$"
)
_NO_NAMES = frozenset({"", "<unknown>", "Unknown", "unknown", "Anonymous", "anonymous"})
_HAN = "安白包曹常陈程戴丁董杜范方冯傅高葛郭韩何贺胡黄江金康孔赖雷黎李梁林刘龙卢陆罗吕马毛孟莫潘彭钱秦任邵沈石史宋苏孙谭唐陶田汪王魏温文吴武夏萧谢邢徐许薛严杨姚叶易殷余袁曾张赵郑钟周朱邹"
_LETTERS = "abcdefghijklmnoprstuvwy"
_NAMES_KEPT = 500
_LONGEST = 11
"""Digits of a number within its country; what stands before is a prefix and stays."""


class Pseudonyms:
    """One mapping, for one recording."""

    def __init__(self, key: bytes | None = None) -> None:
        """`key`: for the same mapping again; a new one by default."""
        self._key = key or secrets.token_bytes(32)
        self._numbers: dict[str, str] = {}
        self._taken: set[str] = set()
        self._names: dict[str, tuple[re.Pattern[str], str]] = {}
        self._made: set[str] = set()

    def message(self, message: Message) -> Message:
        """The same message with made-up numbers and names, wherever they stand."""
        for key, value in message.headers.items():
            if _NAME_KEYS.search(key) and value not in _NO_NAMES:
                self.name(value)
        return Message(
            {self._key_of(key): self.value(key, value) for key, value in message.headers.items()},
            {
                self._key_of(key): tuple(self.value(key, value) for value in values)
                for key, values in message.repeated.items()
            },
            message.at,
        )

    def _key_of(self, key: str) -> str:
        return self.text(key) if "(" in key else key

    def value(self, key: str, value: str) -> str:
        """One header."""
        if key == "Digit":  # what is keyed in may be anything
            return "0"
        if not value or _KEPT_KEYS.search(key):
            return value
        if _NAME_KEYS.search(key):
            return value if value in _NO_NAMES else self.name(value)
        return self.text(value)

    def text(self, text: str) -> str:
        """Names in quotes, names met before, everything in Chinese script, and all numbers."""
        text = _QUOTED.sub(self._unless_made, text)
        for name, (pattern, other) in self._names.items():
            if name in text:
                text = other.join(pattern.split(text))
        pieces: list[str] = []
        end = 0
        for found in _APART.finditer(text):
            pieces.append(self._plain(text[end : found.start()]))
            pieces.append(self.number(found[0]) if found["written"] else found[0])
            end = found.end()
        return "".join([*pieces, self._plain(text[end:])])

    def number(self, number: str) -> str:
        """Another number of the same length; its prefix of country and its first digit stay."""
        digits = "".join(char for char in number if char.isdecimal())
        head, core = digits[:-_LONGEST], digits[-_LONGEST:]
        other = iter(head + (self._numbers.get(core) or self._invent(core)))
        return "".join(next(other) if char.isdecimal() else char for char in number)

    def name(self, name: str) -> str:
        """Another name of the same length and script; digits of seats stay."""
        if name in _NO_NAMES or not any(char.isalpha() for char in name):
            return _NUMBER.sub(lambda found: self.number(found[0]), name)
        if name in self._names:
            return self._names[name][1]
        made = "".join(map(_alike, name, self._draw(name)))
        made = _NUMBER.sub(lambda found: self.number(found[0]), made)
        if len(name) > 1:
            self._remember(name, made)
        return made

    def _remember(self, name: str, made: str) -> None:
        if len(self._names) >= _NAMES_KEPT:
            _, oldest = self._names.pop(next(iter(self._names)))
            self._made.discard(oldest)
        # A short name is no part of a longer word.
        alone = re.compile(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])")
        self._names[name] = alone, made
        self._made.add(made)

    def _unless_made(self, found: re.Match[str]) -> str:
        return found[0] if found[0] in self._made else self.name(found[0])

    def _plain(self, text: str) -> str:
        text = _SCRIPT.sub(self._unless_made, text)
        return _NUMBER.sub(lambda found: self.number(found[0]), text)

    def _invent(self, core: str) -> str:
        for turn in range(100):
            draw = self._draw(f"{core}/{turn}")
            kept = 1 if core[0] in "01" else 0
            other = core[:kept] + "".join(str(byte % 10) for byte in draw[kept : len(core)])
            if core[0] == "1" and len(core) == _LONGEST:  # a mobile number stays one
                other = other[0] + str(3 + draw[1] % 7) + other[2:]
            if other != core and other not in self._taken:
                break
        self._taken.add(other)
        self._numbers[core] = other
        return other

    def _draw(self, of: str) -> bytes:
        """As many bytes as `of` has characters, and no fewer than twenty."""
        drawn = b""
        while len(drawn) < max(len(of), 20):
            drawn += hmac.digest(self._key, f"{len(drawn)}/{of}".encode(), "sha256")
        return drawn[: max(len(of), 20)]


def _alike(char: str, byte: int) -> str:
    if _SCRIPT.match(char):
        return _HAN[byte % len(_HAN)]
    if char.isalpha():
        other = _LETTERS[byte % len(_LETTERS)]
        return other.upper() if char.isupper() else other
    return char
