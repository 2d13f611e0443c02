"""Words of a question that ask nothing: the frame of a read-back, a greeting, a promise.

`您的地址是六号楼，请问正确吗` has all words of 请问您的地址, and asks for a yes only.
"""

from __future__ import annotations

import re

from agentbot.core.book import Hit
from agentbot.core.cues import WORDS_LIKENESS
from agentbot.core.path import behind
from agentbot.core.performed import trusted
from agentbot.core.phonetic import normal, sound
from agentbot.core.progress import Progress
from agentbot.core.questions import confirms, is_question, requests, sentences, without_tag
from agentbot.core.replies import next_asked
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.turns import Turn
from agentbot.core.values.kinds import asked_by

__all__ = ["CLOSED", "HOW_MANY", "KNOWING", "mere_words"]

CLOSED = (FieldKind.CHOICE, FieldKind.NUMBER, FieldKind.TIME)
"""Kinds of which few words are a value."""

KNOWING = re.compile("[您你]知(?:不知)?道|^不知道[您你]")
"""您知道总阀在什么地方吗 asks whether something is known, not for the caller's own."""
_POLITE = re.compile("^不知道[您你]")
"""不知道您现在方便吗 asks all the same, where the rest is a wording of the question."""
HOW_MANY = re.compile(r"几|多少|多大|数|分|级|岁|[1-9一二三四五六七八九十]")
"""Nobody asks for a number without one of these: 您要订气吗 is no 要订几瓶气."""
_PLAIN = 0.1
"""Margin from which a cue's wording itself was heard."""
_SURELY = 0.9
"""Likeness from which a wording was heard, and not another of the same frame."""
_BREATH, _VALUE = 0.8, 5
"""Seconds of pause within one sentence, and signs that a value has at least."""
_MUCH = 8
"""Signs from which words heard together have others' words between them."""
_TAIL = 3
"""Signs behind words heard together that do not make them another question."""
_LEAVES = re.compile(r"再见|拜拜|感谢|谢谢|打扰了|配合|祝您")
_ASKS = re.compile(r"什么|多少|哪|几|贵姓|怎么|如何|[说报留讲]一?[下个]|谁")


def mere_words(progress: Progress, turn: Turn, hit: Hit, repeated: set[str]) -> bool:
    """Whether the cue of a question was heard where nothing is asked for."""
    step = progress.known.steps[hit.step]
    if step.kind is not StepKind.ASK or not step.field:
        return False
    return (
        _told_with(progress, hit)
        or _by_its_tag(progress, hit)
        or _speaks_of_the_matter(progress, step.field, hit)
        or _around_another(progress, step.field, hit)
        or _within_another(progress, step.field, hit)
        or (step.field in progress.book.given and _goes_on(turn, hit))
        or _knows(hit)
        or ((hit.cue.margin < _PLAIN or _stated(hit)) and _greets(progress, hit))
        or _asks_for_a_yes(progress, step.field, hit)
        or _of_another_kind(progress, step.field, hit)
        or _is_repetition(progress, step.field, hit, repeated)
    )


def _knows(hit: Hit) -> bool:
    text = hit.heard.text
    if hit.cue.margin >= _PLAIN:
        text = _POLITE.sub("", text)
    return bool(KNOWING.search(text))


def _asks_for_a_yes(progress: Progress, field_id: str, hit: Hit) -> bool:
    """Recognised words with 对吗 behind them and no word of asking."""
    text = hit.heard.text
    return (
        hit.heard.confidence is not None
        and field_id in progress.known.read_back
        and confirms(text)
        and not _ASKS.search(text)
        and not requests(text)
    )


def _by_its_tag(progress: Progress, hit: Hit) -> bool:
    """`光猫亮红灯，对吗` has a sign of a question only in asking for a yes."""
    if hit.cue.likeness != WORDS_LIKENESS or not confirms(hit.heard.text):
        return False
    if requests(hit.rest) and len(hit.rest) <= hit.cue.size + 1:
        return False  # 打扰您一会儿，可以吗: the tag is one of the words
    bare = without_tag(hit.heard.text)
    return progress.known.cues[hit.step].hear(sound(bare)) is None


def _told_with(progress: Progress, hit: Hit) -> bool:
    """Words that stand together by chance in what tells something: 尽快送到您家，麻烦您等等."""
    together = hit.cue.likeness == WORDS_LIKENESS
    return (
        together
        and trusted(hit.heard)
        and not is_question(hit.heard.text)
        and any(
            h.heard is hit.heard and progress.known.steps[h.step].kind is StepKind.SAY
            for h in progress.book.hits
        )
    )


def _speaks_of_the_matter(progress: Progress, field_id: str, hit: Hit) -> bool:
    """请问报修的房子在哪里 has words of asking for the matter, which was told already."""
    given = progress.book.given.get(field_id, [])
    return (
        hit.cue.likeness == WORDS_LIKENESS
        and progress.known.fields[field_id].kind is FieldKind.TOPIC
        and any(g.reading.parts for g in given)
    )


