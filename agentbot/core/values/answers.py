"""Answers that are one of a few: yes or no, satisfied or not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.clauses import clauses
from agentbot.core.phonetic import Sound, find, likeness, normal, sound
from agentbot.core.questions import bare, confirms
from agentbot.core.script import Choice
from agentbot.core.values.base import SLIP, Comparison, Reading, last_match

__all__ = ["AND", "INSTEAD", "ChoiceValue", "unsure"]

INSTEAD = re.compile(
    rf"{SLIP}|(?<!是)不对(?=[，,])|(?<!是)不是(?=[，,])|[哦噢啊]不(?:是|对)?(?=[，,])|(?:^|[，,。])[我哦噢啊呃嗯哎]*不[，,]?(?=[零一二三四五六七八九十两\d]+[分个瓶号点])|说错了?|[哦噢啊]不(?=[零一二三四五六七八九十两\d])|其实|又(?=不|没|漏|坏|凉)|算了(?=.*[一-鿿])|本来[^，,]*[，,]|[，,。](?=这[回次])"
)
"""What follows replaces what was said before."""
_UNSURE = re.compile(
    r"不好说|说不[好上清准]|不知道|不清楚|不晓得|不了解|记不[清得住]|不记得|没注意|没留意|忘了|没在家|不在家|没在那|不是我在|没接触|没见[着过到]|"
    r"没打过交道|问我|没听[清懂见]|听不[清懂见]|再[说讲问]一[遍下次]|你?说什么|信号"
)
"""An answer that tells nothing."""
_OWN_QUESTION = re.compile(r"[吗呢]$|什么|哪|(?<!不)怎么|多少|谁|几[个点时]")
"""A clause in which the caller asks back, and answers nothing."""
_FAR = re.compile(r"(?:说|要说)?[一-鿿]{2,4}[也都倒]?(?:谈|算|说|称)不上")
"""说满意也谈不上 is no 满意."""
AND = re.compile(r"而且|不过|但是|然后|还有就是|(?<=了)就是(?=[一-鿿]{3})")
_DENIES = frozenset("没不别未")
"""没有时间 is no 有时间, whether it is listed or not."""
_COURTESY = re.compile(
    r"不好意思|对不起|[您你]好(?![像多])|好像|好久|就(?!那样)(?:(?:行|可以|成)了?|好)(?=\W|$)"
)
"""Words in which 好, 行 and 对 answer nothing."""
_HEM = re.compile(
    r"^(?:是?这样(?:子)?的?|那个?什么|就是|这个|那个|然后|嗯+|呃+|啊+|哎+|哦+|唉+|噢+)[，,。\s]+"
)


def unsure(text: str) -> bool:
    """The words answer a question and tell nothing."""
    return bool(_UNSURE.search(text))


_DENIES_ONESELF = re.compile(r"[嗯呃啊哎哦唉噢]*不是[我他她]?$")
"""A plain no, whatever follows: 不是我，是我老公买的."""
_HUM = re.compile(r"^[嗯呃啊哎哦唉噢]+(?=[^嗯呃啊哎哦唉噢]{2})")
_DENIED = frozenset("没不未")
_DENIAL = re.compile(r"(?:不[是太大够]|不怎么|不是很|没[太那]么?|没怎么|没有|并非|算不上|谈不上)$")
_RHETORICAL = re.compile(r"个?(?:啥|什么|屁)(?:呀|啊|哟|嘛|了)?")
"""解决啥呀 is no yes."""
_OTHER = 0.8
"""Strength of the one of two answers that is not denied."""


def _denied(plain: str, start: int, end: int) -> bool:
    """Whether a phrase is denied by the words before it, or mocked by those behind it."""
    # 不是我是他爱人: a no, and then who it is.
    oneself = plain[start : start + 2] == "我是"
    before = plain[start - 1 : start] in _DENIED or (
        not oneself and bool(_DENIAL.search(plain[:start]))
    )
    return before or bool(_RHETORICAL.fullmatch(plain, end))


def _to_the_letter(
    heard: list[tuple[Sound, str]], plain: str, taken: list[bool]
) -> tuple[dict[str, float], set[str]]:
    """Phrases found sign for sign, and the values of those that are denied."""
    best: dict[str, float] = {}
    denials: set[str] = set()
    within: list[tuple[int, int]] = []
    for cue, value in heard:
        size = len(cue)
        for match in re.finditer(re.escape(cue.text), plain):
            at, end = match.span()
            inside = any(a <= at and end <= b for a, b in within)
            if inside or not size or any(taken[at:end]):
                continue  # 没打算续 holds no 续
            if _denied(plain, at, end):
                within.append((at, end))
                denials |= {value} if size > 1 else set()
                continue  # 没有时间 holds no 有时间
            doubted = at and plain[at - 1] in _DENIES and plain[at] not in _DENIES
            if not (doubted and size > 1 and not taken[at - 1]):
                best[value] = 1.0
            taken[at:end] = [True] * size
    return best, denials


_HARMLESS = frozenset("嗯啊哦呃那这还也都就是很挺真太常非蛮最好了的他您你")
"""Signs before an answer that turn it into no other."""


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """One of a few answers, each known by many phrases."""

    choices: tuple[Choice, ...]

    def scores(self, text: str) -> dict[str, float]:
        """For each choice how well the best of its phrases is heard, 0..1, longer ones first.

        Longer phrases swallow shorter ones inside them: 没有 in 没有收 is no 有.
        """
        return self._heard(text)[0]

    def _heard(self, text: str) -> tuple[dict[str, float], set[str]]:
        """The scores, and the choices that are denied: 没单位, 不是单位的."""
        plain = normal(text)
        phrases = sorted(
            ((p, c.value) for c in self.choices for p in c.phrases),
            key=lambda x: (-len(normal(x[0])), plain.find(normal(x[0]))),
        )
        heard = [(sound(phrase), value) for phrase, value in phrases]
        taken = [False] * len(plain)
        best, denials = _to_the_letter(heard, plain, taken)
        self._nearly(heard, sound(text), taken, best)
        return best, denials

    @staticmethod
    def _nearly(
        heard: list[tuple[Sound, str]], speech: Sound, taken: list[bool], best: dict[str, float]
    ) -> None:
        """Enter the phrases that are only nearly said."""
        for cue, value in heard:
            size = len(cue)
            if not 2 <= size <= len(speech):
                continue
            near = find(cue, speech, least=0.99 if size == 2 else 0.9 if size == 3 else 0.85)
            if near is None or _denied(speech.text, near.start, near.end):
                continue
            if not any(taken[near.start : near.end]):
                best[value] = max(best.get(value, 0.0), near.likeness - 0.1)
                taken[near.start : near.end] = [True] * (near.end - near.start)

    def _worded(self, text: str) -> bool:
        """Whether the words of asking are a phrase's own (没什么好挑的), or ask for a yes only."""
        marks = list(re.finditer(r"什么|哪|怎么|多少|谁|几[个点时]", text))
        asks = [m.group() for m in marks]
        plain = normal(text)
        # 有时间什么事 answers before it asks.
        first = normal(text[: marks[0].start()]) if marks else ""
        if any(len(p) > 1 and normal(p) == first for c in self.choices for p in c.phrases):
            return True
        own = "".join(p for c in self.choices for p in c.phrases if normal(p) in plain)
        return all(word in own for word in asks)

    def contested(self, value: str, text: str, *, murky: bool) -> bool:
        """Whether garbled words may be another choice, a sign longer: 墨收费 is near 没收费.

        `murky`: the sign may have been any, if nothing else is said.
        """
        speech = sound(text)
        won = [p for c in self.choices if c.value == value for p in c.phrases if normal(p)]
        rivals = [sound(p) for c in self.choices if c.value != value for p in c.phrases]
        for phrase in won:
            at = speech.text.find(normal(phrase))
            if at < 1 or speech.text[at - 1] in _HARMLESS:
                continue
            before, whole = speech.cut(at - 1, at), len(speech) == len(normal(phrase)) + 1
            longer = [r for r in rivals if r.text[1:] == normal(phrase)]
            if any(likeness(before, r.cut(0, 1)) > 0 or (murky and whole) for r in longer):
                return True
        return False

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The choice, if just one is heard; the last after a correction."""
        if not asked:
            return None
        last = last_match(INSTEAD, text)
        if last and _DENIES_ONESELF.match(text[: last.end()].rstrip("，,")) and self._says_no():
            last = None
        if last and (later := self.read(text[last.end() :], asked=True)):
            return later
        if _UNSURE.search(text):
            return None
        return self._told(text)

    def _says_no(self) -> bool:
        """Whether 不是 is one of the answers, and not only the beginning of a correction."""
        return any(normal(p) == "不是" for c in self.choices for p in c.phrases)

    def _told(self, text: str) -> Reading | None:
        """The first clause that is plainly one choice."""
        text = AND.sub("，", _FAR.sub("，", _COURTESY.sub("", text)))
        while (hem := _HEM.match(text)) and normal(text[hem.end() :]):
            text = text[hem.end() :]
        # The answer comes first: 解决了，就是慢了点 is a yes.
        said = clauses(text)
        told = [c for c in said if not _OWN_QUESTION.search(c)]
        if not told and not self._worded(text):
            return None  # 你们是哪儿的 is no yes
        said = told or said
        # 好的哈，不着急的: what says something comes before a mere word of consent.
        said.sort(key=lambda c: bare(c) and not _DENIES_ONESELF.match(c))
        for clause in (*said, text):
            # 嗯就那样: a hem before an answer is no yes.
            found, denials = self._heard(_HUM.sub("", clause))
            if not found and not denials:
                found, denials = self._heard(clause)
            others = [c.value for c in self.choices if c.value not in denials]
            if not found and len(self.choices) == 2 and len(others) == 1:
                return Reading(others[0], (("choice", others[0]),), _OTHER)
            if not found:
                continue
            ranked = sorted(found.items(), key=lambda x: -x[1])
            if len(ranked) == 1 or ranked[0][1] - ranked[1][1] > 0.05:
                return Reading(ranked[0][0], (("choice", ranked[0][0]),), ranked[0][1])
            return None
        return None

    def revise(self, old: Reading, text: str) -> Reading | None:
        """A new choice after a correction."""
        return self.read(text, asked=True)

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """The choice in the operator's words; another one only where a yes to it is asked for."""
        found = self.read(text, asked=True)
        if found is None or found.value == given.value:
            return found
        plain = normal(text)
        named = {
            c.value for c in self.choices for p in c.phrases if normal(p) in plain and not bare(p)
        }
        return found if named == {found.value} and confirms(text) else None

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Equal or not."""
        if caller.value == operator.value:
            return Comparison(1.0)
        return Comparison(0.5 - 0.5 * trust, "choice", caller.value, operator.value)
