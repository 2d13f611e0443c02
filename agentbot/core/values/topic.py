"""Free talk known by its key terms: what is broken, what is wanted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from agentbot.core.phonetic import Sound, find, find_apart, normal, sound
from agentbot.core.script import Choice
from agentbot.core.values.base import CERTAIN, Comparison, Reading, last_match
from agentbot.core.values.topic_lean import lean
from agentbot.core.values.topic_near import nearest

__all__ = ["Topic", "shared_sound"]

_PLACE = re.compile(
    r"[零一二三四五六七八九十百\d](?:号楼|号|栋|幢|座|单元|门|室|弄)|我叫|我姓|电话|手机"
)
"""Clauses that give something else than the issue."""
_ANNOUNCED = re.compile(
    r"喂+|[您你]好|请问|麻烦|打扰|(?:我|咱)?(?:们)?(?:就?是)?(?:想|要|来)?(?:咨询|问|报个?修|反映|反应|说)(?:一?[下个]|修|情况|问题)*|是?这样(?:子)?的?|那个|"
    r"(?:师傅|姑娘|闺女|小[伙姑][子娘]|同志|美女|帅哥)|[有出]了?点?(?:事|问题)|[哦喔啊呃嗯诶哎呀]"
)
"""Words that announce a matter and do not tell it yet."""
_LEAST = 4
"""Signs of free talk that can be an issue at all."""
_TOPICS = 3
_LIKE, _MOST, _CORE = 0.35, 0.8, 0.75
"""Share of sound from which words are about the same, and are the same words; likeness of what is particular to a term."""
_LEANS, _MORE, _LESS, _RIVAL = 2.0, 1.3, 0.16, 0.6
"""What words weigh that speak for a topic, by how much more than for others or less, and what
share makes a topic a rival of those named (tuned on made-up calls)."""
_LEANING = 0.9
"""How surely words are about what they lean to."""
_ELSEWHERE_BOUND = 0.14
"""How likely they are about the operator's topic all the same; the caller's yes leaves it open."""
_FORM = frozenset("有一个了的是在我您你家这那就也")
_PLAIN_WORDS = frozenset("不没太很都还老总又要能会到上下来去出")
"""Signs that say nothing of a matter when they stand together."""
_EXACT = 2
"""Terms of so few signs are heard sign for sign or not at all."""
_CHANCE = 0.25
"""Two or three signs in a row are alike by chance."""
_FRAMED = re.compile(
    r"对吗|对吧|是吧|是吗|没错吧|可以吧|没问题吧|理解错吧|对的?吧|是的?吧|对不对|是不是|呗|记错吧|听错吧|这个情况|记上|给您[报记]|行吗$|可以吗$|了解了|知道了吧|确认一?下|核对一?下|重复一|"
    r"您反映|您报|您说的?是|您的意思|咱们?这个?是|也?就是说|那就是|记录的是|登记的是|是这样吧|[哈啊呀]$"
)
"""Words by which an operator repeats instead of asking for more."""
_STOCK = re.compile(
    r"我?(?:这就|这边|给您|跟您|和您|再)*(?:确认|核对|登记|重复|复述|记录|记|写|查|念|核实|备注|改|说|看)(?:一?下|上|一遍|好|着|错|对)?(?:信息|情况|资料)?|"
    r"好的?|嗯+|[哦噢唉哎诶呃啊哈呀吧呢吗嘛呗啦]|那么?|行|收到|明白了?|知道了?|了解了?|清楚了?|对不对|对|是不是|没错|是这样|是|"
    r"报上|没有?[听记弄搞写理解]*错|稍等|等一下|请?稍候|您?别挂|您?请?[说讲]|继续|然后|喂|您好|你好|可以了?|不好意思|抱歉|久等了?|让您|这个情况|"
    r"您反映的?|您报的?|您的意思|您这|咱们?|这个|就|也|说|的|了|我|您家?|请问|麻烦|先|一下"
)
"""Words that say nothing of the matter."""
_INQUIRY = re.compile(
    r"[说讲报留念读诉我]一?下|方便|什么|哪|(?<!十)几|多少|(?<!不)怎么|有没有|[了过]没有?\W*$|还是(?![不没凉冷热漏响坏那老一])|多久|谁|(?<![对就不可也只都您])是[？?\s]*$|[吗没么]\W*$|(?<![对是地])(.)不\1|知不知道|[^对是错样误确]吗"
)
_AGREED = re.compile(
    r"对不对|是不是|(?:对|是|没错|正确|是这样|没记错|没听错|这个情况|行|好|可以)(?:的)?[吗吧么嘛]"
)
_ADVICE = re.compile(
    r"您先|先把|您把|请您?把|可以先|拍个|注意|千万|小心|安全第一|收费|缴费|费您?交"
)
_FIGURES = re.compile(r"[零幺洞拐勾两一二三四五六七八九十百\d]+")
_ELSEWHERE = re.compile(r"地址|住址|门牌|姓名|名字|贵姓|称呼|联系人|户主|电话|手机|号码")
"""对不对 in a sentence with one of these asks for a yes to something else."""
_OTHER = re.compile(
    _PLACE.pattern
    + r"|[a-zA-Z甲乙丙丁]座|[甲乙丙丁][零一二三四五六七八九十\d]+号|[二三四五两2-5]个[零幺一二三四五六七八九\d]|尽快|来电|再见|派[人单师]|安排|找(?:物业|热力|自来水|\S{0,4}公司)|"
    r"跟您联系|联系您|给您(?:报[上了好]|派)|没关系|姓[一-鿿]|先生|女士|您姓|您叫|您是姓|贵姓|地址|住址|门牌|(?<![全整个])小区|花园|姓名|名字|称呼|联系方式|[零幺洞拐勾一二三四五六七八九\d]{3}"
)
_CORRECTED = re.compile(r"(?<!是)不对[，,]|说错了?|(?<!是)不是[，,]|[哦噢]不[，,]")
"""`是不是爆管了` asks and corrects nothing."""
_TOLD = 2
"""Signs left of a clause when all stock words are gone, from which it tells something."""
_APART = 7
"""Signs of one clause that may stand between the halves of a term: 暖气[从早上起就]不热."""
_TERM = 0.86
"""A key term of several signs is heard from this likeness on (tuned on made-up calls)."""


def shared_sound(one: Sound, other: Sound, run: int = 2) -> float:
    """Share of `one`'s runs of `run` signs that `other` has too, by sound, 0..1."""
    mine = [one.code[i : i + 2 * run] for i in range(0, len(one.code) - 2 * run + 1, 2)]
    if not mine:
        return 0.0
    theirs = {other.code[i : i + 2 * run] for i in range(0, len(other.code) - 2 * run + 1, 2)}
    return sum(1 for piece in mine if piece in theirs) / len(mine)