def _around_another(progress: Progress, field_id: str, hit: Hit) -> bool:
    """`方便说下是因为什么吗` has the words of 方便吗 around another question, or they come again."""
    if progress.known.fields[field_id].kind not in CLOSED:
        return False
    if hit.cue.likeness < 1.0 and _of_a_branch(progress, hit):
        return True
    if hit.cue.likeness != WORDS_LIKENESS:
        return False
    if not (is_question(hit.heard.text) or requests(hit.heard.text)):
        # 那不打扰了; 考试那天别忘了带证件
        return hit.heard.confidence is None or bool(_LEAVES.search(hit.heard.text))
    other = progress.known.vocabulary.about(hit.rest[: hit.cue.size])
    if other is not None and other != hit.step:
        return not progress.book.has(other)
    due = next_asked(progress)
    again = field_id in progress.book.given and due not in (None, field_id)
    return again and (hit.cue.size >= _MUCH or len(hit.rest) > hit.cue.size + _TAIL)


def _within_another(progress: Progress, field_id: str, hit: Hit) -> bool:
    """`您哪天方便接电话` asks for the day; whether it is convenient was answered before."""
    return (
        progress.known.fields[field_id].kind in CLOSED
        and field_id in progress.book.given
        and any(
            h.heard is hit.heard
            and h.step != hit.step
            and progress.known.steps[h.step].kind is StepKind.ASK
            and h.cue.margin > hit.cue.margin
            and min(h.cue.end, hit.cue.end) > max(h.cue.start, hit.cue.start)
            for h in progress.book.hits
        )
    )


def _of_a_branch(progress: Progress, hit: Hit) -> bool:
    """`您那天有空吗` resembles `哪天有空`, which comes only after that question."""
    due = next_asked(progress)
    step = progress.known.ask[due].id if due else None
    return (
        step is not None
        and not progress.book.has(step)
        and hit.step in behind(progress.known.script, step)
    )


def _of_another_kind(progress: Progress, field_id: str, hit: Hit) -> bool:
    """`您家门牌号是多少` sounds like `户号是多少`, and asks for an address."""
    fields = progress.known.fields
    if fields[field_id].kind is FieldKind.NUMBER and hit.cue.margin < _PLAIN:
        return not HOW_MANY.search(hit.heard.text)
    own = asked_by(fields[field_id])
    plain = hit.cue.margin >= _PLAIN and not (trusted(hit.heard) and hit.cue.likeness < _SURELY)
    if own is None or own.search(hit.rest) or plain:
        return False
    return any(
        (words := asked_by(fields[f])) is not None
        and words is not own
        and words.search(hit.heard.text)
        for f in progress.known.ask
    )


def _stated(hit: Hit) -> bool:
    """Whether the words with the cue end in a full stop: 看看问题处理得怎么样了。"""
    told = next((s for s in sentences(hit.heard.text) if normal(s).endswith(hit.rest)), "")
    return told.endswith("。") and not re.search(r"[吗呢没]。$", told)


def _greets(progress: Progress, hit: Hit) -> bool:
    """Words of the greeting (很高兴接听您的电话，请问…) that only resemble a question."""
    greeting = progress.known.greeting
    size = hit.cue.end - hit.cue.start
    if len(hit.rest) <= size + 1 and (is_question(hit.rest) or requests(hit.rest)):
        return False  # …打扰您了，方便吗: the question that the greeting ends with
    # `rest` runs to the end of the sentence, so two of one sentence end alike.
    return any(
        h.step == greeting
        and h.heard is hit.heard
        and (h.rest.endswith(hit.rest) or hit.rest.endswith(h.rest))
        for h in progress.book.hits
    )


def _goes_on(turn: Turn, hit: Hit) -> bool:
    """`您的地址是`, a breath, and then garbled words: a question would wait for its answer."""
    after = [h for h in turn.heard if 0 <= h.start - hit.heard.end < _BREATH]
    return (
        bool(after)
        and after[0].confidence is not None
        and not is_question(after[0].text)
        and (len(normal(after[0].text)) >= _VALUE and len(normal(hit.rest)) <= 1)
    )


def _is_repetition(progress: Progress, field_id: str, hit: Hit, repeated: set[str]) -> bool:
    """`您的地址是…六号楼，请问正确吗` holds the words of a question and asks nothing."""
    given = progress.book.given.get(field_id)
    if not given or field_id not in progress.known.read_back:
        return False  # 问题解决了吗 asks, though an answer was already understood
    size = hit.cue.end - hit.cue.start
    if _ASKS.search(hit.rest[:size]):
        # 您贵姓史，对吧 asks for a yes and not for the name.
        return field_id in repeated and confirms(hit.heard.text)
    kind = progress.known.kinds[field_id]
    carried = kind.repeat(given[-1].reading, hit.rest) or kind.read(hit.rest[size:], asked=False)
    return carried is not None or (field_id in repeated and not _ASKS.search(hit.rest))
