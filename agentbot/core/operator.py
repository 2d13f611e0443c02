"""The operator's side of the book: steps said, questions asked, values repeated."""

from __future__ import annotations

import re

from agentbot.core.book import Hit
from agentbot.core.cue_search import cue_hits
from agentbot.core.cues import GREY, WORDS_LIKENESS, CueHit
from agentbot.core.events import Heard
from agentbot.core.performed import trusted
from agentbot.core.phonetic import find, normal, sound
from agentbot.core.progress import Progress
from agentbot.core.questions import agreed, confirms, is_question, requests, sentences, without_tag
from agentbot.core.readback import read_back
from agentbot.core.replies import open_question
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.turns import Turn, backchannel
from agentbot.core.values.kinds import NAMED_BY, asked_by

__all__ = ["hear_operator"]

_OWN_WORDS = 0.8
"""Likeness noted for a question known by its vocabulary."""
_OPENING = 6
"""Signs of what is said on taking up the telephone."""
_RESEMBLES = 0.5
"""Likeness from which words may be a value that was badly heard."""
_KNOWING = re.compile("[您你]知(?:不知)?道|^不知道[您你]")
"""您知道总阀在什么地方吗 asks whether something is known, not for the caller's own."""
_PLAIN = 0.1
"""Margin from which a cue's wording itself was heard."""
_BREATH = 0.8
_VALUE = 5
"""Seconds of pause within one sentence, and signs that a value has at least."""
_ASKS = re.compile(r"什么|多少|哪|几|贵姓|怎么|如何|[说报留讲]一?[下个]|谁")
_HOW_MANY = re.compile(r"几|多少|多大|数|分|级|岁|[1-9一二三四五六七八九十]")
"""Nobody asks for a number without one of these: 您要订气吗 is no 要订几瓶气."""
_BESIDE = re.compile(r"(?:多少|什么|是|您|的|和|跟|与|及|以及|还有|[、，,\s])*")
"""What stands between the names of two things asked for in one breath."""
_CLAUSE = re.compile(r"[，,。！？!?；;\s]+")


def hear_operator(progress: Progress, turn: Turn) -> None:
    """Enter what the operator did in a turn."""
    if all(backchannel(h.text) for h in turn.heard):
        return
    # `喂，哪位？` before anything of the script is none of its questions.
    begun = bool(progress.book.hits)
    repeated = read_back(progress, turn)
    _perhaps_read_back(progress, turn, repeated)
    progress.also.clear()
    last: Heard | None = None
    for hit in cue_hits(progress, turn):
        if hit.cue.margin < 0:
            progress.book.doubtful.append(hit)
        elif not _mere_words(progress, turn, hit, repeated) and _note(progress, hit):
            last = hit.heard
    if last is not None:
        _asks_both(progress, last)
    rest = _after(turn, last)
    if rest is None or _by_vocabulary(progress, rest, repeated, begun=begun):
        return
    if progress.asked in repeated:
        progress.asked = None
    if not _perhaps_asked(progress, rest, repeated) and last is None:
        _perhaps_anything(progress, turn, repeated)


def _asks_both(progress: Progress, item: Heard) -> None:
    """`您的姓名和联系电话是？` asks for both: the names of things stand side by side."""
    book, known = progress.book, progress.known
    for sentence in sentences(item.text):
        named = {
            f: match
            for f in known.ask
            if (words := NAMED_BY.get(known.fields[f].kind)) and (match := words.search(sentence))
        }
        if len(named) < 2 or len({known.fields[f].kind for f in named}) < len(named):
            continue
        noted = {
            f
            for f in named
            if any(h.step == known.ask[f].id and h.heard is item for h in book.hits)
        }
        if not noted:
            continue
        for field_id, match in named.items():
            step = known.ask[field_id]
            beside = any(
                _BESIDE.fullmatch(
                    sentence[
                        min(match.end(), named[n].end()) : max(match.start(), named[n].start())
                    ]
                )
                for n in noted
            )
            if field_id in noted or field_id in book.given or not beside:
                continue
            at = len(sound(sentence[: match.start()]))
            cue = CueHit(_OWN_WORDS, 0.0, at, at + len(match.group()), step.label)
            book.hits.append(
                Hit(
                    step.id, item, cue, progress.order(item), rest=normal(sentence[match.start() :])
                )
            )
            progress.also.add(field_id)


def _after(turn: Turn, last: Heard | None) -> Turn | None:
    """What a turn says behind its last known question: there may be one in unforeseen words."""
    if last is None:
        return turn
    rest = turn.heard[turn.heard.index(last) + 1 :]
    return Turn(turn.leg, rest) if rest else None


def _perhaps_read_back(progress: Progress, turn: Turn, repeated: set[str]) -> None:
    """Words asking for a yes, straight after a value was given: garbled, they may have been that value."""
    for step in progress.known.script.steps:
        field_id = step.field
        if (
            step.kind is not StepKind.READ_BACK
            or not field_id
            or field_id not in progress.just_given - repeated
        ):
            continue
        value = sound(progress.book.given[field_id][-1].reading.value)
        for item in turn.heard:
            near = find(value, sound(item.text), least=_RESEMBLES) if len(value) > 1 else None
            if confirms(item.text) or near:
                cue = CueHit(_RESEMBLES, -GREY / 2, 0, len(sound(item.text)), step.label)
                progress.book.doubtful.append(Hit(step.id, item, cue, progress.order(item)))


