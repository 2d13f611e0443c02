"""What is a question, and which step a question in unforeseen words belongs to.

Most signs of a step's cues stand in other steps' cues as well (请问您的…吗); those that stand
nowhere else (收费, 态度, 几瓶) are what its questions are about, however they are put.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from agentbot.core.phonetic import normal, sound
from agentbot.core.script import FieldKind, Script, Step, StepKind

__all__ = [
    "Vocabulary",
    "agreed",
    "bare",
    "confirms",
    "ends_in_question",
    "is_question",
    "requests",
    "sentences",
    "telling_phrases",
    "without_tag",
]

_QUESTION = re.compile(
    r"[?？]|[吗么嘛](?:[您你啊呀]|现在|这会儿|这阵儿)*$|(?<!着)(?<!着\w)(?<!正\w)(?<!正\w\w)呢$|什么|哪(?![怕知])|几|多少|咋|怎么|如何|是不是|有没有|是否|能不能|可不可以|(.)[不没]\1|(..)[不没]\2|没有?$|(?<=[^对是要])(?<=\w{2})不$|"
    r"[还挺]?(?:可以|行|好)吧$|还是(?![不没凉冷热漏响坏那老一])|"
    r"(?:请|麻烦|劳驾).*[说报留讲给告打评填念]|[说报留讲给打评登念读]一?[下个]|[说报讲定约选挑给留]个"
)
_CONFIRMS = re.compile(
    r"(?:对吗|对吧|对不对|是吗|是吧|是不是|没错吧?|(?:没|不会)[记听写]错吧?|是这样[吗吧]|正确吗|是这个\w{2}吗|是这个(?:情况|意思|问题|事儿?)[吗吧]|是这么(?:个情况|回事儿?|叫|写)[吗吧]|是这[儿里][吗吧]|行吗|好吗|可以吗|对不|是不|是这\w{1,5}不)[?？]?$"
)
"""Asks for a yes to what was just said."""
_HEM = re.compile(r"(?:^|[，,])(?:那个?什么|那什么的)(?=[，,。])")
"""What one says while thinking."""
_REQUEST = re.compile(
    r"(?:(?:[好行成]|可以|方便|[好行成]不[好行成]|可不可以|方不方便)(?:吗|么|不)?|方便吧)[?？\s]*$"
)
"""The end of a request: 耽误您一分钟可以吗, 登记一下您的名字好吗."""
_CONSENT = re.compile(r"(?<!还)(?:可以|没问题|行)吧\W*$")
_BREAK = re.compile(r"(?<=[。！？!?；;])")
_EMPTY = frozenset(
    "您你我他她它们的了吗呢吧是在给跟对请问一下个不没有这那说还和咱好行都就也再现什么怎几多少哪能可以儿零一二两三四五六七八九十"
)
_GENERIC = frozenset("是对嗯好行可以要不没有了过的吧啊呀呢吗需用还都也得会成么哦能就啦哈没事")
"""Signs of which a mere yes or no is made."""
_DEGREE = frozenset("挺很真太非常特别比较蛮更最")
_WEAK = frozenset("号点天家人做看来去到")
"""Signs too common to tell alone what a question is about."""
_LIST = 9
"""Wordings from which a list is long: a word in one of them may be there by chance."""
_SHARE = 0.08
"""A sign is what a step is about if this share of its wordings has it."""
_LONGEST = 22
"""Signs of a clause that asks; longer ones tell something."""


def bare(text: str) -> bool:
    """Words of which none says what is meant: 还, 挺…的, 就行."""
    return not set(normal(text)) - _GENERIC - _EMPTY - _DEGREE


def is_question(text: str) -> bool:
    """Whether words ask for something, by their form alone."""
    plain = re.sub(r"[，,。！!；;\s]+$", "", _HEM.sub("", text))
    return bool(_QUESTION.search(_CONFIRMS.sub("", plain)))


def without_tag(text: str) -> str:
    """The words before `对吗`, `是吧`."""
    return _CONFIRMS.sub("", text.rstrip("。！，, "))


def agreed(text: str) -> bool:
    """Whether words ask for consent to what they tell: 登记的是雨伞，可以吧？"""
    return bool(_CONSENT.search(text))


def requests(text: str) -> bool:
    """Whether words ask leave for something: 占您一两分钟，行吗？"""
    return bool(_REQUEST.search(text))


def confirms(text: str) -> bool:
    """Whether some sentence asks for a yes (`对吗`, `是吧`)."""
    return any(_CONFIRMS.search(s.rstrip("。！，, ")) for s in sentences(text))


def ends_in_question(text: str) -> bool:
    """Whether the last words ask for something or for a yes."""
    last = sentences(text)[-1:]
    return bool(last) and (is_question(last[0]) or bool(_CONFIRMS.search(last[0])))


def sentences(text: str) -> list[str]:
    """A text cut behind its full stops and question marks."""
    return [s for s in _BREAK.split(text) if normal(s)]


def _wordings(step: Step) -> list[str]:
    return [t for c in step.cues for t in (c.text, *(w for g in c.words for w in g)) if t]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """For each step that asks or tells: the signs and pairs of sounds that only its cues have."""

    signs: dict[str, frozenset[str]]
    sounds: dict[str, frozenset[str]]
    asks: frozenset[str]
    """The steps that ask."""
    written: dict[str, frozenset[str]]
    """Pairs of signs as the cues of each step have them, other steps' too."""

    @classmethod
    def of(cls, script: Script) -> Vocabulary:
        """Collect it from the script's cues."""
        signs: dict[str, Counter[str]] = {}
        pairs: dict[str, Counter[str]] = {}
        sizes: dict[str, int] = {}
        for step in script.steps:
            texts = _wordings(step)
            sizes[step.id] = max(1, len(texts))
            signs[step.id] = Counter(c for t in texts for c in set(normal(t)))
            pairs[step.id] = Counter(p for t in texts for p in _pairs(t))
        for field in script.fields:
            said = (
                [p for c in field.choices for p in c.phrases]
                if field.kind is FieldKind.TOPIC
                else []
            )
            signs[f"topic {field.id}"] = Counter(c for t in said for c in set(normal(t)))
            pairs[f"topic {field.id}"] = Counter(p for t in said for p in _pairs(t))
        known = [s for s in script.steps if s.kind in (StepKind.ASK, StepKind.SAY)]
        return cls(
            {s.id: _own(s.id, signs, sizes) - _EMPTY - _WEAK - _GENERIC for s in known},
            {s.id: _own(s.id, pairs, sizes, few=1) for s in known},
            frozenset(s.id for s in known if s.kind is StepKind.ASK),
            {
                s.id: frozenset().union(*(_written_pairs(t) for t in _wordings(s)))
                for s in known
                if s.kind is StepKind.ASK
            },
        )

    def about(self, text: str) -> str | None:
        """The step whose question these words are; None: no step's, or more than one's."""
        plain = normal(text)
        if not plain or len(plain) > _LONGEST:
            return None
        here, heard = set(plain), _pairs(text)
        found = {i for i in self.asks if here & self.signs[i] or heard & self.sounds[i]}
        return found.pop() if len(found) == 1 else None

    def surely(self, step: str, text: str) -> bool:
        """Whether more than one sign tells what these words are about: 工夫 is no 维修工."""
        return len(set(normal(text)) & self.signs[step]) > 1 or self.kinship(step, text) > 0

    def kinship(self, step: str, text: str) -> int:
        """How many pairs of signs words share with a question's cues."""
        return len(_written_pairs(text) & self.written[step])

    def tells(self, step: str, text: str, *, least: int = 1) -> bool:
        """Whether a statement speaks of what this step is about; `least`: pairs of sounds."""
        signs = set(normal(text)) & self.signs[step]
        return len(signs) > least or len(self.sounds[step] & _pairs(text)) >= least