def _clauses(text: str) -> list[str]:
    return [c for c in re.split(r"[，,。！？!?；;]", text) if normal(c)]


def _pairs(speech: Sound) -> set[str]:
    return {speech.code[i : i + 4] for i in range(0, len(speech.code) - 2, 2)}


def _telling_pairs(text: str) -> set[str]:
    """Pairs of signs that are not mere form: 有一[组] and 有异[响] share only 有."""
    speech = sound(text)
    return {
        speech.code[2 * i : 2 * i + 4]
        for i in range(len(speech) - 1)
        if _FORM.isdisjoint(speech.text[i : i + 2])
    }


@lru_cache(maxsize=64)
def _all_pairs(topics: tuple[Choice, ...]) -> frozenset[str]:
    return frozenset().union(*(_pairs(sound(p)) for t in topics for p in t.phrases))


@lru_cache(maxsize=64)
def _written_pairs(topics: tuple[Choice, ...]) -> frozenset[str]:
    """Pairs of signs in the terms of all topics, without those of mere form."""
    terms = [normal(p) for t in topics for p in t.phrases]
    return frozenset(
        t[i : i + 2]
        for t in terms
        for i in range(len(t) - 1)
        if _FORM.isdisjoint(t[i : i + 2]) and not _PLAIN_WORDS.issuperset(t[i : i + 2])
    )


