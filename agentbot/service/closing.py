"""After the talk: the live verdict at once, the one on the whole recording when there is time.

The recording goes the way of `agentbot replay`, so that both say the same to the byte.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import structlog

from agentbot.core.events import Leg
from agentbot.core.verdict import CallVerdict
from agentbot.errors import AgentbotError, RecordingError, StoreError
from agentbot.replay.call import Source
from agentbot.replay.judge import judge
from agentbot.replay.manifest import manifest_line
from agentbot.report.encode import to_json
from agentbot.service.means import Means
from agentbot.service.recorded import take_in, unheard
from agentbot.service.talk import LiveTalk
from agentbot.store.events import write_events
from agentbot.store.shelf import pack

__all__ = ["close"]

log = structlog.get_logger()


async def close(means: Means, talk: LiveTalk, verdict: CallVerdict) -> CallVerdict:
    """Keep what there is of a talk; returns the best verdict there is."""
    started = talk.source.started_at
    day = (started or datetime.now().astimezone()).date()
    events = write_events(talk.judging.record.events)
    source = replace(talk.source, lost=unheard(talk))
    try:
        await means.ears.spare(lambda: _keep_live(means, day, verdict, events))
        if talk.recorded is not None:
            await take_in(means, talk, talk.recorded)
        again = means.hear_again or talk.recorded is not None
        if not (again or means.keep_sound) or not any(map(talk.spool.rate, Leg)):
            return verdict
        final = await means.ears.spare(lambda: _hear_again(means, talk, day, source, again=again))
    except StoreError as error:
        means.metrics.troubles.inc()
        log.warning("call not kept", call=talk.began.talk, problem=str(error))
        return verdict
    except RecordingError as error:
        log.info("recording not judged", call=talk.began.talk, problem=type(error).__name__)
        return verdict
    except AgentbotError as error:
        log.warning("recording not judged", call=talk.began.talk, problem=str(error))
        return verdict
    return final or verdict


def _keep_live(means: Means, day: date, verdict: CallVerdict, events: bytes) -> None:
    shelf = means.shelf
    shelf.keep(shelf.path(day, verdict.call_id, ".live.json"), to_json(verdict))
    shelf.keep(shelf.path(day, verdict.call_id, ".events.jsonl"), events)
    means.metrics.verdicts.labels("live").inc()


def _hear_again(
    means: Means, talk: LiveTalk, day: date, source: Source, *, again: bool
) -> CallVerdict | None:
    """In the thread for what can wait."""
    shelf = means.shelf
    sound = shelf.path(day, source.call_id, ".flac")
    legs = {leg: (talk.spool.read(leg), talk.spool.rate(leg)) for leg in Leg}
    shelf.keep(sound, pack(legs))
    try:
        if means.keep_sound:
            shelf.keep(
                shelf.path(day, source.call_id, ".call.jsonl"), manifest_line(source, sound.name)
            )
        if not again:
            return None
        judged = judge(
            replace(source, audio=(sound,)),
            talk.script,
            talk.started,
            means.ears.patient,
            means.lang,
        )
    finally:
        if not means.keep_sound:
            sound.unlink(missing_ok=True)
    shelf.keep(shelf.path(day, source.call_id, ".json"), to_json(judged.verdict))
    means.metrics.verdicts.labels("replay").inc()
    return judged.verdict