def telling_phrases(script: Script) -> dict[str, frozenset[str]]:
    """Choice field to the phrases that mean something without its question."""
    said = {
        f.id: {p for c in f.choices for p in c.phrases}
        for f in script.fields
        if f.kind is FieldKind.CHOICE
    }
    used = Counter(normal(p) for phrases in said.values() for p in phrases)
    return {
        field: frozenset(
            p for p in phrases if used[normal(p)] == 1 and not _GENERIC.issuperset(normal(p))
        )
        for field, phrases in said.items()
    }


def _pairs(text: str) -> set[str]:
    """Pairs of neighbouring signs by sound, those of mere form left out."""
    speech = sound(text)
    return {
        speech.code[2 * i : 2 * i + 4]
        for i in range(len(speech) - 1)
        if _tells(speech.text[i : i + 2])
    }


def _written_pairs(text: str) -> set[str]:
    plain = normal(text)
    return {p for i in range(len(plain) - 1) if _tells(p := plain[i : i + 2])}


def _tells(pair: str) -> bool:
    return _EMPTY.isdisjoint(pair) and not _GENERIC.issuperset(pair)


def _own(
    step: str, counts: dict[str, Counter[str]], sizes: dict[str, int], few: int = 2
) -> frozenset[str]:
    """What `few` wordings of a short list have (two of a long one), and no other step's."""
    others = set().union(*(c for i, c in counts.items() if i != step))
    least = max(few if sizes[step] < _LIST else 2.0, _SHARE * sizes[step])
    return frozenset(
        item for item, count in counts[step].items() if count >= least and item not in others
    )
