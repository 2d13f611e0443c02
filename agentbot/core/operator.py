"""The operator's side of the book: steps said, questions asked, values repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentbot.core.book import Hit
from agentbot.core.cue_search import cue_hits
from agentbot.core.cues import GREY, CueHit
from agentbot.core.events import Heard
from agentbot.core.mere_words import CLOSED, HOW_MANY, KNOWING, mere_words
from agentbot.core.path import behind
from agentbot.core.phonetic import find, normal, sound
from agentbot.core.progress import Progress
from agentbot.core.questions import agreed, confirms, is_question, requests, sentences
from agentbot.core.readback.by_value import read_back
from agentbot.core.replies import next_asked, open_question
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.turns import Turn, backchannel
from agentbot.core.values.kinds import NAMED_BY, asked_by

__all__ = ["hear_operator"]

_OWN_WORDS = 0.8
"""Likeness noted for a question known by its vocabulary."""
_END = 16
"""Signs in which a question ends that follows something else without a pause."""
_OPENING = 6
"""Signs of what is said on taking up the telephone."""
_RESEMBLES = 0.5
"""Likeness from which words may be a value that was badly heard."""
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
    last, passed_over = _cues(progress, turn, repeated)
    if last is not None:
        _asks_both(progress, last)
    rest = _after(turn, last)
    if rest is None or _by_vocabulary(progress, rest, repeated, begun=begun):
        return
    if progress.asked in repeated:
        progress.asked = None
    if _perhaps_asked(progress, rest, repeated) or last is not None:
        return
    if passed_over is None or not _may_still_ask(progress, turn, passed_over):
        _perhaps_anything(progress, turn, repeated)


def _cues(progress: Progress, turn: Turn, repeated: set[str]) -> tuple[Heard | None, Hit | None]:
    """Enter the cues heard: the last that asks for something, and the last that was passed over."""
    last: Heard | None = None
    passed_over: Hit | None = None
    for hit in cue_hits(progress, turn):
        if hit.cue.margin < 0:
            progress.book.doubtful.append(hit)
        elif mere_words(progress, turn, hit, repeated):
            passed_over = hit
        elif _note(progress, hit):
            last = hit.heard
    return last, passed_over


def _asks_both(progress: Progress, item: Heard) -> None:
    """`您的姓名和联系电话是？` asks for both."""
    book, known = progress.book, progress.known
    asked = {known.steps[h.step].field or "" for h in book.hits if h.heard is item}
    for field_id, at, sentence in _beside(progress, item, asked):
        step = known.ask[field_id]
        start = len(sound(sentence[:at]))
        cue = CueHit(_OWN_WORDS, 0.0, start, start + 1, step.label)
        rest = normal(sentence[at:])
        book.hits.append(Hit(step.id, item, cue, progress.order(item), rest=rest))
        progress.also.add(field_id)


def _beside(progress: Progress, item: Heard, asked: set[str]) -> Iterator[tuple[str, int, str]]:
    """Fields whose names stand beside that of one asked for: (field, its place, sentence)."""
    known = progress.known
    for sentence in sentences(item.text):
        named = {
            f: match
            for f in known.ask
            if (words := NAMED_BY.get(known.fields[f].kind)) and (match := words.search(sentence))
        }
        if len({known.fields[f].kind for f in named}) < len(named):
            continue  # two of a kind: which of them is not told
        for field_id, match in named.items():
            near = any(
                _BESIDE.fullmatch(
                    sentence[min(match.end(), n.end()) : max(match.start(), n.start())]
                )
                for f, n in named.items()
                if f in asked and f != field_id
            )
            if near and field_id not in asked and field_id not in progress.book.given:
                yield field_id, match.start(), sentence


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


def _by_vocabulary(progress: Progress, turn: Turn, repeated: set[str], *, begun: bool) -> bool:
    """A question in unforeseen words, known by what it is about and by its form."""
    book, known = progress.book, progress.known
    at = len(sound(turn.text))
    for item in reversed(turn.heard):
        for sentence in reversed(sentences(item.text)):
            at -= len(sound(sentence))
            if KNOWING.search(sentence) or (not begun and len(normal(sentence)) <= _OPENING):
                continue
            if sentence.endswith("。") and any(
                h.step == known.greeting and h.heard is item and normal(sentence).endswith(h.rest)
                for h in book.hits
            ):
                continue  # the greeting tells what the call is about
            if repeated and (confirms(sentence) or agreed(sentence)):
                continue
            for clause in _parts(sentence):
                asks = is_question(clause) or (
                    clause != sentence
                    and sentence.endswith(("？", "?"))
                    and (is_question(sentence) or requests(sentence))
                )
                step_id = _nearest(progress, clause) if asks else None
                field_id = known.steps[step_id].field if step_id else None
                if (
                    not step_id
                    or not field_id
                    or (
                        known.fields[field_id].kind is FieldKind.NUMBER
                        and not HOW_MANY.search(_CLAUSE.split(sentence.rstrip("？?。"))[-1])
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


def _parts(sentence: str) -> list[str]:
    """Clauses from the last to the first, the whole, and of one without a pause its end."""
    clauses = [c for c in _CLAUSE.split(sentence) if normal(c)]
    end = [clauses[-1][-_END:]] if clauses and len(clauses[-1]) > _END else []
    return [*reversed(clauses), sentence, *end]


def _nearest(progress: Progress, clause: str) -> str | None:
    """The step that a question is about; the one due now, where its cues are as near."""
    vocabulary = progress.known.vocabulary
    step_id, due = vocabulary.about(clause), next_asked(progress)
    if step_id is None or due is None:
        return step_id
    due_id = progress.known.ask[due].id
    if step_id in behind(progress.known.script, due_id):
        return due_id
    near = vocabulary.kinship(due_id, clause)
    return due_id if near and near >= vocabulary.kinship(step_id, clause) else step_id


def _perhaps_asked(progress: Progress, turn: Turn, repeated: set[str]) -> bool:
    """A question whose wording no cue knows: an answer to it will show that it was one."""
    progress.own_words = None
    if KNOWING.search(turn.text):
        return False
    closing = [c for c in _CLAUSE.split(turn.text) if normal(c)][-2:]
    for field_id in progress.known.ask:
        words = asked_by(progress.known.fields[field_id])
        if words is None or field_id in repeated or field_id in progress.book.given:
            continue
        if progress.known.fields[field_id].kind is FieldKind.TIME and not (
            is_question(turn.text) and _on_the_way(progress, field_id)
        ):
            continue
        if any(words.search(c) for c in closing):
            progress.own_words = (field_id, turn.heard[-1])
            progress.ask(field_id, turn.heard[-1])
            progress.also |= {f for f, _, _ in _beside(progress, turn.heard[-1], {field_id})}
            return True
    return False


def _may_still_ask(progress: Progress, turn: Turn, hit: Hit) -> bool:
    """Words taken for no question that end the turn and ask: a fitting answer shows they were one."""
    field_id = progress.known.steps[hit.step].field or ""
    if (
        progress.known.fields[field_id].kind not in CLOSED
        or field_id in progress.book.given
        or hit.heard is not turn.heard[-1]
        or not (is_question(hit.rest) or requests(hit.rest))
    ):
        return False
    progress.ask(field_id, hit.heard)
    progress.own_words = (field_id, hit.heard)
    return True


def _on_the_way(progress: Progress, field_id: str) -> bool:
    """Whether a question may come now: one of a branch only if no other question is due."""
    due = next_asked(progress)
    return due in (None, field_id) or progress.known.ask[field_id].id not in (
        progress.known.conditional
    )


def _perhaps_anything(progress: Progress, turn: Turn, repeated: set[str]) -> None:
    """A question of which not even the words tell what it is for."""
    if not repeated and not KNOWING.search(turn.text) and open_question(progress, turn):
        progress.own_words = ("", turn.heard[-1])
