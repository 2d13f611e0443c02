"""Sample calls spoken through a real Asterisk and heard by Whisper: judged live, and again by replay."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rig.asterisk import Asterisk
from rig.bot import Bot, Judgement
from rig.conversation import Conversation, Phones
from rig.phone import ahead
from rig.sounds import Samples

from agentbot.core.events import Leg
from agentbot.core.verdict import CallVerdict, FieldVerdict, StepVerdict
from agentbot.speech.engines import open_engine

NUMBERS = {"1003": "218", "1004": "462", "1005": "305"}
RATE = 8_000


def sample(samples: Path, name: str) -> dict[Leg, Samples]:
    truth = json.loads((samples / f"{name}.json").read_text(encoding="utf-8"))
    sound, rate = soundfile.read(samples / truth["audio"], dtype="int16")
    assert rate == RATE
    return {Leg(channel): sound[:, at] for at, channel in enumerate(truth["channels"])}


def without(legs: dict[Leg, Samples], start: float, end: float) -> dict[Leg, Samples]:
    """Both legs with a stretch cut out and the rest joined."""
    cut = slice(round(start * RATE), round(end * RATE))
    return {leg: np.delete(sound, cut) for leg, sound in legs.items()}


class Heard:
    """Three calls at once, each at its seat."""

    def __init__(self) -> None:
        self.harm: dict[str, str] = {}
        self.judged: dict[str, list[Judgement]] = {}

    async def play(
        self, asterisk: Asterisk, bot: Bot, calls: dict[str, dict[Leg, Samples]]
    ) -> None:
        phones = await Phones(asterisk).open()

        async def one(seat: str, legs: dict[Leg, Samples]) -> None:
            talk: Conversation = await phones.call(await phones.seat(seat), [])
            await talk.play(legs[Leg.CALLER], legs[Leg.OPERATOR])
            await talk.end()
            self.harm[seat] = talk.harm

        try:
            await bot.start()
            await asyncio.gather(*(one(seat, legs) for seat, legs in calls.items()))
            await bot.closed(len(calls))
            assert await bot.stop() == 0, bot.log
        finally:
            bot.close()
            await phones.close()

    def only(self, seat: str) -> Judgement:
        [judged] = self.judged[NUMBERS[seat]]
        return judged


@pytest.fixture(scope="module")
def heard(asterisk: Asterisk, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    calls = {
        "1003": sample(samples, "repair-perfect"),
        # the number is given, and neither read back nor agreed to
        "1004": without(sample(samples, "repair-holiday"), 36.4, 41.5),
        "1005": sample(samples, "repair-wrong-digit"),
    }
    # Three calls are the most that two busy cores can do with Whisper: late, not skipped.
    bot = Bot(tmp_path_factory.mktemp("heard"), [asterisk], NUMBERS, behind=50)
    one = Heard()
    with ahead():
        asyncio.run(one.play(asterisk, bot, calls))
    one.judged = bot.judgements(open_engine("whisper", 2)[0])
    return one


def steps(verdict: CallVerdict | None) -> dict[str, StepVerdict]:
    assert verdict is not None
    return {step.step: step.verdict for step in verdict.steps}


@pytest.mark.parametrize("seat", NUMBERS)
def test_the_verdict_on_the_call_is_that_of_replay(heard: Heard, seat: str) -> None:
    judged = heard.only(seat)
    assert judged.again is not None
    assert judged.again == judged.replayed


@pytest.mark.parametrize("seat", NUMBERS)
def test_the_phones_lost_nothing(heard: Heard, seat: str) -> None:
    assert heard.harm[seat] == ""


def test_a_perfect_call_is_accused_of_nothing(heard: Heard) -> None:
    for verdict in (heard.only("1003").live, heard.only("1003").again):
        assert verdict is not None
        assert verdict.findings == ()
        assert {StepVerdict.MISSED, StepVerdict.WRONG}.isdisjoint(steps(verdict).values())
        assert sum(found is StepVerdict.DONE for found in steps(verdict).values()) >= 6


def test_a_skipped_read_back_is_never_done(heard: Heard) -> None:
    for verdict in (heard.only("1004").live, heard.only("1004").again):
        assert verdict is not None
        assert steps(verdict)["phone_readback"] is not StepVerdict.DONE
        assert verdict.fields["phone"].verdict is not FieldVerdict.MATCHED
        assert steps(verdict)["closing"] is StepVerdict.DONE


def test_a_wrong_digit_is_never_matched(heard: Heard) -> None:
    for verdict in (heard.only("1005").live, heard.only("1005").again):
        assert verdict is not None
        found = verdict.fields["phone"]
        assert found.verdict in {FieldVerdict.MISMATCHED, FieldVerdict.CANNOT_TELL}
        if found.difference is not None:
            assert (found.difference.place, found.difference.operator) == ("digit 10", "8")
