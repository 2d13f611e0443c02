"""One live leg: times in call seconds, silence left out, words that stay, what was skipped."""

from __future__ import annotations

import numpy as np
import pytest

from agentbot.core.events import AudioLost, Heard, Leg, LossCause, Word
from agentbot.speech.base import Partial, SpeechEnded, SpeechEvent, SpeechStarted, Utterance
from agentbot.speech.gate import Gate
from agentbot.speech.live import LiveLeg
from agentbot.speech.utterances import Utterances

RATE = 8_000
ORIGIN = 50.0


class Loud:
    """A stream that hears one word wherever there is sound, and ends it with the silence."""

    def __init__(self) -> None:
        self.fed = 0.0
        self._since: float | None = None
        self.cuts = 0

    def accept(self, samples: np.ndarray) -> list[SpeechEvent]:
        start, self.fed = self.fed, self.fed + len(samples) / RATE
        if np.abs(samples).max(initial=0) > 0.01:
            if self._since is not None:
                return []
            self._since = start
            return [SpeechStarted(at=start)]
        return self._over(start)

    def cut(self) -> list[SpeechEvent]:
        self.cuts += 1
        return self._over(self.fed)

    def finish(self) -> list[SpeechEvent]:
        return self._over(self.fed)

    def _over(self, at: float) -> list[SpeechEvent]:
        if self._since is None:
            return []
        heard = Heard(leg=Leg.CALLER, start=self._since, end=at, text="好")
        self._since = None
        return [Utterance(heard=heard), SpeechEnded(at=at)]


def _sound(seconds: float, level: int = 8_000) -> np.ndarray:
    return (np.sin(np.arange(round(seconds * RATE)) * 0.7) * level).astype(np.int16)


def _feed(leg: LiveLeg, start: float, sound: np.ndarray, *, skip: bool = False) -> list:
    found = []
    for n in range(len(sound) // 160):
        at = ORIGIN + start + (n + 1) * 0.02
        found += leg.hear(at, sound[n * 160 : n * 160 + 160], RATE, skip=skip)
    return found


def _leg(kept: list | None = None) -> LiveLeg:
    keep = [] if kept is None else kept
    return LiveLeg(Leg.CALLER, lambda leg, rate: Loud(), ORIGIN, keep.append)


def test_a_held_leg_goes_on_where_the_clock_is() -> None:
    leg = _leg()
    found = _feed(leg, 0.0, _sound(1.0))
    found += leg.advance(ORIGIN + 3.0)
    assert [(e.start, e.end) for e in found] == [(0.0, 1.0)]

    found = _feed(leg, 31.0, _sound(2.0))
    found += leg.finish(40.0)

    assert [(e.start, e.end) for e in found if isinstance(e, Heard)] == [(31.0, 33.0)]
    assert leg.seconds == pytest.approx(40.0)


def test_what_is_skipped_is_told_and_kept() -> None:
    kept: list = []
    leg = _leg(kept)
    _feed(leg, 0.0, _sound(1.0))
    found = _feed(leg, 1.0, _sound(5.0), skip=True)
    found += _feed(leg, 6.0, _sound(1.0))
    found += leg.finish(7.0)

    lost = [e for e in found if isinstance(e, AudioLost)]
    assert [(e.start, e.end, e.cause) for e in lost] == [(1.0, 6.0, LossCause.UNRECOGNISED)]
    assert [(e.start, e.end) for e in found if isinstance(e, Heard)] == [(0.0, 1.0), (6.0, 7.0)]
    assert sum(len(stretch.samples) for stretch in kept) == 7 * RATE


def test_leg_first_heard_late_may_have_spoken_before() -> None:
    leg = _leg()
    found = _feed(leg, 4.0, _sound(1.0))

    assert found[0] == AudioLost(leg=Leg.CALLER, start=0.0, end=4.0, cause=LossCause.NOT_TAPPED)


def test_leg_never_heard() -> None:
    assert _leg().finish(9.0) == [
        AudioLost(leg=Leg.CALLER, start=0.0, end=9.0, cause=LossCause.NOT_TAPPED)
    ]


def test_another_rate_in_mid_call() -> None:
    kept: list = []
    leg = _leg(kept)
    _feed(leg, 0.0, _sound(1.0))
    for n in range(50):
        leg.hear(ORIGIN + 1 + (n + 1) * 0.02, np.zeros(320, np.int16), 16_000)

    assert sum(len(stretch.samples) for stretch in kept) == 2 * RATE


def test_gate_leaves_silence_out_and_keeps_the_times(korean) -> None:
    stream, speech = Loud(), korean("안녕하세요 저는 학생입니다", RATE)
    gate = Gate(stream, RATE)
    noise = np.random.default_rng(2).normal(0, 0.0005, RATE * 5).astype(np.float32)
    sound = np.concatenate([noise, speech, noise, speech, noise])
    found = []
    for at in range(0, len(sound), 800):
        found += gate.accept(sound[at : at + 800])
    found += gate.finish()

    starts = [event.at for event in found if isinstance(event, SpeechStarted)]
    length = len(speech) / RATE
    assert starts[0] == pytest.approx(5.0, abs=0.6)
    assert any(at == pytest.approx(10.0 + length, abs=0.6) for at in starts)
    assert stream.fed < 2 * length + 3.5
    assert stream.cuts >= 2


def test_gate_stays_shut_on_digital_silence() -> None:
    stream = Loud()
    assert Gate(stream, RATE).accept(np.zeros(RATE * 5, np.float32)) == []
    assert stream.fed == 0.0


def _guess(*words: str, start: float = 1.0) -> Partial:
    timed = tuple(
        Word(text=w, start=start + i, end=start + i + 1, confidence=0.5)
        for i, w in enumerate(words)
    )
    return Partial(
        heard=Heard(leg=Leg.CALLER, start=start, end=start + len(words), text="".join(words),
                    words=timed, final=False)
    )  # fmt: skip


def test_all_forms_of_an_utterance_have_one_start() -> None:
    utterances = Utterances()
    [shown] = utterances.take(_guess("您好"))
    [grown] = utterances.take(_guess("您好", "这里", start=1.2))
    final = Heard(leg=Leg.CALLER, start=1.1, end=3.0, text="您好这里")

    [said] = utterances.take(Utterance(heard=final))

    assert shown.start == grown.start == said.start
    assert (grown.final, said.final, said.text) == (False, True, "您好这里")
    assert utterances.take(SpeechEnded(at=3.0)) == []


def test_words_that_were_none_are_taken_back() -> None:
    utterances = Utterances()
    [shown] = utterances.take(_guess("嗯"))

    [gone] = utterances.take(SpeechEnded(at=2.0))

    assert (gone.start, gone.text, gone.final) == (shown.start, "", True)
