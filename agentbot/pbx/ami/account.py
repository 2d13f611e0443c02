"""Where an exchange is and as whom to log in."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from agentbot.errors import PbxError

__all__ = ["Account"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One AMI user on one exchange, as `manager.conf` knows it."""

    name: str = "pbx"
    """What the exchange is called here: in logs, metrics and pages."""
    host: str = "127.0.0.1"
    port: int = 5038
    username: str = "agentbot"
    secret: str = field(repr=False)
    tls: bool = False
    """Speak TLS (`tlsenable` in manager.conf, usually port 5039)."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    verify: bool = True
    """Check the exchange's certificate and that it is for `host`."""

    @property
    def address(self) -> str:
        """Host and port, for messages."""
        return f"{self.host}:{self.port}"

    def ssl_context(self) -> ssl.SSLContext | None:
        """How to speak TLS; None for plain TCP.

        Raises:
            PbxError: the file of certificates cannot be used.
        """
        if not self.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise PbxError(
                f"{self.ca_file}: no certificates can be read from it ({error.strerror or error}); "
                "name a PEM file"
            ) from None
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
