"""The ways through a script: where each step leads, cycles, steps nobody comes to."""

from __future__ import annotations

from collections.abc import Sequence

import agentbot.authoring.problems as told
from agentbot.authoring.script_form import StepForm

__all__ = ["END", "check_routes", "reached", "ways"]

END = "end"
"""Where a branch goes that ends the script."""


def check_routes(steps: Sequence[StepForm], problems: told.Problems) -> None:
    """Note unknown targets, branches that cannot be reached, cycles and unreachable steps.

    A cycle would let a call go round for ever; the engine needs a script that only goes on.
    """
    ids = [step.id for step in steps]
    before = len(problems.found)
    for position, step in enumerate(steps):
        _check_branches(position, step, ids, problems)
    if len(problems.found) > before or len(set(ids)) < len(ids):
        # The ways are only worth following when every signpost stands.
        return
    leads = ways(steps)
    if cycle := _cycle(ids, leads):
        at = ("steps", ids.index(cycle[0]), "next")
        problems.add(
            at,
            f"the steps go round in a circle: {' -> '.join([*cycle, cycle[0]])}",
            "let one of these branches go on to a later step or to `end`",
        )
        return
    come_by = reached(ids[0], leads)
    for position, step in enumerate(steps):
        if step.id not in come_by:
            problems.add(
                ("steps", position),
                f"no way leads to step `{step.id}`",
                f"let a branch `goto: {step.id}`, or remove the step",
            )


def ways(steps: Sequence[StepForm]) -> dict[str, list[str]]:
    """Where the call may go from each step."""
    ids = [step.id for step in steps]
    return {
        step.id: [branch.goto for branch in step.next]
        if step.next
        else [ids[position + 1] if position + 1 < len(ids) else END]
        for position, step in enumerate(steps)
    }


def reached(start: str, leads: dict[str, list[str]]) -> set[str]:
    """The steps that may follow `start`, itself included."""
    found, todo = {start}, [start]
    while todo:
        for there in leads.get(todo.pop(), []):
            if there not in found:
                found.add(there)
                todo.append(there)
    return found


def _check_branches(
    position: int, step: StepForm, ids: Sequence[str], problems: told.Problems
) -> None:
    branches = step.next or []
    for number, branch in enumerate(branches):
        at = ("steps", position, "next", number, "goto")
        if branch.goto != END and branch.goto not in ids:
            problems.add(
                at,
                f"step `{step.id}` goes to `{branch.goto}`, which is no step",
                told.nearest(branch.goto, [*ids, END], "use a step id or `end`"),
            )
        if branch.when is None and number + 1 < len(branches):
            problems.add(
                at,
                f"in step `{step.id}` no branch after this one is ever taken",
                "put the branch without `when` last",
            )
    if branches and branches[-1].when is not None:
        problems.add(
            ("steps", position, "next"),
            f"step `{step.id}` leads nowhere when no `when` holds (or the answer was not understood)",
            "add a last branch without `when`: `- goto: …`",
        )


def _cycle(ids: Sequence[str], leads: dict[str, list[str]]) -> list[str]:
    done: set[str] = set()
    for start in ids:
        trail = [start]
        turns = [iter(leads[start])]
        while turns:
            there = next(turns[-1], None)
            if there is None:
                turns.pop()
                done.add(trail.pop())
            elif there in trail:
                return trail[trail.index(there) :]
            elif there != END and there not in done:
                trail.append(there)
                turns.append(iter(leads[there]))
    return []