def _note(progress: Progress, hit: Hit) -> bool:
    """Enter a hit; whether it asks for something."""
    step = progress.known.steps[hit.step]
    progress.book.hits.append(hit)
    progress.book.explained.add((hit.heard.start, hit.heard.end))
    if step.kind is StepKind.ASK and step.field:
        progress.ask(step.field, hit.heard)
        progress.own_words = None
        return True
    return False


def _mere_words(progress: Progress, turn: Turn, hit: Hit, repeated: set[str]) -> bool:
    """The words of a question framing a read-back."""
    step = progress.known.steps[hit.step]
    if step.kind is StepKind.ASK and step.field:
        if _told_with(progress, hit) or _by_its_tag(progress, hit):
            return True
        if step.field in progress.book.given and _goes_on(turn, hit):
            return True
        unlike = hit.cue.margin < _PLAIN or _stated(hit)
        if _KNOWING.search(hit.heard.text) or (unlike and _greets(progress, hit)):
            return True
        if (
            hit.heard.confidence is not None
            and step.field in progress.known.read_back
            and confirms(hit.heard.text)
            and not _ASKS.search(hit.heard.text)
            and not requests(hit.heard.text)
        ):
            return True
        if _of_another_kind(progress, step.field, hit):
            return True
        return _is_repetition(progress, step.field, hit, repeated)
    return False


def _by_its_tag(progress: Progress, hit: Hit) -> bool:
    """`光猫亮红灯，对吗` has a sign of a question only in asking for a yes."""
    if hit.cue.likeness != WORDS_LIKENESS or not confirms(hit.heard.text):
        return False
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


def _of_another_kind(progress: Progress, field_id: str, hit: Hit) -> bool:
    """`您家门牌号是多少` sounds like `户号是多少`, and asks for an address."""
    fields = progress.known.fields
    if fields[field_id].kind is FieldKind.NUMBER and hit.cue.margin < _PLAIN:
        return not _HOW_MANY.search(hit.heard.text)
    own = asked_by(fields[field_id])
    if own is None or own.search(hit.rest) or hit.cue.margin >= _PLAIN:
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
    if not given:
        return False
    size = hit.cue.end - hit.cue.start
    if _ASKS.search(hit.rest[:size]):
        # 您贵姓史，对吧 asks for a yes and not for the name.
        return field_id in repeated and confirms(hit.heard.text)
    kind = progress.known.kinds[field_id]
    carried = kind.repeat(given[-1].reading, hit.rest) or kind.read(hit.rest[size:], asked=False)
    return carried is not None or (field_id in repeated and not _ASKS.search(hit.rest))


def _by_vocabulary(progress: Progress, turn: Turn, repeated: set[str], *, begun: bool) -> bool:
    """A question in unforeseen words, known by what it is about and by its form."""
    book, known = progress.book, progress.known
    at = len(sound(turn.text))
    for item in reversed(turn.heard):
        for sentence in reversed(sentences(item.text)):
            at -= len(sound(sentence))
            if not begun and len(normal(sentence)) <= _OPENING:
                continue
            if sentence.endswith("。") and any(
                h.step == known.greeting and h.heard is item and normal(sentence).endswith(h.rest)
                for h in book.hits
            ):
                continue  # the greeting tells what the call is about
            if repeated and (confirms(sentence) or agreed(sentence)):
                continue
            for clause in (*reversed([c for c in _CLAUSE.split(sentence) if normal(c)]), sentence):
                asks = is_question(clause) or (
                    clause != sentence
                    and sentence.endswith(("？", "?"))
                    and (is_question(sentence) or requests(sentence))
                )
                step_id = known.vocabulary.about(clause) if asks else None
                field_id = known.steps[step_id].field if step_id else None
                if (
                    not step_id
                    or not field_id
                    or (
                        known.fields[field_id].kind is FieldKind.NUMBER
                        and not _HOW_MANY.search(_CLAUSE.split(sentence.rstrip("？?。"))[-1])
                    )
                    or book.has(step_id)
                    or field_id in repeated
                    or field_id in book.given
                ):
                    continue
                cue = CueHit(
                    _OWN_WORDS, 0.0, at, at + len(sound(sentence)), known.steps[step_id].label
                )
                _note(progress, Hit(step_id, item, cue, progress.order(item)))
                return True
    return False


def _perhaps_asked(progress: Progress, turn: Turn, repeated: set[str]) -> bool:
    """A question whose wording no cue knows: an answer to it will show that it was one."""
    progress.own_words = None
    if _KNOWING.search(turn.text):
        return False
    closing = [c for c in _CLAUSE.split(turn.text) if normal(c)][-2:]
    for field_id in progress.known.ask:
        words = asked_by(progress.known.fields[field_id])
        if words is None or field_id in repeated or field_id in progress.book.given:
            continue
        if progress.known.fields[field_id].kind is FieldKind.TIME and not is_question(turn.text):
            continue
        if any(words.search(c) for c in closing):
            progress.own_words = (field_id, turn.heard[-1])
            progress.ask(field_id, turn.heard[-1])
            return True
    return False


def _perhaps_anything(progress: Progress, turn: Turn, repeated: set[str]) -> None:
    """A question of which not even the words tell what it is for."""
    if not repeated and not _KNOWING.search(turn.text) and open_question(progress, turn):
        progress.own_words = ("", turn.heard[-1])
