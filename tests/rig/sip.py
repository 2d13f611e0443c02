"""SIP as text: just what one phone and one Asterisk on loopback say to each other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

HOST = "127.0.0.1"
METHODS = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, REFER, NOTIFY"
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SipMessage:
    """A request or a response."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @classmethod
    def read(cls, data: bytes) -> SipMessage:
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(
            start, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body
        )

    def write(self) -> bytes:
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        if self.body:
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(self.body.encode())}")
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode(errors="surrogateescape")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def status(self) -> int:
        """Code of a response; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self.get("cseq").split()[-1]

    @property
    def number(self) -> int:
        """Its place in the dialogue."""
        return int(self.get("cseq").split()[0])


def tag_of(address: str) -> str:
    found = re.search(r";\s*tag=([^;>\s]+)", address)
    return found[1] if found else ""


def uri_of(address: str) -> str:
    found = re.search(r"<([^>]*)>", address)
    return found[1] if found else address.partition(";")[0].strip()


def response(to: SipMessage, status: str, *, tag: str, contact: str, body: str = "") -> SipMessage:
    """An answer that finds its way back."""
    far = to.get("to")
    headers: Headers = [("Via", via) for via in to.all("via")]
    headers += [
        ("From", to.get("from")),
        ("To", far if tag_of(far) else f"{far};tag={tag}"),
        ("Call-ID", to.get("call-id")),
        ("CSeq", to.get("cseq")),
        ("Contact", f"<{contact}>"),
        ("Allow", METHODS),
        ("Supported", "replaces"),
    ]
    return SipMessage(f"SIP/2.0 {status}", tuple(headers), body)


def credentials(
    challenge: SipMessage, *, user: str, password: str, method: str, uri: str
) -> tuple[str, str]:
    """The header that answers a digest challenge (RFC 2617, qop `auth` or none)."""
    asked = "www-authenticate" if challenge.status == 401 else "proxy-authenticate"
    given = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.get(asked)))

    def digest(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()  # noqa: S324 (what SIP says)

    who, what = digest(user, given["realm"], password), digest(method, uri)
    fields = {
        "username": user,
        "realm": given["realm"],
        "nonce": given["nonce"],
        "uri": uri,
        "opaque": given.get("opaque", ""),
    }
    if "qop" in given:
        fields["response"] = digest(who, given["nonce"], "00000001", "c0ffee", "auth", what)
        tail = ', algorithm=MD5, qop=auth, nc=00000001, cnonce="c0ffee"'
    else:
        fields["response"] = digest(who, given["nonce"], what)
        tail = ", algorithm=MD5"
    name = "Authorization" if challenge.status == 401 else "Proxy-Authorization"
    return name, "Digest " + ", ".join(f'{key}="{value}"' for key, value in fields.items()) + tail


def sdp(port: int, payload_type: int, names: Iterable[str], direction: str, version: int) -> str:
    """What sound is offered, or taken."""
    lines = [
        "v=0",
        f"o=phone 1 {version} IN IP4 {HOST}",
        "s=phone",
        f"c=IN IP4 {HOST}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {payload_type}",
        *(f"a=rtpmap:{payload_type} {name}" for name in names),
        "a=ptime:20",
        f"a={direction}",
    ]
    return "\r\n".join(lines) + "\r\n"


def sound_port(body: str) -> int | None:
    """Where the far end wants its sound."""
    found = re.search(r"^m=audio (\d+)", body, re.MULTILINE)
    return int(found[1]) if found else None