@lru_cache(maxsize=64)
def _common_pairs(topics: tuple[Choice, ...]) -> frozenset[str]:
    used = Counter(
        pair
        for topic in topics
        for pair in set[str]().union(*(_pairs(sound(p)) for p in topic.phrases))
    )
    return frozenset(pair for pair, count in used.items() if count >= _TOPICS)


def _particular(term: Sound, common: frozenset[str]) -> Sound:
    """A term without the common words at its ends; empty where nothing else is left."""
    framed = [False] * len(term)
    for i in range(len(term) - 1):
        if term.code[2 * i : 2 * i + 4] in common:
            framed[i] = framed[i + 1] = True
    start = next((i for i, f in enumerate(framed) if not f), len(term))
    end = next((i + 1 for i in range(len(term) - 1, -1, -1) if not framed[i]), 0)
    return term.cut(start, max(start, end))


@lru_cache(maxsize=4096)
def _named(topics: tuple[Choice, ...], text: str) -> tuple[tuple[str, str], ...]:
    """(topic, term) of each topic heard in a text."""
    speech = sound(text)
    spoken = f" {' '.join(speech.syllables)} "
    clauses = tuple(sound(c) for c in _clauses(text))
    found = []
    for topic in topics:
        term = next(
            (t for t in topic.phrases if _is_heard(sound(t), speech, spoken, clauses, topics)), None
        )
        if term is not None:
            found.append((topic.value, term))
    return tuple(found)


def _is_heard(
    term: Sound, speech: Sound, spoken: str, clauses: tuple[Sound, ...], topics: tuple[Choice, ...]
) -> bool:
    size = len(term.text)
    if not 0 < size <= len(speech.text):
        return False
    if size <= _EXACT:
        return term.text in speech.text or f" {' '.join(term.syllables)} " in spoken
    at = find(term, speech, least=_TERM)
    if at is None:
        parts = ((c, find_apart(term, c, most=_APART)) for c in clauses)
        speech, at = next(((c, a) for c, a in parts if a), (speech, None))
    if at is None:
        return False
    # What only this topic's term has (not 暖气, not 不热) must be heard as well.
    core = _particular(term, _common_pairs(topics))
    around = speech.cut(max(0, at.start - 1), at.end + 1)
    return not 0 < len(core) < size or find(core, around, least=_CORE) is not None


