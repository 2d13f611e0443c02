"""Where the operator stands in the script while the call is live.

The verdict says how a call would be judged if it ended now; to a person who is still talking
a step is `missed` only when they are clearly past it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from transitions import Machine

from agentbot.core.judge import Judgement
from agentbot.core.known import Known
from agentbot.core.path import END, Route, reachable, route
from agentbot.core.script import Step, StepKind
from agentbot.core.seat.unfinished import corrected_since
from agentbot.core.seat.view import StepState, StepView
from agentbot.core.verdict import FieldVerdict, StepResult

__all__ = ["Hand", "Standing", "stand"]

_PAST = 3.0
"""Seconds after the next step from which one is clearly past the one before."""
_BESIDE = (StepState.DONE, StepState.WRONG, StepState.NOT_APPLICABLE)
"""Marks with which a step needs nothing more."""
_SKIPPED = (StepState.MISSED, StepState.CANNOT_TELL, StepState.NOT_APPLICABLE)
"""What a step may be called that one is past."""


@dataclass(slots=True)
class Hand:
    """What the operator entered: marks of steps and values of fields."""

    marks: dict[str, StepState]
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """The script as it looks now."""

    now: str | None
    """The step whose line is shown; None: nothing is left to say."""
    again: bool
    """One goes back to it: it was skipped or done wrongly."""
    steps: tuple[StepView, ...]
    missed: tuple[str, ...]
    """Skipped, clearly, and not marked by hand."""
    closing: bool
    """The closing has been begun."""
    left: tuple[str, ...]
    """What should still be mended before the closing, when that is begun or next."""


def stand(
    known: Known, machine: Machine, said: Judgement, performed: set[str], hand: Hand,
    last: Standing | None, now: float, *, settled: bool, answering: bool, growing: bool, over: bool,
) -> Standing:  # fmt: skip
    """Where the call stands.

    `last`: what was shown last; `settled`: no words of the operator are under way;
    `answering`: some of the caller are; `growing`: the operator is in the midst of a sentence, so that
    the line they may be reading stays; `over`: the call has ended.
    """
    before = {s.step: s.state for s in last.steps} if last else {}
    found = _Stand(
        known, machine, said, performed, hand, before, now, settled, answering, over
    ).standing()
    kept = last.now if last and growing and not over else None
    if kept is None or kept == found.now or kept in hand.marks:
        return found
    return replace(found, now=kept, again=last.again if last else False)


@dataclass(slots=True)
class _Stand:
    known: Known
    machine: Machine
    said: Judgement
    performed: set[str]
    hand: Hand
    before: Mapping[str, StepState]
    now: float
    settled: bool
    answering: bool
    over: bool

    def standing(self) -> Standing:
        script = self.known.script
        results = {r.step: r for r in self.said.steps}
        done = self.performed | {s for s, m in self.hand.marks.items() if m is StepState.DONE}
        excused = {s.id for s in script.steps if self._excused(s)}
        values = {f: fact.result.caller_value for f, fact in self.said.facts.items()}
        way = route(
            self.machine, script, {**values, **self.hand.values}, done, done | excused
        )  # fmt: skip
        last = way.steps[-1] if way.steps else ""
        closing = last in self.performed
        states = self._states(way, results, excused, closing=closing)
        missed = tuple(
            s for s in way.steps if states[s] is StepState.MISSED and s not in self.hand.marks
        )
        left = tuple(
            s for s in way.steps
            if s != last and s not in self.hand.marks and self._mendable(s, states[s])
        )  # fmt: skip
        left = tuple(sorted(left, key=lambda s: states[s] is not StepState.WRONG))
        at_end = way.at in (END, last)
        current = None if way.at == END else way.at
        redo = self._redo(results, states)
        again = bool(redo or (at_end and left))
        if again:
            current = redo or left[0]
        if self.over:
            current = None
        steps = tuple(
            StepView(
                step=s.id,
                label=s.label,
                state=StepState.NOW
                if s.id == current and states[s.id] is StepState.TODO
                else states[s.id],
                field=s.field or "",
                by_hand=s.id in self.hand.marks,
            )
            for s in script.steps
        )
        return Standing(current, again, steps, missed, closing, left if at_end else ())

    def _redo(self, results: Mapping[str, StepResult], states: dict[str, StepState]) -> str | None:
        """A read-back to say again, if nothing else has been done since."""
        done = [(r.end, r.step) for r in results.values() if r.end and r.step in self.performed]
        step = self.known.steps[max(done)[1]] if done else None
        if step is None or step.kind is not StepKind.READ_BACK or not step.field:
            return None
        if step.id in self.hand.marks or step.field in self.hand.values:
            return None
        verdict = self.said.facts[step.field].result.verdict
        if corrected_since(self.said, step.field) and verdict is not FieldVerdict.MATCHED:
            states[step.id] = StepState.TODO
            return step.id
        return step.id if states[step.id] is StepState.WRONG else None

    def _excused(self, step: Step) -> bool:
        """Nothing need be said for it, whatever is still to come."""
        if self.hand.marks.get(step.id) in _BESIDE:
            return True
        book = self.said.book
        due = self.said.greeting.variant_due
        if step.only_on and due not in step.only_on:
            return True
        if step.kind is StepKind.ASK and step.volunteer:
            return step.field in book.given or step.field in self.hand.values
        return step.kind is StepKind.READ_BACK and step.field in book.refused

    def _states(
        self, way: Route, results: Mapping[str, StepResult], excused: set[str], *, closing: bool
    ) -> dict[str, StepState]:
        order = {s: i for i, s in enumerate(way.steps)}
        reached = max((order[s] for s in self.performed if s in order), default=-1)
        ahead = reachable(self.known.script, way.at)
        states: dict[str, StepState] = {}
        for step in self.known.script.steps:
            result = results[step.id]
            if step.id in self.hand.marks:
                states[step.id] = self.hand.marks[step.id]
            elif step.id in self.performed:
                states[step.id] = self._shown(step.id, result)
            elif self.over:
                states[step.id] = StepState(result.verdict.value)
            elif step.id in excused or (step.id not in order and step.id not in ahead):
                states[step.id] = StepState.NOT_APPLICABLE
            elif order.get(step.id, reached) < reached and self._past(
                step, order, results, closing=closing
            ):
                states[step.id] = self._skipped(step.id, result)
            else:
                states[step.id] = StepState.TODO
        return states

    def _shown(self, step: str, result: StepResult) -> StepState:
        """A performed step; one is not told of doubts and faults that hang on a partial."""
        before = self.before.get(step)
        if result.start is None:
            return before or StepState.DONE
        state = StepState(result.verdict.value)
        read_back = self.known.steps[step].kind is StepKind.READ_BACK
        if state is StepState.DONE or (self.settled and not (read_back and self.answering)):
            return state
        return before if before in (StepState.WRONG, StepState.CANNOT_TELL) else StepState.DONE

    def _skipped(self, step: str, result: StepResult) -> StepState:
        """A step that one is past; what it was called stays until nothing is under way."""
        before = self.before.get(step)
        if not self.settled and before in _SKIPPED:
            return before
        return StepState(result.verdict.value)

    def _past(
        self, step: Step, order: Mapping[str, int], results: Mapping[str, StepResult], *, closing: bool
    ) -> bool:  # fmt: skip
        """The operator has gone on to what comes after it, and is not just coming back."""
        if closing:
            return self.settled or self.before.get(step.id) is StepState.MISSED
        if step.any_time:
            return False
        later = [
            end
            for s, i in order.items()
            if i > order[step.id]
            and s in self.performed
            and (end := results[s].end) is not None
            and not self.known.steps[s].any_time
        ]
        if self.before.get(step.id) in _SKIPPED:
            return bool(later)
        return self.settled and (
            len(later) > 1 or any(self.now - end >= _PAST for end in later)
        )  # fmt: skip

    def _mendable(self, step: str, state: StepState) -> bool:
        """Whether it is worth while to go back to it."""
        kind = self.known.steps[step].kind
        if kind is StepKind.GREETING:
            return False
        field = self.known.steps[step].field
        wrong = kind is StepKind.READ_BACK and state is StepState.WRONG
        return state is StepState.MISSED or (wrong and field not in self.hand.values)
