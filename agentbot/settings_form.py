"""The settings of the live service, section by section; each row with default, unit and help."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from agentbot.core.seat.view import AlertKind
from agentbot.errors import ConfigError

__all__ = [
    "AgiForm",
    "ExchangeForm",
    "RuleForm",
    "SoundForm",
    "StoreForm",
    "WebForm",
    "WhisperForm",
]

Port = Annotated[int, Field(ge=0, le=65_535)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExchangeForm(_Form):
    """One Asterisk, by its AMI."""

    name: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.-]{1,40}$", description="What it is called in logs and metrics"
        ),
    ] = "pbx"
    host: Annotated[str, Field(min_length=1, description="Where its AMI listens")] = "127.0.0.1"
    port: Annotated[Port, Field(description="Port of its AMI")] = 5038
    user: Annotated[str, Field(min_length=1, description="AMI user (manager.conf)")] = "agentbot"
    secret: Annotated[SecretStr, Field(description="Secret of the AMI user")] = SecretStr("")
    secret_file: Annotated[Path | None, Field(description="File that holds the secret instead")] = (
        None
    )
    tls: Annotated[bool, Field(description="Speak TLS to it")] = False
    ca_file: Annotated[
        Path | None, Field(description="Certificates to trust instead of the system's (PEM)")
    ] = None
    verify: Annotated[bool, Field(description="Check its certificate")] = True
    seats: Annotated[
        str,
        Field(description="Which channels are seats: regular expression, its group is the seat; "
        "empty: found out from queues and numbers"),
    ] = ""  # fmt: skip

    ari_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://[^\s/]+(/[^\s?#]*)?)?$",
            description="Where its ARI is (http://HOST:8088), for the route ari",
        ),
    ] = ""
    ari_user: Annotated[str, Field(min_length=1, description="ARI user (ari.conf)")] = "agentbot"
    ari_secret: Annotated[SecretStr, Field(description="Password of the ARI user")] = SecretStr("")
    ari_secret_file: Annotated[
        Path | None, Field(description="File that holds that password instead")
    ] = None

    @field_validator("seats")
    @classmethod
    def _pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"no regular expression ({error})") from None
        return value

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if bool(self.secret.get_secret_value()) == (self.secret_file is not None):
            raise ValueError("give either secret or secret_file")
        return self

    def password(self) -> str:
        """The secret, wherever it lies.

        Raises:
            ConfigError: its file cannot be read.
        """
        return self._kept(self.secret, self.secret_file, "AMI secret")

    def ari_password(self) -> str:
        """The password of the ARI user, wherever it lies.

        Raises:
            ConfigError: its file cannot be read.
        """
        return self._kept(self.ari_secret, self.ari_secret_file, "ARI password")

    def _kept(self, secret: SecretStr, file: Path | None, what: str) -> str:
        if file is None:
            return secret.get_secret_value()
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise ConfigError(
                f"{file}: {reason}; the {what} of exchange {self.name} should be in it"
            ) from None


class RuleForm(_Form):
    """Which talks a script is for; what is left out holds for all. The first that fits counts."""

    script: Annotated[str, Field(min_length=1, description="Id of the script")]
    queue: Annotated[str, Field(description="Only calls of this queue")] = ""
    seat: Annotated[
        str, Field(description="Only these seats: a regular expression for the whole")
    ] = ""
    direction: Annotated[
        Literal["", "inbound", "outbound", "internal"], Field(description="Only this direction")
    ] = ""

    @field_validator("seat")
    @classmethod
    def _pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"no regular expression ({error})") from None
        return value


class WebForm(_Form):
    """The pages."""

    host: Annotated[str, Field(min_length=1, description="Address the pages are served on")] = (
        "127.0.0.1"
    )
    port: Annotated[Port, Field(description="Port of the pages")] = 8080
    https: Annotated[
        bool, Field(description="Browsers reach the pages by HTTPS only (a proxy before them)")
    ] = False


class SoundForm(_Form):
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


class WhisperForm(_Form):
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


class AgiForm(_Form):
    """The door for the dialplan."""

    host: Annotated[str, Field(min_length=1, description="Address of the FastAGI port")] = (
        "127.0.0.1"
    )
    port: Annotated[Port, Field(description="FastAGI port; 0: any that is free")] = 4573
    enabled: Annotated[bool, Field(description="Open it")] = True


class StoreForm(_Form):
    """What is kept of calls."""

    folder: Annotated[Path, Field(description="Folder of kept calls")] = (
        user_data_path("agentbot") / "calls"
    )
    days: Annotated[
        int, Field(ge=0, le=36_500, description="Days that calls are kept; 0: for ever")
    ] = 30
    sound: Annotated[bool, Field(description="Keep both legs as FLAC")] = False
    again: Annotated[
        bool, Field(description="Judge the whole recording again after the call, as replay does")
    ] = True
