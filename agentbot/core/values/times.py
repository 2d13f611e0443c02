"""Days and hours, kept in the caller's words and compared by what they name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.numerals import NUMBER_SIGNS, quantity
from agentbot.core.phonetic import normal
from agentbot.core.questions import confirms
from agentbot.core.values.base import Comparison, Reading, corrects

__all__ = ["TimeValue", "any_time", "in_the_past"]

_N = f"[{NUMBER_SIGNS}]+"
_DATE = rf"(?<![{NUMBER_SIGNS}])(?:[12二]?十[一二三四五六七八九]?|[二三]十[一二三四五六七八九]?|[一二三四五六七八九]|[12]?[0-9]|3[01])"
"""A day of the month; 二零幺号 is a door."""
_WEEKDAY = r"(?:下+|这|本)?个?(?:周|星期|礼拜)[一二三四五六日天末]"
_PAST = r"大前天|前天|昨天|昨[晚早]|前几天|上个?(?:周|星期|礼拜)[一二三四五六日天末]?|上个?月"
_DAY = rf"{_PAST}|大后天|今天|明天|后天|今[晚早]|明[晚早]|{_WEEKDAY}|下个?(?:周|星期|礼拜|月)|(?:{_N}月)?(?<![甲乙丙丁弄路街巷道村苑园里庄寓院府厦城湾区期苏号栋座口号]){_DATE}[号日](?![楼院栋线室户{NUMBER_SIGNS}])|过[两几]天"
_PART = r"早上|早晨|清早|上午|中午|下午|午后|傍晚|晚上|夜里"
_MINUTES = rf"{_N}分|[{NUMBER_SIGNS}]{{2,}}|十"
"""Nobody says 八点八: that is 八点吧."""
_CLOCK = rf"(?:{_N})点(?:半|一刻|三刻|钟|{_MINUTES})?(?:以?后|以?前|左右|多)?"
_OTHER = rf"下班以?后?|吃完饭|(?:{_N}|半)个?(?:小时|分钟)(?:以?后|之后)?|一会儿|待会儿?|晚[点些]|晚一[点些]|等会儿?|回头"
_TIME = re.compile(rf"{_DAY}|{_PART}|{_CLOCK}|{_OTHER}")
_VAGUE = re.compile(r"一会儿|待会儿?|晚一?[点些]|等会儿?|回头")
_ANY = re.compile(
    r"随时|随便|再[说讲看约]|到时候|什么时候都|哪天都|几点都|都行|都可以|看你们|听你们|你们定|不一定|没准|说不好|说不准|看情况"
)
_LEADS = frozenset("嗯呃啊哦哎那就要等在到你您我再改打说给约来是吧还了行好的想得个")
"""Signs before a time that say nothing of it."""
_VAGUELY, _PLAINLY = 0.4, 0.8
_HALVES = {"早": "am", "上": "am", "清": "am", "中": "noon", "下": "pm", "午": "pm", "傍": "pm", "晚": "night", "夜": "night"}  # fmt: skip


def any_time(text: str) -> bool:
    """An answer to `when` that names no time: 随时都行, 再说吧."""
    return bool(_ANY.search(text))


def in_the_past(text: str) -> bool:
    """Words of a day gone by."""
    return bool(re.search(_PAST, text))


def _explains(match: re.Match[str]) -> bool:
    """明天的明 is a sign of somebody's name."""
    after = re.match(r"的(\w)(?!\w)", match.string[match.end() :])
    return after is not None and after[1] in match.group()


def _parts(text: str) -> tuple[tuple[str, str], ...]:
    """Day, half of the day and hour, each in one normal form."""
    found: dict[str, str] = {}
    plain = normal(text)
    day = re.search(_DAY, plain)
    if day:
        named = day.group()
        if named[:1] in "今明昨" and named[1:] in ("晚", "早"):
            found["half"] = _HALVES[named[1]]
            named = named[0] + "天"
        named = re.sub("星期|礼拜", "周", named).replace("个", "").replace("周天", "周日")
        figures = re.search(rf"({_N})[号日]", named)
        found["day"] = str(quantity(figures[1])) if figures else named.removeprefix("这")
    half = re.search(_PART, plain)
    if half:
        found["half"] = _HALVES[half.group()[0]]
    clock = re.search(rf"({_N})点(半|一刻|三刻|{_N})?", plain)
    hour = quantity(clock[1]) if clock else None
    if clock and hour is not None:
        found["hour"] = str(hour % 12) + (clock[2] or "")
    return tuple(found.items())


@dataclass(frozen=True, slots=True)
class TimeValue:
    """A day or an hour, kept in the caller's words."""

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """All words of time in the text, from the first to the last."""
        if not asked:
            return None
        wrong = corrects(text)
        if wrong:
            later = self.read(text[wrong.end() :], asked=True)
            if later:
                return later
        found = [m for m in _TIME.finditer(text) if not _explains(m)]
        if not found:
            return None
        value = re.sub(r"[，,、\s]", "", text[found[0].start() : found[-1].end()])
        if any_time(text) and all(_VAGUE.fullmatch(m.group()) for m in found):
            return None  # 回头再说 names no time
        return Reading(value, _parts(value), _VAGUELY if _VAGUE.fullmatch(value) else _PLAINLY)

    @staticmethod
    def contested(value: str, text: str) -> bool:
        """Whether garbled words straight before the time may be more of it: 晴七天下午."""
        plain = normal(text)
        at = plain.find(normal(value))
        return at > 0 and plain[at - 1] not in _LEADS

    def revise(self, old: Reading, text: str) -> Reading | None:
        """A new time after a correction."""
        return self.read(text, asked=True)

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """A time in the operator's words that names the same kind of things: a day, an hour."""
        found = self.read(text, asked=True)
        if found is None:
            return None
        kinds = {place for place, _ in given.parts}
        alike = kinds & {place for place, _ in found.parts}
        mine, theirs = dict(given.parts), dict(found.parts)
        if "day" in mine and "day" not in theirs and any(mine[p] != theirs[p] for p in alike):
            return None  # 保留到下午六点 is another time than 今天晚上
        if alike == {"half"} and len(kinds) > 1 and not confirms(text):
            return None  # 早上不能吃早餐 repeats no 周四早上八点
        return (
            found if alike or (not kinds and normal(found.value) in normal(given.value)) else None
        )

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Day, half of the day, hour: what both name must agree."""
        mine, theirs = dict(caller.parts), dict(operator.parts)
        shared = [p for p in ("day", "half", "hour") if p in mine and p in theirs]
        for place in shared:
            if mine[place] != theirs[place]:
                same = 0.5 - 0.5 * trust
                return Comparison(same, place, mine[place], theirs[place])
        a, b = normal(caller.value), normal(operator.value)
        return Comparison(1.0 if shared or a in b or b in a else 0.5)
