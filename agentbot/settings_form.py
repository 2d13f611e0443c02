"""The settings of the live service, section by section; each row with default, unit and help."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from agentbot.errors import ConfigError

__all__ = ["AgiForm", "ExchangeForm", "Form", "Port", "RuleForm", "StoreForm", "WebForm"]

Port = Annotated[int, Field(ge=0, le=65_535)]


class Form(BaseModel):
    """A section; a setting that is none is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ExchangeForm(Form):
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


class RuleForm(Form):
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


class WebForm(Form):
    """The pages."""

    host: Annotated[str, Field(min_length=1, description="Address the pages are served on")] = (
        "127.0.0.1"
    )
    port: Annotated[Port, Field(description="Port of the pages")] = 8080
    https: Annotated[
        bool, Field(description="Browsers reach the pages by HTTPS only (a proxy before them)")
    ] = False


class AgiForm(Form):
    """The door for the dialplan."""

    host: Annotated[str, Field(min_length=1, description="Address of the FastAGI port")] = (
        "127.0.0.1"
    )
    port: Annotated[Port, Field(description="FastAGI port; 0: any that is free")] = 4573
    enabled: Annotated[bool, Field(description="Open it")] = True


class StoreForm(Form):
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
