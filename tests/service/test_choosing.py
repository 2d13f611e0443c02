"""What the dialplan said of a call goes before the rules, and goes with the call."""

from talking import began, over

from agentbot.replay.house import House
from agentbot.service.choosing import Choice, Rule


def test_what_the_dialplan_collected_is_forgotten_with_the_call(house: House) -> None:
    choice = Choice(house.scripts, (Rule(script="heating-repair"),))
    choice.asked("o-c1-o1").fields["phone"] = "13800138000"
    choice.asked("c1").script = "gas-order"

    script, fields = choice.of(began())
    assert (script and script.id, fields) == ("gas-order", {"phone": "13800138000"})

    choice.forget(over(1.0).call, [began()])
    script, fields = choice.of(began())
    assert (script and script.id, fields) == ("heating-repair", {})
