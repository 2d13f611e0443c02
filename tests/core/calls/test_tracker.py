"""One call after the other, told by hand in chan_sip's, IAX2's and DAHDI's names."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from agentbot.core.calls.events import (
    CallBegan,
    CallOver,
    CallRinging,
    Direction,
    TalkBegan,
    TalkEnded,
    TransferKind,
)
from agentbot.core.calls.tracker import Tracker


@dataclass(frozen=True)
class Told:
    headers: dict[str, str]
    repeated: dict[str, tuple[str, ...]] = field(default_factory=dict)
    at: float = 0.0


@dataclass
class Line:
    """A channel that can tell things about itself."""

    name: str
    uniqueid: str
    linked: str
    number: str
    exten: str = "s"
    context: str = ""
    state: str = "0"

    def says(self, event: str, at: float, **more: str) -> Told:
        headers = {
            "Event": event, "Channel": self.name, "Uniqueid": self.uniqueid, "Linkedid": self.linked,
            "CallerIDNum": self.number, "Exten": self.exten, "Context": self.context, "ChannelState": self.state,
        }  # fmt: skip
        return Told(headers | more, at=at)

    def turns(self, state: str, at: float) -> Told:
        self.state = state
        return self.says("Newstate", at)

    def dials(self, other: Line, at: float) -> Told:
        return self.says("DialBegin", at, **other.as_dest())

    def as_dest(self) -> dict[str, str]:
        headers = self.says("", 0).headers
        return {f"Dest{key}": value for key, value in headers.items() if key != "Event"}


def direct(caller: Line, seat: Line) -> list[Told]:
    """The caller rings the seat for two seconds, they talk for ten."""
    told = [caller.says("Newchannel", 1), caller.turns("4", 1), seat.says("Newchannel", 1.5)]
    told += [caller.dials(seat, 1.5), seat.turns("5", 2), seat.turns("6", 4)]
    told += [caller.says("DialEnd", 4, DialStatus="ANSWER", **seat.as_dest()), caller.turns("6", 4)]
    told += [line.says("BridgeEnter", 4, BridgeUniqueid="b") for line in (seat, caller)]
    told += [line.says("BridgeLeave", 14, BridgeUniqueid="b") for line in (caller, seat)]
    return told + [line.says("Hangup", 14, Cause="16") for line in (caller, seat)]


NAMES = {
    "chan_sip": ("SIP/gw-peking-0000001a", "SIP/2001-0000001b"),
    "iax2": ("IAX2/provider-4711", "IAX2/2001-812"),
    "dahdi": ("DAHDI/i1/13812345678-2f", "SIP/2001-0000001b"),
    "analog phones": ("DAHDI/1-1", "DAHDI/25-1"),
    "chan_mobile": ("Mobile/nokia-0a3f", "PJSIP/2001-00000002"),
    "names of people": ("PJSIP/sbc.example.net-00000001", "PJSIP/anna-00000002", "anna"),
    "nothing known": ("PJSIP/blue-00000001", "PJSIP/green-00000002", "green"),
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES.keys())
def test_the_one_who_calls_is_the_caller_whatever_the_technology(
    names: tuple[str, ...],
) -> None:
    name = names[2] if len(names) > 2 else "2001"
    caller = Line(names[0], "1.1", "1.1", "13812345678", "2001")
    seat = Line(names[1], "1.2", "1.1", "2001")
    tracker = Tracker()

    said = [event for told in direct(caller, seat) for event in tracker.feed(told)]

    began, ringing, talk, ended, over = said
    assert began == CallBegan(call="1.1", at=1, direction=Direction.INBOUND)
    assert ringing == CallRinging(call="1.1", seat=name, at=2)
    assert isinstance(talk, TalkBegan)
    assert (talk.caller.channel, talk.operator.channel) == names[:2]
    assert (talk.caller.number, talk.seat, talk.ring_seconds) == ("13812345678", name, 2)
    assert ended == TalkEnded(call="1.1", talk=talk.talk, seat=name, at=14)
    assert over == CallOver(call="1.1", at=14, reason="answered")
    assert tracker.open_calls == 0


def test_a_seat_that_dials_a_long_number_calls_out() -> None:
    seat = Line("SIP/2001-0000001b", "1.1", "1.1", "2001", "13812345678")
    customer = Line("SIP/gw-peking-0000001c", "1.2", "1.1", "13812345678")
    tracker = Tracker()

    said = [event for told in direct(seat, customer) for event in tracker.feed(told)]

    talk = next(event for event in said if isinstance(event, TalkBegan))
    assert talk.direction is Direction.OUTBOUND
    assert (talk.seat, talk.caller.number) == ("2001", "13812345678")
    assert tracker.calls()[0].direction is Direction.OUTBOUND


def test_the_rule_of_the_house_wins_and_names_the_seat() -> None:
    caller = Line("PJSIP/1234-00000001", "1.1", "1.1", "1234", "77")
    seat = Line("PJSIP/desk-anna-00000002", "1.2", "1.1", "77")
    tracker = Tracker(seats=r"^PJSIP/desk-(?P<seat>\w+)-")

    said = [event for told in direct(caller, seat) for event in tracker.feed(told)]

    assert [event.seat for event in said if isinstance(event, TalkBegan)] == ["anna"]


def _talking() -> tuple[Tracker, Line]:
    """A talk under way."""
    caller = Line("SIP/gw-peking-0000001a", "1.1", "1.1", "13812345678", "2001")
    seat = Line("SIP/2001-0000001b", "1.2", "1.1", "2001")
    tracker = Tracker()
    for told in direct(caller, seat)[:-4]:
        tracker.feed(told)
    return tracker, caller


def test_a_talk_that_is_gone_when_asked_is_lost_not_ended() -> None:
    tracker, _ = _talking()

    [ended] = [e for e in tracker.resync(20.0, []) if isinstance(e, TalkEnded)]

    assert ended.lost


def test_a_talk_is_lost_with_its_exchange() -> None:
    tracker, _ = _talking()

    [ended] = [
        e for e in tracker.feed(Told({"Event": "Shutdown"}, at=20)) if isinstance(e, TalkEnded)
    ]

    assert ended.lost


def test_a_talk_whose_caller_hangs_up_is_not_lost() -> None:
    tracker, caller = _talking()

    said = tracker.feed(caller.says("Hangup", 20, Cause="16"))

    assert [e.lost for e in said if isinstance(e, TalkEnded)] == [False]


@pytest.mark.parametrize("parted_first", [False, True])
def test_a_seat_that_transfers_at_the_moment_of_answer_hands_the_call_over(
    parted_first: bool,
) -> None:
    """The exchange then says neither that the caller enters the other bridge nor who left it."""
    tracker, caller = _talking()
    first = Line("SIP/2001-0000001b", "1.2", "1.1", "2001")
    second = Line("SIP/2001-0000001c", "2.1", "2.1", "2001", "2002")
    other = Line("SIP/2002-0000001d", "2.2", "2.1", "2002")
    attended = {
        "Result": "Success", "DestType": "App", "DestApp": "Dial",
        "OrigTransfererChannel": first.name, "OrigTransfererUniqueid": first.uniqueid,
        "SecondTransfererChannel": second.name, "SecondTransfererUniqueid": second.uniqueid,
        "TransfereeChannel": caller.name, "TransfereeUniqueid": caller.uniqueid,
    }  # fmt: skip
    told = [first.says("Hold", 8), second.says("Newchannel", 9), second.turns("4", 9)]
    told += [other.says("Newchannel", 9), second.dials(other, 9), other.turns("6", 10)]
    told += [second.turns("6", 10), Told({"Event": "AttendedTransfer", **attended}, at=10.1)]
    meeting = [line.says("BridgeEnter", 10.1, BridgeUniqueid="c") for line in (other, second)]
    parting = [line.says("BridgeLeave", 10.1, BridgeUniqueid="b") for line in (first, caller)]
    told += [*parting, *meeting] if parted_first else [*meeting, *parting]
    told += [line.says("Hangup", 10.1, Cause="16") for line in (second, first)]

    said = [event for one in told for event in tracker.feed(one)]

    [talk] = [event for event in said if isinstance(event, TalkBegan)]
    assert (talk.call, talk.seat, talk.caller.uniqueid) == ("1.1", "2002", "1.1")
    assert talk.transfer is not None
    assert (talk.transfer.kind, talk.transfer.source) == (TransferKind.ATTENDED, "2001")
