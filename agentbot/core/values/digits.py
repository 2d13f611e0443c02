"""Runs of digits in speech: telephone numbers, however they are grouped and read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.numerals import DIGIT, NUMBER_SIGNS
from agentbot.core.phonetic import sound

__all__ = ["UNKNOWN", "Run", "digits_of", "runs"]

UNKNOWN = "?"
"""A sign that stands for a digit which was not understood."""

_BY_SOUND = {
    "yao": "1", "you": "1", "yi": "1", "er": "2", "san": "3", "shan": "3", "si": "4",
    "wu": "5", "liu": "6", "niu": "6", "qi": "7", "ba": "8", "jiu": "9", "ling": "0",
    "lin": "0", "guai": "7", "gou": "9",
}  # fmt: skip
# A recogniser writes 幺 as 要, 腰, 由: inside a number any sign is read by its sound.
_COUNT = {"两": 2, "二": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4, "五": 5, "5": 5}
_FILLER = re.compile(r"[\W_]|[呃嗯啊哦额哎诶杠减转]|然后|那个|再来|接着|后面")
_UNITS = re.compile(
    r"号楼|号院|号(?!卡)|栋|幢|座|单元|门|层|楼|室|户|弄|度|天|点|块|元|分|岁|年|月|日|瓶|罐|桶|次|遍|位|平|米|"
    r"小时|个|家|片|张|件|台|辆|份|口|支|只|盒|包|袋|箱|组|期|区|路|街|十|百|千|万|%|直接|下|些|样|起|般|会|直|定|共|切|边"
)
_COUNTED = re.compile(
    rf"[\W_]+要?[{''.join(DIGIT)}十]{{1,2}}(?!个[{''.join(DIGIT)}])个?(?:{_UNITS.pattern})"
)
"""A break and a quantity: 四零四四，两瓶 and 三五零八，八位."""
_ROOM = re.compile(
    rf"[十百千]$|(?:(?:号楼|栋|幢|座|单元|门|层|楼|弄)|(?<=[{NUMBER_SIGNS}a-zA-Z甲乙丙丁])号)\W*[十百]?$"
)
"""三十四号，二零一 is a house and its room; 尾号二零一七 is no house."""
_SHORT = 4
"""A run of at most so many digits before a unit is a quantity, not a telephone number."""

_WITHOUT_FIRST = 10
"""Digits of a mobile number without its first one."""


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that belong together; `start` and `end` are positions in the text."""

    digits: str
    start: int
    end: int


def _repeated(text: str, at: int) -> tuple[str, int] | None:
    """`三个八` at this place: three eights."""
    if at + 2 < len(text) and text[at + 1] == "个" and text[at] in _COUNT:
        digit = DIGIT.get(text[at + 2])
        if digit is not None:
            return digit * _COUNT[text[at]], at + 3
    return None


_WRITTEN_FOR_ONE = "要腰由邀妖摇"


def _digit_by_sound(text: str, at: int, *, inside: bool) -> str | None:
    """What a sign that is no digit means between digits."""
    if not inside or not "一" <= text[at] <= "鿿":
        return None
    after = _FILLER.sub("", text[at + 1 :])[:1]
    if after not in DIGIT and (after or text[at] not in _WRITTEN_FOR_ONE):
        return None  # a number's last sign is taken by its sound only where no particle is meant
    return _BY_SOUND.get(sound(text[at]).syllables[0])


def _sounds_like_one(text: str, at: int) -> bool:
    """幺 at the head of a mobile number, written 要 or 腰."""
    return at >= 0 and sound(text[at]).syllables == ("yao",)


def runs(text: str) -> list[Run]:
    """All runs of two digits and more that are not quantities of something."""
    found: list[Run] = []
    digits, start, end, at = "", 0, 0, 0
    while at <= len(text):
        sign = text[at] if at < len(text) else ""
        step = 1
        heard: str | None = None
        if sign:
            repeated = _repeated(text, at)
            if repeated:
                heard, step = repeated[0], repeated[1] - at
            else:
                heard = DIGIT.get(sign) or _digit_by_sound(text, at, inside=bool(digits))
        if heard is not None:
            if not digits:
                start = at
            digits += heard
            at += step
            end = at
            continue
        filler = _FILLER.match(text, at) if sign else None
        if filler and filler.end() > at and not (digits and _COUNTED.match(text, at)):
            at = filler.end()
            continue
        if digits:
            quantity = _UNITS.match(text, end) or _ROOM.search(text[:start])
            if len(digits) == _WITHOUT_FIRST and _sounds_like_one(text, start - 1):
                digits, start = "1" + digits, start - 1
            if len(digits) > 1 and not (quantity and len(digits) <= _SHORT):
                found.append(Run(digits, start, end))
            digits = ""
            counted = _COUNTED.match(text, at)
            at = counted.end() - 1 if counted else at
        at += 1
    return found


def digits_of(text: str) -> str:
    """All digits of a text that are not quantities, in one string."""
    return "".join(run.digits for run in runs(text))
