"""The settings of sound: how calls are heard, and what is whispered."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from agentbot.core.seat.view import AlertKind
from agentbot.settings_form import Form, Port

__all__ = ["SoundForm", "WhisperForm"]


class SoundForm(Form):
    """How calls are heard."""

    route: Annotated[
        Literal["auto", "audiosocket", "websocket", "ari", "dialplan", "files", "none"],
        Field(description="Way to the sound of a call; auto: the first that the exchange can do"),
    ] = "auto"
    host: Annotated[
        str, Field(min_length=1, description="Address on which sound is taken from the exchange")
    ] = "127.0.0.1"
    port: Annotated[Port, Field(description="Port for it; 0: any that is free")] = 0
    address: Annotated[
        str, Field(description="Host by which the exchange reaches it; empty: as `host`")
    ] = ""
    folder: Annotated[
        Path | None, Field(description="Asterisk's folder of recordings, as it is seen from here")
    ] = None
    recordings: Annotated[
        str,
        Field(
            description="Names the dialplan gives them, without -in.wav and -out.wav, "
            "with {uniqueid}, {operator} or {linkedid} and * in them; empty: agentbot has them made"
        ),
    ] = ""
    websocket_port: Annotated[
        Port, Field(description="Port for Asterisk's WebSocket; 0: not opened")
    ] = 0
    websocket_client: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.-]{1,40}$",
            description="Section of websocket_client.conf that names that port",
        ),
    ] = "agentbot"
    rate: Annotated[Literal[8000, 16000], Field(description="Sampling rate, in hertz")] = 8000
    behind: Annotated[
        float, Field(ge=2, le=50, description="Seconds recognition may lag before sound is skipped")
    ] = 10.0

    @field_validator("recordings")
    @classmethod
    def _names(cls, value: str) -> str:
        try:
            value.format(uniqueid="", operator="", linkedid="")
        except (KeyError, ValueError, IndexError, AttributeError):
            raise ValueError(
                "only {uniqueid}, {operator} and {linkedid} may stand in braces"
            ) from None
        if value and ("{" not in value or value.startswith("/") or ".." in value):
            raise ValueError(
                "a name below sound.folder with {uniqueid}, {operator} or {linkedid} in it is wanted"
            )
        return value

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.route == "dialplan" and not self.port:
            raise ValueError("the route dialplan needs sound.port, as the dialplan names it (4574)")
        if self.route == "files" and self.folder is None:
            raise ValueError(
                "the route files needs sound.folder (/var/spool/asterisk/monitor, or where it is mounted)"
            )
        if self.route == "websocket" and not self.websocket_port:
            raise ValueError(
                "the route websocket needs sound.websocket_port, as websocket_client.conf names it (4575)"
            )
        return self


class WhisperForm(Form):
    """Alerts told in the operator's ear; the caller does not hear them."""

    enabled: Annotated[bool, Field(description="Whisper at all")] = False
    kinds: Annotated[
        tuple[AlertKind, ...], Field(max_length=20, description="Of which alerts")
    ] = (AlertKind.READBACK_MISMATCH, AlertKind.CLOSING_EARLY)  # fmt: skip
    folder: Annotated[
        Path | None,
        Field(description="Folder of recordings, KIND.wav or alert.wav; without: two short tones"),
    ] = None
    command: Annotated[
        str,
        Field(
            description="Program that reads the alert's text and writes WAV, e.g. "
            "`espeak-ng -v cmn --stdin --stdout`; goes before the recordings"
        ),
    ] = ""

    @field_validator("command")
    @classmethod
    def _words(cls, value: str) -> str:
        try:
            shlex.split(value)
        except ValueError as error:
            raise ValueError(f"no command line ({error})") from None
        return value
