"""The operator's own number as the greeting tells it, against that of the seat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agentbot.core.known import Known
from agentbot.core.numerals import DIGIT, NUMBER_SIGNS, readings
from agentbot.core.performed import Performed, trusted
from agentbot.core.verdict import Finding, FindingKind, Severity
from agentbot.core.wording import say

__all__ = ["own_number"]

_N = f"[{NUMBER_SIGNS}]+"
_SAID = re.compile(
    rf"(?:工号|坐席|座席|我是)[是为：:，,\s]*(?P<before>{_N})|(?P<after>{_N})号?(?:话务员|客服|接线员|坐席|座席|竭诚|很高兴)?为您服务|"
    rf"(?P<seat>{_N})号(?:话务员|客服|接线员|坐席|座席)"
)
"""Where a number is the operator's own, not an hour, a hotline or an address."""


def own_number(
    known: Known, seat: str | None, done: Mapping[str, Performed], lang: str
) -> Iterator[Finding]:
    """A finding where another number than the seat's is plainly said; nothing where it is not."""
    wanted = "".join(DIGIT.get(sign, "") for sign in seat or "")
    if not wanted or wanted != seat:
        return
    at = [(step, done[step]) for step in known.opening if step in done]
    said = [
        (step, item, readings(number))
        for step, what in at
        for item in what.heard
        if trusted(item)
        for match in _SAID.finditer(item.text)
        if (number := next(n for n in match.groups() if n))
    ]
    others = [one for one in said if len(one[2]) == len(wanted) and one[2] != wanted]
    if others and all(number != wanted for _, _, number in said):
        step, item, number = others[0]
        yield Finding(
            kind=FindingKind.WRONG_WORDING, step=step, field=None, at=item.start,
            severity=Severity.MINOR, points=known.script.listening.wording_points,
            evidence=item.text, message=say("wrong_number", lang, said=number, seat=seat),
        )  # fmt: skip
