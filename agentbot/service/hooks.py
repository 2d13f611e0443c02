"""What the dialplan says and asks: UserEvents, and the paths of the FastAGI port."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from agentbot.core.verdict import CallVerdict, FieldVerdict, StepVerdict
from agentbot.pbx.fastagi import AgiChannel, AgiHandler, AgiRequest
from agentbot.pbx.message import Message
from agentbot.replay.call import Source
from agentbot.service.floor import Floor
from agentbot.service.means import Means
from agentbot.service.tape import PAUSED

__all__ = ["Hooks", "user_event"]

log = structlog.get_logger()

_LONGEST: Final = 200
"""Signs of a value that the dialplan may give."""
_FIELDS: Final = 50
"""Fields of one call that the dialplan may give."""
_SOUNDS: Final = (".wav", ".wav16", ".sln", ".sln16", ".gsm", ".ulaw", ".alaw", ".g722", ".mp3")
_GRAVITY: Final = (
    FieldVerdict.MISMATCHED, FieldVerdict.NOT_READ_BACK, FieldVerdict.CANNOT_TELL,
    FieldVerdict.MATCHED,
)  # fmt: skip


def user_event(message: Message, floor: Floor) -> None:
    """`AgentbotCall` chooses the script, `AgentbotField` gives a value, before or in the talk."""
    keys = [message.get(key) for key in ("Linkedid", "Uniqueid", "Call") if message.get(key)]
    if not keys:
        return
    match message.get("UserEvent"):
        case "AgentbotCall":
            for key in keys:
                choose(floor, key, message.get("Script"))
        case "AgentbotField":
            give(floor, keys, message.get("Field"), message.get("Value"))


def choose(floor: Floor, key: str, script: str) -> bool:
    """The call asks for a script; False: there is none of that name."""
    if not floor.choice.knows(script):
        log.warning("the dialplan asks for a script that is not there", script=script[:80])
        return False
    floor.choice.asked(key).script = script
    return True


def give(floor: Floor, keys: list[str], field: str, value: str) -> bool:
    """What the dialplan collected; shown as if the operator had entered it."""
    for key in keys:
        talk = floor.talk_of(key)
        if talk is not None:
            return talk.by_hand(talk.judging.correct(field, value[:_LONGEST]))
    for key in keys:
        fields = floor.choice.asked(key).fields
        if len(fields) < _FIELDS:
            fields[field[:_LONGEST]] = value[:_LONGEST]
    return True


class Hooks:
    """The paths: `/call`, `/greeting`, `/field`, `/verdict`, `/pause`, `/resume`."""

    def __init__(self, floor: Floor, means: Means, sounds: Path) -> None:
        """`sounds`: where recorded greetings lie, as `SET/VARIANT.wav`."""
        self._floor, self._means, self._sounds = floor, means, sounds

    def handlers(self) -> Mapping[str, AgiHandler]:
        """By path."""
        return {
            "/call": self.call, "/greeting": self.greeting, "/field": self.field,
            "/verdict": self.verdict, "/pause": self.pause, "/resume": self.resume,
        }  # fmt: skip

    async def call(self, request: AgiRequest, channel: AgiChannel) -> None:
        """`/call?script=ID&field.NAME=VALUE`, or as arguments: `ID`, `NAME=VALUE` and so on."""
        script = _asked(request, "script", 0)
        found = choose(self._floor, request.uniqueid, script) if script else True
        for name, value in request.query.items():
            if name.startswith("field."):
                give(self._floor, [request.uniqueid], name.removeprefix("field."), value)
        for told in request.arguments[1:]:
            name, named, value = told.partition("=")
            if named:
                give(self._floor, [request.uniqueid], name, value)
        await channel.set_variable("AGENTBOT_STATUS", "OK" if found else "NOSCRIPT")

    async def field(self, request: AgiRequest, channel: AgiChannel) -> None:
        """`/field?name=NAME&value=VALUE`."""
        name, value = _asked(request, "name", 0), _asked(request, "value", 1)
        known = bool(name) and give(self._floor, [request.uniqueid], name, value)
        await channel.set_variable("AGENTBOT_STATUS", "OK" if known else "NOFIELD")

    async def greeting(self, request: AgiRequest, channel: AgiChannel) -> None:
        """`/greeting?script=ID&seat=NUMBER&queue=NAME`: what is said today."""
        house = self._means.house
        script = house.scripts.get(
            _asked(request, "script", 0) or self._floor.choice.asked(request.uniqueid).script
        )
        seat = _asked(request, "seat", 1)
        text, file = "", ""
        if script is not None and script.greeting is not None:
            source = Source(
                call_id="", listed="", script=script.id, queue=_asked(request, "queue", 2) or None,
                seat=self._means.number(seat) if seat else None,
                started_at=datetime.now().astimezone(),
            )  # fmt: skip
            due = house.started(source, script, self._means.lang).greeting
            if due is not None:
                text = next(v.text for v in due.variants if v.id == due.variant)
                file = self._recorded(script.greeting, due.variant)
        await channel.set_variable("AGENTBOT_GREETING", " ".join(text.split()))
        await channel.set_variable("AGENTBOT_GREETING_FILE", file)

    def _recorded(self, greetings: str, variant: str) -> str:
        """Path without its ending, as Playback() takes it."""
        place = self._sounds / greetings / variant
        return str(place) if any(place.with_suffix(s).is_file() for s in _SOUNDS) else ""

    async def verdict(self, request: AgiRequest, channel: AgiChannel) -> None:
        """How the call went: as it stands, or at its end."""
        verdict = self._floor.verdict_of(request.uniqueid)
        if verdict is None:
            linked = await channel.get_variable("CHANNEL(linkedid)")
            verdict = self._floor.verdict_of(linked) if linked else None
        for name, value in _told(verdict).items():
            await channel.set_variable(name, value)

    async def pause(self, request: AgiRequest, channel: AgiChannel) -> None:
        """Neither record nor recognise from here on."""
        talk = self._floor.talk_of(request.uniqueid)
        if talk is not None:
            talk.pause()
        await channel.set_variable(PAUSED, "yes")
        await channel.set_variable("AGENTBOT_STATUS", "OK" if talk else "NOCALL")

    async def resume(self, request: AgiRequest, channel: AgiChannel) -> None:
        """Go on listening."""
        talk = self._floor.talk_of(request.uniqueid)
        if talk is not None:
            talk.unpause()
        await channel.set_variable(PAUSED, "no")
        await channel.set_variable("AGENTBOT_STATUS", "OK" if talk else "NOCALL")


def _asked(request: AgiRequest, name: str, place: int) -> str:
    """A value by its name in the path, else by its place among the arguments."""
    if name in request.query:
        return request.query[name]
    return request.arguments[place] if place < len(request.arguments) else ""


def _told(verdict: CallVerdict | None) -> dict[str, str]:
    if verdict is None:
        return {"AGENTBOT_SCORE": "", "AGENTBOT_MISSED": "", "AGENTBOT_READBACK": ""}
    missed = [s.step for s in verdict.steps if s.verdict in {StepVerdict.MISSED, StepVerdict.WRONG}]
    found = {field.verdict for field in verdict.fields.values()}
    worst = next((grave.value for grave in _GRAVITY if grave in found), "")
    return {
        "AGENTBOT_SCORE": "" if verdict.score is None else f"{verdict.score:g}",
        "AGENTBOT_MISSED": ",".join(missed),
        "AGENTBOT_READBACK": worst,
    }
