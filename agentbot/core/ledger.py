"""The book of one call: what the operator did and what the caller gave, turn by turn.

`follow` reads all that was heard from the beginning, so that a live call, a replay and a
second look that heard better all end with the same book.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from agentbot.core.cues import CueHit, Cues, pairs
from agentbot.core.events import Heard, Leg
from agentbot.core.phonetic import normal, sound
from agentbot.core.script import Field, FieldKind, Script, Step, StepKind
from agentbot.core.turns import Turn, agrees, backchannel, objects, turns
from agentbot.core.values.base import Reading, ValueKind
from agentbot.core.values.kinds import ASKED_BY, kind_of
from agentbot.core.values.phone import Phone

__all__ = ["Book", "Given", "Hit", "Known", "Repeated", "follow"]

_VOLUNTEERED = 0.9
"""A value nobody asked for counts from this strength on."""
_OPENING = 6
"""An objection stands within the first signs of a turn; later ones correct one's own words."""
_REACTION = 8.0
"""Seconds after a read-back in which the caller's yes or no belongs to it."""
_REFUSAL = re.compile(r"没有(?:电话|手机)|没手机|没电话|不方便(?:说|留|给|透露)|不想(?:说|留|给)|不留|不用留|保密|不告诉|匿名|别问|不愿意")
_ABOUT = re.compile(r"您说|您是说|问题是|情况是|报修的|反映|也就是|是不是|您家|您那")


