"""Words that are the exchange's own or tell nothing of anybody: they stay where names are made up."""

from __future__ import annotations

import re
from typing import Final

from agentbot.core.calls.names import GATEWAYS, MACHINES
from agentbot.core.calls.parties import INSIDE_WORDS, OUTSIDE_WORDS

__all__ = ["ROLES", "WORDS"]

ROLES: Final = re.compile(f"{OUTSIDE_WORDS.pattern}|{INSIDE_WORDS.pattern}", re.IGNORECASE)
"""By these words, also as parts of others, the tracker tells who is a seat."""

WORDS: Final = (
    MACHINES
    | GATEWAYS
    | frozenset(
        # Technologies, addresses and files
        "pjsip sip sips tel iax iax2 sccp skinny motif console ustm mgcp unistim zombie masq transport udp tcp tls ws wss "
        "com net org cn edu gov http https localhost asterisk agentbot tap wav gsm ulaw alaw slin flac opus var spool lib usr etc tmp "
        "monitor recordings sounds "
        # Applications, functions and variables
        "dial appdial queue answer hangup wait playback background read goto gosub gosubif gotoif return set noop exec "
        "chanspy mixmonitor stopmixmonitor confbridge meetme voicemail stasis agi progress proceeding macro stack userevent "
        "callerid channel context exten priority connectedline redirecting variable name num all hash "
        # States and outcomes
        "down rsrvd offhook dialing ring ringing up busy cancel noanswer congestion chanunavail success failed failure "
        "answered abandon timeout completeagent completecaller unavailable unreachable reachable registered unregistered "
        "yes no on off true false none null unknown anonymous restricted private caller "
        "basic simple bridge holding softmix native rtp base parking static dynamic realtime ringall linear random rrmemory "
        "fully booted start complete cancelled "
        # How houses name things
        "from to in out the default main test trunks lines line queues ivr menu call calls callback hotline help support sales "
        "service services order orders billing complaint emergency repair vip night hours holiday forward forwarded parkedcalls "
        "number phone channelvariable script field value answered prompt alert step seats agents operators ext"
        .split()
    )
)  # fmt: skip
"""In lower case; none is a name that people bear often."""
