"""The way of a call through its script: one `transitions` machine a script, calls as models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from transitions import Machine

from agentbot.core.script import Branch, Condition, Script

__all__ = ["END", "Route", "Walk", "behind", "branches", "machine", "reachable", "route"]

END = "end"


class Walk:
    """One call as the machine's model: where it stands, and the facts branches hang on."""

    state: str
    trigger: Callable[[str], bool]

    def __init__(self, values: Mapping[str, str | None], performed: AbstractSet[str]) -> None:
        self.values, self.performed = values, performed
        self.unsure: frozenset[str] = frozenset()
        """Steps that hang on a branch taken without knowing its answer."""

    def holds(self, condition: Condition | None) -> bool:
        """Whether a branch's condition is known to be true."""
        if condition is None:
            return True
        value = self.values.get(condition.field)
        if value is None:
            return False
        if condition.is_in:
            return value in condition.is_in
        low, _, high = value.partition("-")
        try:
            number_low, number_high = float(low), float(high or low)
        except ValueError:
            return False
        below = condition.at_most is None or number_high <= condition.at_most
        return below and (condition.at_least is None or number_low >= condition.at_least)


def branches(script: Script, index: int) -> tuple[Branch, ...]:
    """Where one may go from a step; the file's order where it says nothing."""
    step = script.steps[index]
    following = script.steps[index + 1].id if index + 1 < len(script.steps) else END
    ways = step.next or (Branch(goto=following),)
    return ways if ways[-1].when is None else (*ways, Branch(goto=following))


def machine(script: Script) -> Machine:
    """The script's machine: `advance` leads from each step to the next on the call's way."""
    built = Machine(
        model=None,
        states=[*(s.id for s in script.steps), END],
        initial=script.steps[0].id,
        auto_transitions=False,
        send_event=True,
    )
    for index, step in enumerate(script.steps):
        ways = branches(script, index)
        for way in ways:
            built.add_transition("advance", step.id, way.goto, conditions=_gate(way, ways, script))
    return built


def reachable(script: Script, start: str) -> frozenset[str]:
    """All steps that may come from here on."""
    places = {s.id: i for i, s in enumerate(script.steps)}
    found: set[str] = set()
    waiting = [start]
    while waiting:
        step = waiting.pop()
        if step in places and step not in found:
            found.add(step)
            waiting += [w.goto for w in branches(script, places[step])]
    return frozenset(found)


def behind(script: Script, step_id: str) -> frozenset[str]:
    """Steps that are come by only after certain answers to this step's question."""
    places = {s.id: i for i, s in enumerate(script.steps)}
    ways = branches(script, places[step_id])
    plain = reachable(script, ways[-1].goto)
    return frozenset().union(*(reachable(script, w.goto) for w in ways if w.when)) - plain


def _gate(way: Branch, ways: tuple[Branch, ...], script: Script) -> Callable[..., bool]:
    """Open if the way's condition holds; unknown answers are settled by what was done."""
    reach = [reachable(script, w.goto) for w in ways]
    common = frozenset.intersection(*reach)

    def opens(event: object) -> bool:
        walk: Walk = event.model  # type: ignore[attr-defined]
        asked = {w.when.field for w in ways if w.when}
        if any(walk.values.get(f) is None for f in asked):
            taken = [
                w for w, steps in zip(ways, reach, strict=True) if (steps - common) & walk.performed
            ]
            walk.unsure = frozenset() if taken else frozenset().union(*reach) - common
            return way is (taken[0] if taken else ways[-1])
        return walk.holds(way.when)

    return opens


@dataclass(frozen=True, slots=True)
class Route:
    """The steps a call comes by, and those of them that hang on an answer not understood."""

    steps: tuple[str, ...]
    unsure: frozenset[str]
    at: str
    """The step that is due now (`end`: none)."""


def route(
    built: Machine,
    script: Script,
    values: Mapping[str, str | None],
    performed: AbstractSet[str],
    settled: AbstractSet[str],
) -> Route:
    """Walk a call through its script.

    `performed`: steps heard; `settled`: steps that need nothing more (performed or not due).
    The step due now is the first unsettled one behind the last one performed.
    """
    walk = Walk(values, performed)
    built.add_model(walk)
    try:
        path: list[str] = []
        unsure: set[str] = set()
        while walk.state != END and len(path) <= len(script.steps):
            path.append(walk.state)
            if walk.state in performed:
                walk.unsure = frozenset()
            if walk.state in walk.unsure:
                unsure.add(walk.state)
            walk.trigger("advance")
    finally:
        built.remove_model(walk)
    last = max((i for i, s in enumerate(path) if s in performed), default=-1)
    now = next((s for s in path[last + 1 :] if s not in settled), END)
    return Route(tuple(path), frozenset(unsure), now)