@dataclass(frozen=True, slots=True)
class Known:
    """A script with its cues and values made ready once for many calls."""

    script: Script
    cues: dict[str, Cues]
    kinds: dict[str, ValueKind]
    fields: dict[str, Field]
    ask: dict[str, Step]
    """Field id to the step that asks for it."""

    @classmethod
    def of(cls, script: Script) -> Known:
        """Prepare a script."""
        used = Counter(
            pair for s in script.steps for pair in set().union(*(pairs(sound(c.text)) for c in s.cues if c.text))
        )
        common = frozenset(pair for pair, steps in used.items() if steps > 1)
        return cls(
            script,
            {s.id: Cues.of(s.cues, common) for s in script.steps},
            {f.id: kind_of(f) for f in script.fields},
            {f.id: f for f in script.fields},
            {s.field: s for s in script.steps if s.kind is StepKind.ASK and s.field},
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A step's cue heard from the operator."""

    step: str
    heard: Heard
    cue: CueHit
    order: int
    """Position among all that was heard."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value given or corrected by the caller."""

    field: str
    reading: Reading
    heard: tuple[Heard, ...]
    correction: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Repeated:
    """A value repeated by the operator."""

    field: str
    reading: Reading
    heard: tuple[Heard, ...]
    order: int
    confirmed: bool | None = None

    @property
    def start(self) -> float:
        """Seconds."""
        return self.heard[0].start

    @property
    def end(self) -> float:
        """Seconds."""
        return self.heard[-1].end


@dataclass(slots=True)
class Book:
    """Everything that `follow` found out."""

    hits: list[Hit] = field(default_factory=list)
    doubtful: list[Hit] = field(default_factory=list)
    given: dict[str, list[Given]] = field(default_factory=dict)
    repeated: dict[str, list[Repeated]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    replied: dict[str, tuple[Heard, ...]] = field(default_factory=dict)
    """Field id to the words that answered its question without being understood."""
    explained: set[tuple[float, float]] = field(default_factory=set)
    """Operator utterances (start, end) that did something known."""
    order: dict[tuple[Leg, float, float], int] = field(default_factory=dict)
    """(leg, start, end) of each utterance to its position in the call."""
    answered: dict[str, Heard] = field(default_factory=dict)
    """Field id to an operator's utterance, of no known step, straight before it was given."""


def follow(known: Known, heard: Sequence[Heard]) -> Book:
    """The book of everything heard so far (any order; sorted by start here)."""
    return _Reader(known, sorted((h for h in heard if h.text), key=lambda h: (h.start, h.end))).book


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[。！？!?；;])", text)


def _clauses(text: str) -> list[str]:
    return [text, *re.split(r"[，,。！？!?；;\s]", text)]


def _undisputed(found: list[Hit]) -> list[Hit]:
    """The same words count for one step: the one they fit best."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda h: -h.cue.margin):
        rival = any(
            k.heard is hit.heard and k.step != hit.step
            and min(k.cue.end, hit.cue.end) - max(k.cue.start, hit.cue.start) > (hit.cue.end - hit.cue.start) / 2
            for k in kept
        )  # fmt: skip
        if not rival:
            kept.append(hit)
    return kept


class _Reader:
    """One pass over the turns of a call."""

    def __init__(self, known: Known, heard: list[Heard]) -> None:
        self.known, self.book = known, Book()
        self.order = {id(h): i for i, h in enumerate(heard)}
        self.book.order = {(h.leg, h.start, h.end): i for i, h in enumerate(heard)}
        self.heard = heard
        self.asking = {s.id for s in known.ask.values()}
        self.asked: str | None = next(
            (f.id for f in known.script.fields if f.kind is FieldKind.TOPIC and f.id not in known.ask), None
        )
        self.last_asked: str | None = self.asked
        self.last_repeat: Repeated | None = None
        self.just_repeated: list[str] = []
        """Fields read back in the operator's last turns, the latest first."""
        self.last_operator: Turn | None = None
        self.own_words: tuple[str, Heard] | None = None
        self.pieces: dict[str, tuple[list[tuple[str, bool]], list[Heard]]] = {}
        for turn in turns(heard):
            if turn.leg is Leg.OPERATOR:
                self._operator(turn)
            else:
                self._caller(turn)

    # --- the operator's side ---------------------------------------------------------

    def _operator(self, turn: Turn) -> None:
        if all(backchannel(h.text) for h in turn.heard):
            return
        asked_now = False
        repeated = {f for f in self.book.given if self._repeat(f, turn)}
        if repeated:
            latest = {f: self.book.repeated[f][-1].start for f in repeated}
            self.just_repeated = sorted(latest, key=lambda f: -latest[f])
        for hit in self._hits(turn):
            step = next(s for s in self.known.script.steps if s.id == hit.step)
            if hit.cue.margin < 0:
                self.book.doubtful.append(hit)
                continue
            if step.kind is StepKind.ASK and step.field and self._is_repetition(step.field, hit, repeated):
                continue
            if step.kind is StepKind.SAY and self._greets(hit.heard):
                continue
            self.book.hits.append(hit)
            self.book.explained.add((hit.heard.start, hit.heard.end))
            if step.kind is StepKind.ASK and step.field:
                self.asked = self.last_asked = step.field
                asked_now = True
        if not asked_now:
            if self.asked in repeated:
                self.asked = None
            self._ask_in_own_words(turn, repeated)
        self.last_operator = turn

    def _ask_in_own_words(self, turn: Turn, repeated: set[str]) -> None:
        """A question whose wording no cue knows: an answer to it will show that it was one."""
        self.own_words = None
        closing = [c for c in re.split(r"[，,。！？!?；;\s]", turn.text) if normal(c)][-2:]
        for field_id in self.known.ask:
            words = ASKED_BY.get(self.known.fields[field_id].kind)
            if words is None or field_id in repeated or field_id in self.book.given:
                continue
            if any(words.search(c) for c in closing):
                self.own_words = (field_id, turn.heard[-1])
                self.asked = self.last_asked = field_id
                return

    def _greets(self, item: Heard) -> bool:
        """The greeting's own thanks (感谢您的来电) are no closing."""
        greeting = next((s.id for s in self.known.script.steps if s.kind is StepKind.GREETING), None)
        return any(h.step == greeting and h.heard is item for h in self.book.hits)

    def _hits(self, turn: Turn) -> list[Hit]:
        """The best hit a step and utterance (two adjoining ones taken together as well)."""
        found: list[Hit] = []
        stretches = [(h, (h,)) for h in turn.heard]
        stretches += [(a, (a, b)) for a, b in zip(turn.heard, turn.heard[1:], strict=False)]
        for step in self.known.script.steps:
            best: dict[int, Hit] = {}
            for first, parts in stretches:
                for text in self._readings(parts):
                    cue = self.known.cues[step.id].hear(sound(text))
                    if cue is None:
                        continue
                    size = len(sound(parts[0].text))
                    at = parts[0] if cue.start < size or len(parts) == 1 else parts[1]
                    hit = Hit(step.id, at, cue, self.order[id(at)])
                    old = best.get(id(first))
                    if old is None or cue.margin > old.cue.margin:
                        best[id(first)] = hit
            found.extend(best.values())
        return sorted(_undisputed(found), key=lambda h: (h.order, h.cue.start, -h.cue.margin))

    @staticmethod
    def _readings(parts: tuple[Heard, ...]) -> list[str]:
        if len(parts) > 1:
            return ["".join(p.text for p in parts)]
        return [parts[0].text, *parts[0].alternatives]

    def _is_repetition(self, field_id: str, hit: Hit, repeated: set[str]) -> bool:
        """`您的地址是…六号楼，对吗` holds the words of a question and asks nothing."""
        if field_id not in self.book.given:
            return False
        tail = sound(hit.heard.text).text[hit.cue.end :]
        if field_id in repeated:
            return not re.search("什么|多少|哪|几|贵姓|怎么|请问|请留|方便", hit.heard.text[-len(tail) - 8 :])
        return bool(self.known.kinds[field_id].read(tail, asked=False))

    def _repeat(self, field_id: str, turn: Turn) -> bool:
        kind = self.known.kinds[field_id]
        if field_id not in self._read_back_fields():
            return False
        value = self.book.given[field_id][-1].reading
        if isinstance(kind, Phone):
            return self._repeat_pieces(field_id, kind, value, turn)
        reading, heard = None, turn.heard
        if self.known.fields[field_id].kind is FieldKind.ADDRESS:
            reading = kind.repeat(value, turn.text)
            heard = tuple(h for h in turn.heard if kind.repeat(value, h.text)) or turn.heard
        if reading is None:
            pieces = _sentences if self.known.fields[field_id].kind is FieldKind.TOPIC else _clauses
            for item in turn.heard:
                for clause in pieces(item.text):
                    reading = kind.repeat(value, clause) if normal(clause) else None
                    if reading is not None:
                        heard = (item,)
                        break
                if reading is not None:
                    break
        if reading is None or not self._may_repeat(field_id, reading, turn):
            return False
        self._note(field_id, reading, heard)
        return True

    def _read_back_fields(self) -> set[str | None]:
        return {s.field for s in self.known.script.steps if s.kind is StepKind.READ_BACK}

    def _may_repeat(self, field_id: str, reading: Reading, turn: Turn) -> bool:
        """Guard against words that merely sound like a repetition."""
        kind = self.known.fields[field_id].kind
        if kind is FieldKind.NAME and reading.strength < _VOLUNTEERED:
            # A bare name that is not the caller's is a read-back only as the answer to it.
            return self.asked in (None, field_id) or reading.value == self.book.given[field_id][-1].reading.value
        if kind is FieldKind.TOPIC:
            # Once another field is being asked for, talk about the issue is no read-back
            # unless it is plainly about it.
            later = any(h.step in self.asking and h.heard.end < turn.start for h in self.book.hits)
            return not later or bool(_ABOUT.search(turn.text) and reading.strength >= 0.3)  # noqa: PLR2004
        if kind is FieldKind.NUMBER:
            return reading.strength >= 1.0
        return True

    def _repeat_pieces(self, field_id: str, kind: Phone, value: Reading, turn: Turn) -> bool:
        texts = [h for h in turn.heard if kind.repeat(value, h.text)]
        whole = kind.repeat(value, turn.text)
        if whole is None:
            return False
        said, heard = self.pieces.setdefault(field_id, ([], []))
        if kind.complete(whole.value) or len(whole.value) >= 8:  # noqa: PLR2004 - most of a number
            said.clear()
            heard.clear()
        correction = bool(self.last_repeat and self.last_repeat.field == field_id and self.last_repeat.confirmed is False)
        said.append((turn.text, correction))
        heard.extend(texts or turn.heard)
        self._note(field_id, kind._reading(kind.join(said)), tuple(heard))
        return True

    def _note(self, field_id: str, reading: Reading, heard: tuple[Heard, ...]) -> None:
        item = Repeated(field_id, reading, heard, self.order[id(heard[-1])])
        self.book.repeated.setdefault(field_id, []).append(item)
        self.book.explained.update((h.start, h.end) for h in heard)
        self.last_repeat = item
        self._react(item)

    def _react(self, item: Repeated) -> None:
        """The caller's first words of yes or no after (or into) a read-back."""
        last = item.heard[-1]
        verdict: bool | None = None
        for reply in self.heard:
            if reply.start < last.start or reply.leg is Leg.OPERATOR:
                if reply.leg is Leg.OPERATOR and reply.start > last.end and not backchannel(reply.text):
                    break
                continue
            if reply.start > item.end + _REACTION:
                break
            if objects(normal(reply.text)[:_OPENING]):
                verdict = False
                break
            if agrees(reply.text):
                verdict = True
            elif not backchannel(reply.text):
                break
        if verdict is not None:
            done = Repeated(item.field, item.reading, item.heard, item.order, verdict)
            self.book.repeated[item.field][-1] = self.last_repeat = done

    # --- the caller's side -----------------------------------------------------------

    def _caller(self, turn: Turn) -> None:
        text = turn.text
        if all(backchannel(h.text) for h in turn.heard):
            return
        if self.asked and _REFUSAL.search(text):
            self.book.refused.add(self.asked)
        if objects(text) and not self._corrects_itself(turn) and any(self._revise(f, turn) for f in self._contradicted()):
            return
        for field_id, kind in self.known.kinds.items():
            asked = field_id == self.asked
            if field_id in self.book.given and self._goes_on(field_id, kind, turn):
                continue
            reading = self._read(kind, turn, asked=asked)
            if reading is None or (not asked and reading.strength < _VOLUNTEERED):
                continue
            if not asked and self.known.fields[field_id].kind in (FieldKind.CHOICE, FieldKind.NUMBER, FieldKind.TIME):
                continue
            if field_id in self.book.given and (not asked or reading.strength < self.book.given[field_id][-1].reading.strength):
                continue
            self._give(field_id, reading, turn, asked=asked)
        if self.asked and self.asked not in self.book.given:
            self.book.replied.setdefault(self.asked, turn.heard)

    @staticmethod
    def _read(kind: ValueKind, turn: Turn, *, asked: bool) -> Reading | None:
        """The value in a turn, or else in one of its utterances."""
        texts = (turn.text, *(h.text for h in turn.heard if len(turn.heard) > 1))
        return next((r for t in texts if (r := kind.read(t, asked=asked))), None)

    def _corrects_itself(self, turn: Turn) -> bool:
        """The words of correction belong to the answer just being given."""
        if self.asked is None or objects(normal(turn.text)[:_OPENING]):
            return False
        reading = self._read(self.known.kinds[self.asked], turn, asked=True)
        return reading is not None and reading.strength >= 0.5  # noqa: PLR2004 - a value for sure

    def _contradicted(self) -> list[str]:
        """Fields a correction may be for: those just read back, then the last ones given."""
        latest = sorted(self.book.given, key=lambda f: -self.book.given[f][-1].heard[-1].end)
        order = [*self.just_repeated, *(f for f in latest if f not in self.just_repeated)]
        # Any words could be an issue said anew, so it comes last, and only when just repeated.
        topics = [f for f in order if self.known.fields[f].kind is FieldKind.TOPIC]
        return [f for f in order if f not in topics] + [f for f in topics if f in self.just_repeated]

    def _revise(self, field_id: str, turn: Turn) -> bool:
        reading = self.known.kinds[field_id].revise(self.book.given[field_id][-1].reading, turn.text)
        if reading is None:
            return False
        self.book.given[field_id].append(Given(field_id, reading, turn.heard, correction=True, asked=False))
        return True

    def _goes_on(self, field_id: str, kind: ValueKind, turn: Turn) -> bool:
        """A number given in pieces, or a correction of one's own words."""
        last = self.book.given[field_id][-1]
        text = turn.text
        if isinstance(kind, Phone) and self.last_asked == field_id:
            reading = kind.read(text, asked=True)
            if reading is None:
                return False
            said = [(" ".join(h.text for h in g.heard), g.correction) for g in self.book.given[field_id]]
            if kind.complete(last.reading.value) and not objects(text) and len(reading.value) < 7:  # noqa: PLR2004
                return True
            joined = kind.join([(last.reading.value, False), (text, objects(text))]) if len(said) else ""
            self.book.given[field_id].append(
                Given(field_id, kind._reading(joined), (*last.heard, *turn.heard), correction=objects(text), asked=True)
            )
            return True
        return False

    def _give(self, field_id: str, reading: Reading, turn: Turn, *, asked: bool) -> None:
        self.book.given.setdefault(field_id, []).append(
            Given(field_id, reading, turn.heard, correction=False, asked=asked)
        )
        if asked and self.own_words and self.own_words[0] == field_id:
            self.book.answered.setdefault(field_id, self.own_words[1])
        if asked and self.known.fields[field_id].kind is not FieldKind.PHONE:
            self.asked = None
