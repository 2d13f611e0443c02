"""The sample manager.conf gives what the client asks for, and no more."""

from __future__ import annotations

import re
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "asterisk/manager.conf"


def settings(section: str) -> list[tuple[str, str]]:
    """Settings of one section, in order."""
    text = SAMPLE.read_text().split(f"\n[{section}]\n")[1].split("\n[")[0]
    return re.findall(r"(?m)^([^;\s=][^=]*?) *= *(.*)$", text)


def test_only_the_rights_that_are_needed() -> None:
    rights = dict(settings("agentbot"))

    assert set(rights["read"].split(",")) == {"call", "agent", "dialplan", "user", "system"}
    assert set(rights["write"].split(",")) == {
        *("originate", "call", "reporting", "user", "system"),
    }
    assert rights["deny"] == "0.0.0.0/0.0.0.0"
    assert dict(settings("general"))["bindaddr"] == "127.0.0.1"


def test_no_event_that_calls_are_followed_by_is_filtered_out() -> None:
    from agentbot.core.calls.facts import FACTS

    lines = [key + value for key, value in settings("agentbot") if key.startswith("eventfilter")]
    excluded = {re.search(r"name\((\w+)\)", line)[1]: line for line in lines}

    assert set(excluded) & set(FACTS) == {"VarSet"}
    expression = excluded["VarSet"].split("method(regex))")[1]
    assert re.search(expression, "AGENTBOT_CALL") is None
    assert all(re.search(expression, name) for name in ("DIALSTATUS", "ANSWEREDTIME", "AGI"))
