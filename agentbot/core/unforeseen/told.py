"""Steps told in words that no cue knows.

Nobody foresees all wordings of what is only told: 来的当天就别喂了 is 来之前请不要喂食. What the
operator states where such a step is due, and what no other step explains, is that step if it
speaks of the same things; else it may be, and nobody is accused. The fixed words of greeting and
leave-taking are asked for by the house: there only an introduction or a courtesy leaves a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from agentbot.core.asides import mere_courtesy
from agentbot.core.book import Book
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.performed import Performed, answered, trusted
from agentbot.core.questions import confirms, is_question, requests, sentences
from agentbot.core.replies import OPENS
from agentbot.core.script import FieldKind, Step, StepKind
from agentbot.core.unforeseen.left_over import LEAVES, beside, parts, statements

__all__ = ["due_place", "perhaps_told", "told"]

_NUMBER = r"[零洞幺一二两三四五六七八九十百千\d]{3,}号(?![楼院栋])"
"""A number of one's own, and not that of a house."""
_INTRODUCES = re.compile(
    r"这[里边儿]+是|我们?(?:这边)?是(?!说)|我叫|我姓|为您服务|工号|欢迎|公司|中心|客服|热线|平台|竭诚|"
    + _NUMBER
)
_OWN_NUMBER = re.compile(rf"工号|话务员|我[叫姓]|{_NUMBER}")
"""How operators tell who they are, in whatever breath."""
_SURMISE = re.compile(r"[吧呗]\W*$")
"""The end of words that suppose something, and wait for a yes."""
_VALUE = 3
"""Figures from which words hold a value, and ask for none."""
_FIGURE = re.compile(r"[零幺一二两三四五六七八九十百\d]")
_REPLY = 3
"""Signs of the shortest answer, but for a yes or no."""


def due_place(known: Known, done: Mapping[str, Performed], index: int, ended: float) -> tuple[float, float]:  # fmt: skip
    """From the last earlier step done to the first later one (seconds): where a step belongs."""
    steps = known.script.steps
    before = [done[s.id].heard[-1].end for s in steps[:index] if s.id in done]
    after = [done[s.id].heard[0].start for s in steps[index + 1 :] if s.id in done]
    start, end = max(before, default=0.0), min(after, default=ended)
    return (start, end) if start < end else (0.0, ended)


def told(
    known: Known, book: Book, done: Mapping[str, Performed], heard: Sequence[Heard]
) -> dict[str, Heard]:
    """Steps not heard so far, of which a statement in their place speaks; no formulas."""
    ended = max((h.end for h in heard), default=0.0)
    anywhere = statements(known, book, heard, (0.0, ended))
    besides = list(beside(book, heard))
    found: dict[str, Heard] = {}
    for index, step in enumerate(known.script.steps):
        if step.kind is not StepKind.SAY or step.id in done or _formula(known, step):
            continue
        taken = list(found.values())
        place = due_place(known, done, index, ended)
        here = [item for item in anywhere if place[0] <= item.start < place[1]]
        for item in (*here, *besides, *anywhere):
            certain = trusted(item) and item not in taken
            if certain and known.vocabulary.tells(step.id, item.text):
                found[step.id] = item
                break
    return found


def perhaps_told(
    known: Known, book: Book, done: Mapping[str, Performed], heard: Sequence[Heard], ended: float,
    way: AbstractSet[str],
) -> dict[str, Heard]:  # fmt: skip
    """Steps not heard, in whose place the operator said something that nothing explains.

    `way`: the steps that the call comes by; the words of another one may have been one of these.
    """
    used = {u for at in done.values() for u in at.heard}
    taken: set[Heard] = set()
    besides = list(beside(book, heard, way, questions=True))
    found: dict[str, Heard] = {}
    for index, step in enumerate(known.script.steps):
        if step.kind is StepKind.READ_BACK or step.id in done:
            continue
        if step.id in known.opening and step.id != known.greeting:
            own = _tells_own_number(heard)
            if own:
                found[step.id] = own
                continue
        place = due_place(known, done, index, ended)
        if step.any_time and any(h.confidence is not None for h in heard):
            place = 0.0, ended  # heard unsurely, its place alone does not tell it
        asks = step.kind in (StepKind.ASK, StepKind.GREETING)
        whole = (i for i in statements(known, book, heard, place, questions=asks) if i not in used)
        rest = (i for i in besides if place[0] <= i.start <= place[1]) if asks else ()
        for item in (*(part for i in whole for part in parts(i)), *rest):
            if item not in taken and _fits(known, step, item, heard):
                found[step.id] = item
                if item.confidence is None:
                    taken.add(item)  # garbled words may be any of the steps that are due there
                break
    return found


def _formula(known: Known, step: Step) -> bool:
    """Greeting and leave-taking, whose words are the house's."""
    return step.id in known.opening or step.id == known.greeting or step.id in known.closing


def _fits(known: Known, step: Step, item: Heard, heard: Sequence[Heard]) -> bool:
    if step.kind is StepKind.ASK:
        return _perhaps_asks(known, step, item, heard)
    if step.id in known.opening or step.id == known.greeting:
        replied = min((h.start for h in heard if h.leg is Leg.CALLER), default=item.start)
        return item.start <= replied and bool(_INTRODUCES.search(item.text))
    if step.id in known.closing:
        last = max(h.start for h in heard if h.leg is Leg.OPERATOR and not mere_courtesy(h.text))
        return item.start == last and bool(LEAVES.search(item.text))
    return not LEAVES.search(item.text)


def _perhaps_asks(known: Known, step: Step, item: Heard, heard: Sequence[Heard]) -> bool:
    """Garbled words that got an answer may have been a question; certain ones tell by their form."""
    if OPENS.search(item.text):
        return False
    choice = known.fields[step.field or ""].kind is FieldKind.CHOICE
    if item.confidence is None:
        return choice and _asks(item.text) and answered(item, heard, least=1)
    figures = len(_FIGURE.findall(item.text))
    return figures < _VALUE and answered(item, heard, least=1 if choice else _REPLY)


def _asks(text: str) -> bool:
    """A question or request, be it for a mere yes: 现在都正常了吧."""
    last = sentences(text)[-1:]
    return any(
        is_question(s) or confirms(s) or requests(s) or bool(_SURMISE.search(s)) for s in last
    )


def _tells_own_number(heard: Sequence[Heard]) -> Heard | None:
    """Words of the operator's own number or name, before the caller has answered."""
    replied = min((h.start for h in heard if h.leg is Leg.CALLER), default=float("inf"))
    opening = (h for h in heard if h.leg is Leg.OPERATOR and h.start <= replied)
    return next((h for h in opening if _OWN_NUMBER.search(h.text)), None)
