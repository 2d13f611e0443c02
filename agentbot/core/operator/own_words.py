"""Questions of the operator in words that no cue knows."""

from __future__ import annotations

from dataclasses import replace

from agentbot.core.book import Hit
from agentbot.core.clauses import PAUSE, clauses
from agentbot.core.cues import CueHit
from agentbot.core.events import Heard
from agentbot.core.forbidden import forbids
from agentbot.core.mere_words import CLOSED, HOW_MANY, KNOWING
from agentbot.core.operator.both import beside
from agentbot.core.operator.enter import OWN_WORDS, enter
from agentbot.core.path import behind
from agentbot.core.performed import trusted
from agentbot.core.phonetic import normal, sound
from agentbot.core.progress import Progress
from agentbot.core.questions import agreed, confirms, is_question, requests, sentences
from agentbot.core.replies import next_asked, open_question
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.turns import Turn
from agentbot.core.values.kinds import asked_by

__all__ = ["by_vocabulary", "may_still_ask", "perhaps_anything", "perhaps_asked"]

_END = 16
"""Signs in which a question ends that follows something else without a pause."""
_OPENING = 6
"""Signs of what is said on taking up the telephone."""


def by_vocabulary(progress: Progress, turn: Turn, repeated: set[str], *, begun: bool) -> bool:
    """A question in unforeseen words, known by what it is about and by its form."""
    book, known = progress.book, progress.known
    at = len(sound(turn.text))
    for item in reversed(turn.heard):
        for sentence in reversed(sentences(item.text)):
            at -= len(sound(sentence))
            if forbids(known.script.forbidden, replace(item, text=sentence)):
                continue  # 有完没完 asks for nothing of the script
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
                    and not _says_a_step(progress, item, clause)
                )
                step_id = _nearest(progress, clause) if asks else None
                field_id = known.steps[step_id].field if step_id else None
                if (
                    not step_id
                    or not field_id
                    or (
                        known.fields[field_id].kind is FieldKind.NUMBER
                        and not HOW_MANY.search(PAUSE.split(sentence.rstrip("？?。"))[-1])
                    )
                    or book.has(step_id)
                    or _names_another(progress, field_id, clause, sentence)
                    or field_id in repeated
                    or field_id in book.given
                ):
                    continue
                cue = CueHit(
                    OWN_WORDS, 0.0, at, at + len(sound(sentence)), known.steps[step_id].label
                )
                enter(progress, Hit(step_id, item, cue, progress.order(item)))
                return True
    return False


def _says_a_step(progress: Progress, item: Heard, clause: str) -> bool:
    """欢迎致电大龙供暖，请问有什么需要？ greets in its first clause and asks for no telephone there."""
    speech = sound(clause)
    return any(
        h.heard is item
        and progress.known.steps[h.step].kind is not StepKind.ASK
        and progress.known.cues[h.step].hear(speech)
        for h in progress.book.hits
    )


def _names_another(progress: Progress, field_id: str, clause: str, sentence: str) -> bool:
    """登记一下，您姓？ names what it asks for in its other clause."""
    fields = progress.known.fields
    own = asked_by(fields[field_id])
    return (own is not None and not own.search(clause)) and any(
        (words := asked_by(fields[f])) is not None and words is not own and words.search(sentence)
        for f in progress.known.ask
    )


def _parts(sentence: str) -> list[str]:
    """Clauses from the last to the first, the whole, and of one without a pause its end."""
    parts = clauses(sentence)
    end = [parts[-1][-_END:]] if parts and len(parts[-1]) > _END else []
    return [*reversed(parts), sentence, *end]


def _nearest(progress: Progress, clause: str) -> str | None:
    """The step that a question is about; the one due now, where its cues are as near."""
    vocabulary = progress.known.vocabulary
    step_id, due = vocabulary.about(clause), next_asked(progress)
    if step_id is None or due is None:
        return step_id
    due_id = progress.known.ask[due].id
    if step_id != due_id and not vocabulary.surely(step_id, clause):
        return None  # the answer will tell
    if step_id in behind(progress.known.script, due_id):
        return due_id
    near = vocabulary.kinship(due_id, clause)
    return due_id if near and near >= vocabulary.kinship(step_id, clause) else step_id


def perhaps_asked(progress: Progress, turn: Turn, repeated: set[str]) -> bool:
    """A question whose wording no cue knows: an answer to it will show that it was one."""
    progress.own_words = None
    if KNOWING.search(turn.text):
        return False
    closing = clauses(turn.text)[-2:]
    for field_id in _nearest_first(progress, "".join(closing)):
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
            progress.also |= {f for f, _, _ in beside(progress, turn.heard[-1], {field_id})}
            return True
    return False


def _nearest_first(progress: Progress, text: str) -> list[str]:
    """Fields that are asked for, those first whose cues have more of the words: of two numbers the one meant."""
    vocabulary, ask = progress.known.vocabulary, progress.known.ask
    return sorted(ask, key=lambda f: -vocabulary.kinship(ask[f].id, text))


def may_still_ask(progress: Progress, turn: Turn, hit: Hit) -> bool:
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


def perhaps_anything(progress: Progress, turn: Turn, repeated: set[str]) -> None:
    """A question of which not even the words tell what it is for."""
    if repeated or KNOWING.search(turn.text):
        return
    if open_question(progress, turn):
        progress.own_words = ("", turn.heard[-1])
    elif due := _asked_in_one_breath(progress, turn):
        progress.ask(due, turn.heard[-1])
        progress.own_words = (due, turn.heard[-1])


def _asked_in_one_breath(progress: Progress, turn: Turn) -> str | None:
    """The choice due next, where the sentence of another step goes on to a question.

    供暖报修回访，您这会儿有工夫吗: a fitting answer will show that it was asked for.
    """
    due, last = next_asked(progress), clauses(turn.text)[-1]
    if due is None or progress.known.fields[due].kind is not FieldKind.CHOICE:
        return None
    begins = len(sound(turn.text)) - len(sound(last))
    here = [h for h in progress.book.hits if h.heard in turn.heard]
    told = bool(here) and all(h.cue.end <= begins + 1 for h in here)
    asks = (is_question(last) and not confirms(last)) or requests(last)
    return due if told and asks and all(map(trusted, turn.heard)) else None