@dataclass(frozen=True, slots=True)
class Topic:
    """`topics`: each with the key terms by which it is known."""

    topics: tuple[Choice, ...] = ()

    def named(self, text: str) -> dict[str, str]:
        """Topics heard in a text, each with the term that named it."""
        return dict(_named(self.topics, text))

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """What the talk is about; `asked`: any talk of some length is the issue."""
        wrong = last_match(_CORRECTED, text)
        if wrong and len(normal(text[wrong.end() :])) >= _LEAST:
            text = text[wrong.end() :]
        told = _ANNOUNCED.sub("，", text)
        named = self.named(told)
        if not named and not (asked and len(normal(text)) >= _LEAST):
            return None
        if not named and len(normal(told)) < _LEAST:
            return None
        strength = 1.0 if named else 0.4
        clauses = _clauses(text)
        about = [c for c in clauses if not _PLACE.search(c)] or clauses
        return Reading("，".join(about), tuple(("term", t) for t in named), strength)

    @staticmethod
    def joined(old: Reading, new: Reading) -> Reading:
        """What was told in two goes."""
        parts = tuple(dict.fromkeys((*old.parts, *new.parts)))
        return Reading(f"{old.value}，{new.value}", parts, max(old.strength, new.strength))

    def revise(self, old: Reading, text: str) -> Reading | None:
        """A corrected issue is said anew, by its terms or in other words of some length."""
        found = self.read(text, asked=True)
        return found if found and (found.parts or len(normal(found.value)) > _LEAST) else None

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """The operator's words about a topic, or words that share the caller's sound."""
        caller = sound(given.value)
        framed = self.framed(text)
        told, topics, strength = [], dict[str, None](), 0.0
        # 水费单子上有个户号，您念一下 leads up to a question and repeats nothing.
        asking = not framed and any(_INQUIRY.search(c) for c in _clauses(text)[-1:])
        for clause in _clauses(text):
            plain = _STOCK.sub("", clause)
            named = self.named(clause)
            other = clause
            for term in named.values():
                other = other.replace(term, "")
            asks = _INQUIRY.search(_AGREED.sub("", clause))
            if (
                len(normal(plain)) < _TOLD
                or asks
                or _OTHER.search(other)
                or _FIGURES.fullmatch(normal(clause))
                or _ADVICE.search(clause)
            ):
                continue
            share = max(shared_sound(sound(plain), caller), shared_sound(sound(clause), caller))
            weight = 1.0 if named else share if share >= _CHANCE else 0.2 if framed else 0.0
            if not named and not asking and self._touches(plain):
                weight = max(weight, 0.4 if framed else 0.3)
            if weight:
                told.append(clause)
                topics |= dict.fromkeys(named)
                strength = max(strength, weight)
        if not told:
            return None
        return Reading("，".join(told), tuple(("term", t) for t in topics), strength)

    def _share_particulars(self, caller: Reading, operator: Reading, named: set[str]) -> bool:
        """Whether both say something that of all topics few have besides those named (not 暖气, not 不热)."""
        words = _all_pairs(tuple(t for t in self.topics if t.value in named))
        shared = _telling_pairs(caller.value) & _telling_pairs(operator.value) & words
        return bool(shared - self._common())

    def _touches(self, text: str) -> bool:
        """Whether words of any topic are heard."""
        return not _all_pairs(self.topics).isdisjoint(_pairs(sound(text)))

    @staticmethod
    def framed(text: str) -> bool:
        """Whether words are put as a repetition: 丢了一个包，对吧."""
        return bool(_FRAMED.search(text)) and not _ELSEWHERE.search(text)

    def written(self, text: str) -> bool:
        """Whether some word of any topic stands in the text to the letter."""
        plain = normal(text)
        pairs = {plain[i : i + 2] for i in range(len(plain) - 1)}
        return not _written_pairs(self.topics).isdisjoint(pairs)

    def _common(self) -> frozenset[str]:
        """Pairs of signs that stand in the terms of several topics."""
        return _common_pairs(self.topics)

    def _leans(self, caller: Reading, theirs: set[str]) -> bool:
        """Whether the caller's words speak for the operator's topic as well as for another."""
        to, away = lean(self.topics, caller.value, theirs)
        return to >= _RIVAL * away

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """The same if they share a topic, or most of their sound."""
        mine = {t for _, t in caller.parts}
        theirs = {t for _, t in operator.parts}
        share = shared_sound(sound(operator.value), sound(caller.value))
        if mine & theirs:
            return Comparison(0.5 + 0.5 * max(trust, 0.8))
        if (
            mine
            and theirs
            and share < _MOST
            and not self._leans(caller, theirs)
            and not self._share_particulars(caller, operator, mine | theirs)
        ):
            return Comparison(
                0.5 - 0.5 * trust, "term", "、".join(sorted(mine)), "、".join(sorted(theirs))
            )
        if theirs and trust >= CERTAIN:
            leaning = self._leaning(caller, mine, theirs)
            if leaning is not None:
                return leaning
        if share >= _LIKE:
            return Comparison(0.5 + 0.5 * min(1.0, share + 0.3))
        return Comparison(0.5)

    def near(self, caller: Reading, operator: Reading) -> bool:
        """Whether garbled words of either leg come nearest to what the other leg told."""
        mine, theirs = (
            {t for _, t in said.parts} or nearest(self.topics, said.value)
            for said in (caller, operator)
        )
        return not mine.isdisjoint(theirs)

    def _leaning(self, caller: Reading, mine: set[str], theirs: set[str]) -> Comparison | None:
        """What the caller's words lean to, where their terms are not those of the operator."""
        to, away = lean(self.topics, caller.value, theirs)
        if mine:
            return None
        if to >= max(_LEANS, _MORE * away):
            return Comparison(_LEANING)
        if away >= max(_LEANS, to / _LESS):
            return Comparison(_ELSEWHERE_BOUND, "term", "", "、".join(sorted(theirs)))
        return None
