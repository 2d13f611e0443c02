"""A small SIP phone: registers, calls, answers, holds, transfers; for one Asterisk on loopback."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, cast
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from rig.g711 import encode
from rig.rtp import A_LAW, Rtp
from rig.sip import (
    HOST,
    METHODS,
    Headers,
    SipMessage,
    credentials,
    response,
    sdp,
    sound_port,
    tag_of,
    uri_of,
)

PATIENCE = 20.0
"""Seconds for anything that must come: a loaded machine is slow, a lost cause is none of ours."""
_unique = itertools.count(1)


def unique() -> str:
    """Never the same twice in one run, nor in two runs on one Asterisk."""
    return f"{next(_unique)}x{id(_unique):x}"


@contextmanager
def ahead() -> Iterator[None]:
    """Phones keep time before all else on this machine, where that is allowed."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)


class SipError(Exception):
    """The far end refused, or said nothing."""


class Phone(asyncio.DatagramProtocol):
    """One line at one phone."""

    def __init__(self, user: str, server: int, *, password: str = "") -> None:
        """`server`: UDP port of the Asterisk."""
        self.user, self.server, self.password = user, server, password
        self.mode: Literal["answer", "ring", "busy"] = "answer"
        """What it does with a call that comes in."""
        self.says: NDArray[np.int16] | None = None
        """Played, from its start, in each call from the moment of answer."""
        self.calls: dict[str, Call] = {}
        self.incoming: asyncio.Queue[Call] = asyncio.Queue()
        self._answers: dict[tuple[str, str], asyncio.Queue[SipMessage]] = {}
        self._replied: dict[tuple[str, str], bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, port: int = 0) -> Phone:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, port))
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.DatagramTransport", transport)
        self._transport = transport
        self.port: int = transport.get_extra_info("sockname")[1]

    @property
    def contact(self) -> str:
        return f"sip:{self.user}@{HOST}:{self.port}"

    async def close(self) -> None:
        """Hang up everything and let go of the port."""
        for call in list(self.calls.values()):
            await call.hang_up()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._transport.close()

    # --- what its user does ---

    async def register(self, seconds: int = 300) -> None:
        target = f"sip:{HOST}:{self.server}"
        call_id, address = unique(), f"<sip:{self.user}@{HOST}>"
        more: Headers = [("Contact", f"<{self.contact}>"), ("Expires", str(seconds))]
        for number in (1, 2):
            headers = self.headers(
                "REGISTER", number, call_id, f"{address};tag={call_id}", address, more
            )
            answer = await self.ask(SipMessage(f"REGISTER {target} SIP/2.0", tuple(headers)))
            if answer.status == 200:
                return
            if answer.status != 401:
                break
            more = [*more[:2], self.credentials(answer, "REGISTER", target)]
        raise SipError(f"{self.user} cannot register: {answer.start}")

    async def call(self, number: str, *, caller: str = "", name: str = "") -> Call:
        """Dial; returns once Asterisk works on it. `caller`: the number to show."""
        call = Call(self, unique())
        self.calls[call.id] = call
        call.rtp = await Rtp.open()
        shown = f'"{name}" ' if name else ""
        call.near = f"{shown}<sip:{caller or self.user}@{HOST}>;tag={call.id}"
        call.target = f"sip:{number}@{HOST}:{self.server}"
        call.far = f"<{call.target}>"
        self._keep(call.dial())
        return call

    async def answered(self) -> Call:
        """The next call that came in and was taken."""
        async with asyncio.timeout(PATIENCE):
            return await self.incoming.get()

    # --- SIP ---

    def headers(
        self, method: str, number: int, call_id: str, near: str, far: str, more: Headers
    ) -> Headers:
        return [
            ("Via", f"SIP/2.0/UDP {HOST}:{self.port};rport;branch=z9hG4bK{unique()}"),
            ("Max-Forwards", "70"),
            ("From", near),
            ("To", far),
            ("Call-ID", call_id),
            ("CSeq", f"{number} {method}"),
            *more,
        ]

    def credentials(self, challenge: SipMessage, method: str, uri: str) -> tuple[str, str]:
        return credentials(
            challenge, user=self.user, password=self.password, method=method, uri=uri
        )

    def send(self, message: SipMessage) -> None:
        self._transport.sendto(message.write(), (HOST, self.server))

    async def ask(self, request: SipMessage) -> SipMessage:
        """Send a request, again if nothing comes, and wait for its final answer."""
        key = request.get("call-id"), request.get("cseq")
        answers = self._answers[key] = asyncio.Queue()
        wait = 0.5
        try:
            async with asyncio.timeout(3 * PATIENCE):
                while True:
                    self.send(request)
                    try:
                        while True:
                            answer = await asyncio.wait_for(answers.get(), wait)
                            if answer.status >= 200:
                                return answer
                            wait = PATIENCE
                    except TimeoutError:
                        wait *= 2
        except TimeoutError:
            raise SipError(f"no answer to {key[1]}") from None
        finally:
            del self._answers[key]

    def reply(self, to: SipMessage, status: str, *, tag: str, body: str = "") -> None:
        message = response(to, status, tag=tag, contact=self.contact, body=body)
        self._replied[to.get("call-id"), to.get("cseq")] = message.write()
        self.send(message)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = SipMessage.read(data)
        key = message.get("call-id"), message.get("cseq")
        call = self.calls.get(key[0])
        if message.status:
            if key in self._answers:
                self._answers[key].put_nowait(message)
            elif call and message.method == "INVITE" and message.status >= 200:
                call.acknowledge(message)
        elif message.start.startswith("ACK"):
            pass
        elif key in self._replied:
            self._transport.sendto(self._replied[key], (HOST, self.server))
        elif call:
            self._keep(call.asked(message))
        elif message.method == "INVITE":
            call = Call(self, key[0])
            self.calls[call.id] = call
            self._keep(call.rings(message))
        else:
            known = message.method == "OPTIONS"
            self.reply(message, "200 OK" if known else "481 No Such Call", tag=unique())

    def _keep(self, work: object) -> None:
        task = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Call:
    """One call as this phone sees it."""

    rtp: Rtp

    def __init__(self, phone: Phone, call_id: str) -> None:
        self.phone, self.id = phone, call_id
        self.near = self.far = self.target = ""
        self.state: Literal["new", "ringing", "up", "over"] = "new"
        self.up, self.over = asyncio.Event(), asyncio.Event()
        self.refused = ""
        """Why it did not come up, in the words of the far end."""
        self.notices: list[str] = []
        """What the far end told of a transfer."""
        self._number = 0
        self._version = 0
        self._direction = "sendrecv"
        self._invite: SipMessage | None = None

    # --- what its user does ---

    async def answered(self) -> Call:
        """Both can hear each other now."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait(
                {asyncio.ensure_future(self.up.wait()), asyncio.ensure_future(self.over.wait())},
                return_when=asyncio.FIRST_COMPLETED,
            )
        if not self.up.is_set():
            raise SipError(f"not answered: {self.refused}")
        return self

    async def ended(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.over.wait()

    def say(self, samples: NDArray[np.int16]) -> None:
        """Next, or after what is being said."""
        self.rtp.play(encode(samples))

    async def said(self) -> None:
        """Everything given to `say` has gone out."""
        while self.rtp.playing and not self.over.is_set():  # noqa: ASYNC110 (nobody tells)
            await asyncio.sleep(0.02)

    async def answer(self) -> None:
        assert self._invite is not None
        self.phone.reply(self._invite, "200 OK", tag=self.id, body=self._sdp())
        self._begin(self._invite)

    async def hang_up(self) -> None:
        if self.state == "up":
            self._end()
            await self._ask("BYE")
        elif self.state == "ringing" and self._invite is not None:
            self.phone.reply(self._invite, "480 Temporarily Unavailable", tag=self.id)
            self._end()
        elif self.state == "new" and self._invite is not None:
            request = self._invite
            headers = [
                (name, value.replace("INVITE", "CANCEL") if name == "CSeq" else value)
                for name, value in request.headers
                if name in {"Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq"}
            ]
            start = request.start.replace("INVITE", "CANCEL", 1)
            await self.phone.ask(SipMessage(start, tuple(headers)))
            await self.ended()

    async def hold(self) -> None:
        """As a phone's hold key: the far end hears music."""
        await self._offer("sendonly")
        self.rtp.paused = True

    async def resume(self) -> None:
        self.rtp.paused = False
        await self._offer("sendrecv")

    async def transfer(self, number: str) -> None:
        """Blind: REFER to a number."""
        await self._refer(f"<sip:{number}@{HOST}:{self.phone.server}>")

    async def transfer_to(self, other: Call) -> None:
        """Attended: REFER with Replaces; joins this call's far end with that of `other`."""
        replaces = f"{other.id};to-tag={tag_of(other.far)};from-tag={tag_of(other.near)}"
        await self._refer(f"<{uri_of(other.far)}?Replaces={quote(replaces, safe='')}>")

    # --- SIP ---

    async def dial(self) -> None:
        more: Headers = []
        for _ in range(2):
            request = self._invite = self._request("INVITE", more, self._sdp())
            answer = await self.phone.ask(request)
            self.acknowledge(answer)
            if answer.status not in {401, 407}:
                break
            more = [self.phone.credentials(answer, "INVITE", self.target)]
        if answer.status == 200:
            self.far, self.target = answer.get("to"), uri_of(answer.get("contact"))
            self._begin(answer)
        else:
            self.refused = answer.start
            self._end()

    async def rings(self, invite: SipMessage) -> None:
        self._invite = invite
        self.near = f"{invite.get('to')};tag={self.id}"
        self.far, self.target = invite.get("from"), uri_of(invite.get("contact"))
        if self.phone.mode == "busy":
            self.rtp = await Rtp.open()
            self.phone.reply(invite, "486 Busy Here", tag=self.id)
            self._end()
            return
        self.state = "ringing"
        self.phone.reply(invite, "180 Ringing", tag=self.id)
        self.rtp = await Rtp.open()
        if self.phone.mode == "answer":
            await self.answer()
        self.phone.incoming.put_nowait(self)

    async def asked(self, request: SipMessage) -> None:
        """Something within the call."""
        body = ""
        if request.method in {"INVITE", "UPDATE"}:
            port = sound_port(request.body)
            if port:
                self.rtp.send_to(port)
            if port or request.method == "INVITE":
                body = self._sdp()
        if request.method == "NOTIFY":
            self.notices.append(request.body.strip())
        self.phone.reply(request, "200 OK", tag=self.id, body=body)
        if request.method == "CANCEL" and self.state == "ringing" and self._invite:
            self.phone.reply(self._invite, "487 Request Terminated", tag=self.id)
        if request.method in {"BYE", "CANCEL"}:
            self._end()

    def acknowledge(self, answer: SipMessage) -> None:
        """Say that the final answer to an INVITE has come."""
        assert self._invite is not None
        headers = self.phone.headers("ACK", answer.number, self.id, self.near, answer.get("to"), [])
        target = self.target
        if answer.status >= 300:  # part of the same transaction
            headers[0] = next(pair for pair in self._invite.headers if pair[0] == "Via")
        else:
            target = uri_of(answer.get("contact"))
        self.phone.send(SipMessage(f"ACK {target} SIP/2.0", tuple(headers)))

    async def _refer(self, to: str) -> None:
        answer = await self._ask(
            "REFER", [("Refer-To", to), ("Referred-By", f"<{uri_of(self.near)}>")]
        )
        if answer.status != 202:
            raise SipError(f"transfer refused: {answer.start}")

    async def _offer(self, direction: str) -> None:
        self._direction = direction
        self._invite = self._request("INVITE", [], self._sdp())
        answer = await self.phone.ask(self._invite)
        self.acknowledge(answer)
        if answer.status != 200:
            raise SipError(f"{direction} refused: {answer.start}")

    async def _ask(self, method: str, more: Headers | None = None) -> SipMessage:
        return await self.phone.ask(self._request(method, more or []))

    def _request(self, method: str, more: Headers, body: str = "") -> SipMessage:
        self._number += 1
        headers = self.phone.headers(method, self._number, self.id, self.near, self.far, more)
        headers += [
            ("Contact", f"<{self.phone.contact}>"),
            ("Allow", METHODS),
            ("Supported", "replaces"),
        ]
        return SipMessage(f"{method} {self.target} SIP/2.0", tuple(headers), body)

    def _sdp(self) -> str:
        self._version += 1
        return sdp(self.rtp.port, A_LAW, ["PCMA/8000"], self._direction, self._version)

    def _begin(self, message: SipMessage) -> None:
        port = sound_port(message.body)
        assert port, message
        if self.phone.says is not None:
            self.say(self.phone.says)
        self.rtp.send_to(port)
        self.state = "up"
        self.up.set()

    def _end(self) -> None:
        self.state = "over"
        self.phone.calls.pop(self.id, None)
        self.rtp.close()
        self.over.set()
