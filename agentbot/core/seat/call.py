"""One call as its operator sees it: events and keys in, the picture of this moment out."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from agentbot.core.doubts import ValueDoubt
from agentbot.core.events import (
    AudioLost,
    CallEnded,
    CallStarted,
    Event,
    Heard,
    Held,
    Leg,
    Resumed,
    Tick,
)
from agentbot.core.known import Known
from agentbot.core.script import Script
from agentbot.core.seat.alerts import Alerts
from agentbot.core.seat.concerns import Moment, concerns
from agentbot.core.seat.line import fill, grouped, pieces
from agentbot.core.seat.standing import Hand, Standing, stand
from agentbot.core.seat.steady import Steady
from agentbot.core.seat.ticks import Ticks
from agentbot.core.seat.view import (
    FieldView,
    LineView,
    Piece,
    PromptView,
    SeatState,
    SeatView,
    StepState,
)
from agentbot.core.session import Session, prepared
from agentbot.core.turns import objects
from agentbot.core.values.base import corrects
from agentbot.core.verdict import FieldVerdict

__all__ = ["SeatCall"]

_LINES = 14
"""Lines of talk kept for the page."""
_LONGEST, _LONGEST_VALUE = 400, 200
"""Signs of a line, and of a value entered by hand."""


class SeatCall:
    """The assistant of one talk. `session` is the engine below it, whose verdict QA signs.

    What the operator enters moves the next line on; the verdict does not know of it.
    Time comes with events alone: the same events and keys give the same pictures.
    """

    def __init__(self, script: Script, lang: str = "zh", *, heard_again: bool = False) -> None:
        """`heard_again`: doubts are answered; a wrong read-back is not told of before."""
        self.session = Session(script, lang)
        self._heard_again = heard_again
        self._known, self._machine = prepared(script)
        self._lang = lang
        self._seat = ""
        self._now = 0.0
        self._lag = 0.0
        self._held = self._over = False
        self._steady = Steady()
        self._ticks = Ticks()
        self._alerts = Alerts()
        self._hand = Hand({}, {})
        self._lines: deque[Heard] = deque(maxlen=_LINES)
        self._quiet_since: float | None = None
        self._last_words = ""
        """The operator's, if theirs were the last."""
        self._standing: Standing | None = None

    @property
    def known(self) -> Known:
        """The script, made ready."""
        return self._known

    @property
    def marks(self) -> dict[str, StepState]:
        """Steps marked by hand, for the record."""
        return dict(self._hand.marks)

    @property
    def corrections(self) -> dict[str, str]:
        """Values entered by hand, for the record."""
        return dict(self._hand.values)

    def feed(self, event: Event) -> None:
        """Take the next event, partials and ticks as well as what the verdict hangs on."""
        if not isinstance(event, AudioLost):
            self._now = max(self._now, event.at or 0.0)
        match event:
            case Heard():
                self._hear(event)
            case Tick():
                for heard in self._steady.wait(self._now):
                    self.session.feed(heard)
            case CallEnded():
                for heard in self._steady.close():
                    self.session.feed(heard)
                self._over = True
                self.session.feed(event)
            case _:
                if isinstance(event, CallStarted):
                    self._seat = event.seat or ""
                elif isinstance(event, Held | Resumed):
                    self._held = isinstance(event, Held)
                    self._quiet_since, self._last_words = event.at, ""
                self.session.feed(event)
        self._look()

    def _hear(self, heard: Heard) -> None:
        for item in self._steady.take(heard):
            self.session.feed(item)
        self._now = max(self._now, heard.end)
        if heard.text:
            if self._quiet_since is None or heard.end >= self._quiet_since:
                self._quiet_since = heard.end
                self._last_words = heard.text if heard.leg is Leg.OPERATOR else ""
            if heard.final:
                self._lines.append(heard)

    def lag(self, seconds: float) -> None:
        """How far recognition is behind; silence is not believed while it is."""
        self._lag = max(0.0, seconds)

    def mark(self, step: str, state: StepState | None) -> None:
        """The operator marks a step; None takes the mark back. Unknown steps raise KeyError."""
        known = self._known.steps[step].id
        if state is None:
            self._hand.marks.pop(known, None)
        else:
            self._hand.marks[known] = state
        self._look()

    def correct(self, field: str, value: str) -> None:
        """The operator enters a value; empty: what was heard counts again. Unknown fields raise KeyError."""
        known = self._known.fields[field].id
        typed = " ".join("".join(c if c.isprintable() else " " for c in value).split())
        if typed:
            self._hand.values[known] = typed[:_LONGEST_VALUE]
        else:
            self._hand.values.pop(known, None)
        self._look()

    def dismiss(self, alert: str) -> None:
        """The operator wants to see an alert no more."""
        self._alerts.dismiss(alert)

    # --- what follows from all that --------------------------------------------------

    def _look(self) -> None:
        said = self.session.judgement
        settled = self._steady.of(Leg.OPERATOR) is None
        growing = self._steady.growing(Leg.OPERATOR, self._now)
        performed = self._ticks.update(
            self._known, said, self._now, settled=settled, growing=growing
        )
        self._standing = stand(
            self._known, self._machine, said, performed, self._hand, self._standing, self._now,
            settled=settled, answering=self._steady.of(Leg.CALLER) is not None, growing=growing,
            over=self._over,
        )  # fmt: skip
        self._alerts.update(
            self._now, [] if self._over else concerns(self._moment(self._standing)), settled=settled
        )

    def _moment(self, standing: Standing) -> Moment:
        under_way = tuple(self._steady.under_way)
        return Moment(
            known=self._known, said=self.session.judgement, standing=standing, hand=self._hand,
            now=self._now, under_way=under_way,
            quiet_since=None if under_way or self._lag else self._quiet_since,
            last_words=self._last_words, held=self._held, doubted=self._doubted(),
        )  # fmt: skip

    def _doubted(self) -> frozenset[str]:
        facts = self.session.judgement.facts.values()
        if not self._heard_again or all(
            f.result.verdict is not FieldVerdict.MISMATCHED for f in facts
        ):
            return frozenset()
        doubts = self.session.doubts()
        return frozenset(doubt.field for doubt in doubts if isinstance(doubt, ValueDoubt))

    def view(self, *, seat: str, version: int, call: str | None = None,
             state: SeatState | None = None, started_at: float | None = None,
             notices: tuple[str, ...] = ()) -> SeatView:  # fmt: skip
        """The picture of this moment; what the call itself does not know is handed in."""
        if self._standing is None:
            self._look()
        standing = self._standing
        assert standing is not None  # noqa: S101  for the type checker: just made
        own = SeatState.ENDED if self._over else SeatState.HELD if self._held else SeatState.TALKING
        return SeatView(
            seat=seat, version=version, state=state or own, call=call, started_at=started_at,
            elapsed=round(self._now, 1), script=self._known.script.title,
            prompt=self._prompt(standing), steps=standing.steps, fields=self._fields(),
            alerts=self._alerts.shown, transcript=self._transcript(), behind=self._lag,
            notices=notices,
        )  # fmt: skip

    def _prompt(self, standing: Standing) -> PromptView | None:
        if standing.now is None:
            return None
        step = self._known.steps[standing.now]
        values = {f: self._pieces(f) for f in self._known.fields}
        line = fill(
            step, values, self._seat, self.session.judgement.greeting.text_due,
            {f.id: f.label for f in self._known.script.fields}, self._lang,
        )  # fmt: skip
        return PromptView(step=step.id, label=step.label, pieces=line, again=standing.again)

    def _pieces(self, field: str) -> tuple[Piece, ...]:
        """The value to say: the operator's own, else as heard, doubts marked; empty: none yet."""
        own = self._hand.values.get(field)
        if own:
            digits = own if own.isdigit() else ""
            return (Piece(text=grouped(digits) if digits else own),)
        given = self.session.judgement.book.given.get(field)
        if not given:
            return ()
        last = given[-1]
        speaking = self._steady.of(Leg.CALLER)
        found = pieces(self._known, field, last, more=not all(h.final for h in last.heard))
        if speaking and (corrects(speaking.text) or objects(speaking.text)) and self._meant(field):
            return tuple(replace(piece, uncertain=True) for piece in found)
        return found

    def _meant(self, field: str) -> bool:
        """Whether a caller who objects now means this field: the one last read back or shown."""
        repeated = {f: r[-1].start for f, r in self.session.judgement.book.repeated.items()}
        shown = self._standing.now if self._standing else None
        step = self._known.steps.get(shown or "")
        latest = max(repeated, key=lambda f: repeated[f], default=None)
        return field == latest or (step is not None and step.field == field)

    def _fields(self) -> tuple[FieldView, ...]:
        views = []
        for field in self._known.script.fields:
            result = self.session.judgement.facts[field.id].result
            found = self._pieces(field.id)
            views.append(
                FieldView(
                    field=field.id, label=field.label,
                    value="".join(p.text for p in found).removesuffix("…"),
                    uncertain=any(p.uncertain for p in found)
                    or (result.verdict is FieldVerdict.CANNOT_TELL and field.id not in self._hand.values),
                    edited=field.id in self._hand.values, readback=result.readback_value or "",
                    verdict=result.verdict, choices=tuple(c.value for c in field.choices),
                )
            )  # fmt: skip
        return tuple(views)

    def _transcript(self) -> tuple[LineView, ...]:
        heard = sorted([*self._lines, *self._steady.under_way], key=lambda h: (h.start, h.end))
        return tuple(
            LineView(channel=h.leg.value, start=h.start, text=h.text[:_LONGEST], final=h.final)
            for h in heard[-_LINES:]
        )
