"""What the first call would have to wait for, done before it comes."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from agentbot.core.events import Heard, Leg
from agentbot.core.seat.call import SeatCall
from agentbot.replay.call import Source
from agentbot.replay.house import House, Lang
from agentbot.speech.base import Recogniser
from agentbot.web.drawing import Drawing

__all__ = ["warm"]

_RATE = 8_000


def warm(house: House, recogniser: Recogniser, lang: Lang) -> None:
    """Judge a word by each script, draw a page, listen to a second of nothing."""
    for script in house.scripts.values():
        now = datetime.now().astimezone()
        source = Source(call_id="", listed="", script=script.id, seat="", started_at=now)
        call = SeatCall(script, lang)
        call.feed(house.started(source, script, lang))
        # What is understood only once something was said is made ready too.
        said = script.steps[0].say or script.title
        call.feed(Heard(leg=Leg.OPERATOR, start=0.5, end=1.5, text=said, confidence=0.9))
        Drawing(lang, own=True).change(call.view(seat="", version=0))
    stream = recogniser.stream(Leg.OPERATOR, _RATE)
    stream.accept(np.zeros(_RATE, np.float32))
    stream.finish()
