"""Who is the operator, and what is done where that cannot be told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from replay.calls import GOOD, Listed, heard, write_recording

from agentbot.core.events import AudioLost, CallStarted, Heard, Leg, LossCause
from agentbot.core.verdict import FindingKind, Severity, StepVerdict
from agentbot.replay.call import Source
from agentbot.replay.house import House
from agentbot.replay.judge import judge
from agentbot.replay.listening import Hearing, listen

LEFT_IS_OPERATOR = (Leg.OPERATOR, Leg.CALLER)
RIGHT_IS_OPERATOR = (Leg.CALLER, Leg.OPERATOR)


def _listen(
    house: House, path: Path, channels: tuple[Leg, Leg] | None = None, said: object = None
) -> Hearing:
    source = Source(call_id="c", listed="c", audio=(path,), channels=channels)
    recogniser = Listed(heard() if said is None else heard(said))  # type: ignore[arg-type]
    return listen(source, house.scripts["heating-repair"], recogniser)


def _operator_said(hearing: Hearing) -> list[str]:
    return [e.text for e in hearing.events if isinstance(e, Heard) and e.leg is Leg.OPERATOR]


OPERATOR_LINES = [text for channel, text in GOOD if channel == "operator"]


@pytest.mark.parametrize(("left", "side"), [(Leg.CALLER, "right"), (Leg.OPERATOR, "left")])
def test_operator_is_found_out_by_words_and_that_is_said(
    tmp_path: Path, house: House, left: Leg, side: str
) -> None:
    hearing = _listen(house, write_recording(tmp_path / "c.wav", left))

    assert _operator_said(hearing) == OPERATOR_LINES
    assert hearing.audio["operator"] == side
    assert hearing.audio["how"].startswith("found out: ")
    assert hearing.warnings == ()


def test_given_channels_are_taken(tmp_path: Path, house: House) -> None:
    path = write_recording(tmp_path / "c.wav", Leg.OPERATOR)

    hearing = _listen(house, path, LEFT_IS_OPERATOR)

    assert _operator_said(hearing) == OPERATOR_LINES
    assert (hearing.audio["operator"], hearing.audio["how"]) == ("left", "given")


def test_channels_given_the_wrong_way_round_are_named_and_turned(
    tmp_path: Path, house: House
) -> None:
    path = write_recording(tmp_path / "c.wav", Leg.OPERATOR)

    hearing = _listen(house, path, RIGHT_IS_OPERATOR)

    assert _operator_said(hearing) == OPERATOR_LINES
    assert any("swapped" in warning for warning in hearing.warnings)


def test_where_words_do_not_tell_nothing_is_judged(tmp_path: Path, house: House) -> None:
    chat = (("caller", "喂喂喂"), ("operator", "听得见吗"), ("caller", "嗯嗯"), ("operator", "嗯"))
    path = write_recording(tmp_path / "c.wav", lines=chat)

    hearing = _listen(house, path, said=chat)

    assert {e.cause for e in hearing.events if isinstance(e, AudioLost)} == {LossCause.NOT_TAPPED}
    assert not _operator_said(hearing)
    assert any("--operator" in warning for warning in hearing.warnings)


@pytest.mark.parametrize("twice", [False, True], ids=["mono", "same twice"])
def test_legs_that_are_one_are_never_judged_as_if_fine(
    tmp_path: Path, house: House, twice: bool
) -> None:
    both, rate = soundfile.read(write_recording(tmp_path / "c.wav"))
    mixed = both.sum(axis=1)
    soundfile.write(tmp_path / "m.wav", [[s, s] for s in mixed] if twice else mixed, rate)
    source = Source(
        call_id="m", listed="m", audio=(tmp_path / "m.wav",), channels=RIGHT_IS_OPERATOR
    )
    script = house.scripts["heating-repair"]

    verdict = judge(
        source, script, house.started(source, script, "zh"), Listed(heard()), "zh"
    ).verdict

    assert {step.verdict for step in verdict.steps} <= {"cannot_tell", "not_applicable"}
    assert all(finding.points == 0 for finding in verdict.findings)
    assert verdict.warnings
    assert verdict.audio["layout"] in {"mono", "same_twice"}


def test_silent_leg_is_no_accusation(tmp_path: Path, house: House) -> None:
    both, rate = soundfile.read(write_recording(tmp_path / "c.wav"))
    both[:, 1] = 0
    soundfile.write(tmp_path / "s.wav", both, rate)
    source = Source(
        call_id="s", listed="s", audio=(tmp_path / "s.wav",), channels=RIGHT_IS_OPERATOR
    )
    script = house.scripts["heating-repair"]
    callers = Listed([event for event in heard() if event.leg is Leg.CALLER])

    verdict = judge(source, script, house.started(source, script, "zh"), callers, "zh").verdict

    assert "missed" not in {step.verdict for step in verdict.steps}
    assert verdict.warnings


def test_what_leaks_from_the_other_leg_is_not_said_whatever_the_recogniser(
    tmp_path: Path, house: House
) -> None:
    both, rate = soundfile.read(write_recording(tmp_path / "c.wav"))
    both[:, 0] += 0.03 * both[:, 1]
    soundfile.write(tmp_path / "leak.wav", both, rate)
    source = Source(
        call_id="k", listed="k", audio=(tmp_path / "leak.wav",), channels=RIGHT_IS_OPERATOR
    )
    said = heard()
    leaked = [replace(one, leg=Leg.CALLER) for one in said if one.leg is Leg.OPERATOR]

    hearing = listen(source, house.scripts["heating-repair"], Listed([*said, *leaked]))

    assert sorted(e.text for e in hearing.events if isinstance(e, Heard)) == sorted(
        one.text for one in said
    )


def test_who_shouts_is_told_with_the_place(tmp_path: Path, house: House) -> None:
    path = write_recording(tmp_path / "c.wav")
    samples, rate = soundfile.read(path, dtype="float32")
    shout = next(h for h in heard() if "姓名" in h.text)
    start, end = round(shout.start * rate), round(shout.end * rate)
    samples[:, 1] /= 3
    # A raised voice is brighter as well: more treble than bass.
    samples[start:end, 1] = np.clip(6 * np.diff(samples[start : end + 1, 1]), -1, 1)
    soundfile.write(path, samples, rate, subtype="PCM_16")
    source = Source(call_id="c", listed="c", audio=(path,), channels=RIGHT_IS_OPERATOR)
    script = house.scripts["heating-repair"]

    verdict = judge(source, script, CallStarted(call_id="c"), Listed(heard()), "en").verdict

    found = [f for f in verdict.findings if f.kind is FindingKind.SHOUTING]
    assert [(f.at, f.evidence) for f in found] == [(shout.start, shout.text)]
    assert [found[0].severity, found[0].points] == [Severity.MAJOR, 10.0]
    assert "dB above the usual" in found[0].message


@pytest.mark.parametrize("kept", [1.0, 0.6])
def test_nobody_missed_what_a_broken_off_recording_lacks(
    tmp_path: Path, house: House, kept: float
) -> None:
    path = write_recording(tmp_path / "c.wav")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    seconds = (len(data) * kept - 44) / 4 / 8_000
    until = [h for h in heard(GOOD[:-1]) if h.end < seconds]
    source = Source(call_id="c", listed="c", audio=(path,), channels=RIGHT_IS_OPERATOR)

    verdict = judge(
        source, house.scripts["heating-repair"], CallStarted(call_id="c"), Listed(until), "zh"
    ).verdict

    closing = next(step for step in verdict.steps if step.step == "closing")
    assert closing.verdict is (StepVerdict.MISSED if kept == 1 else StepVerdict.CANNOT_TELL)
    assert any(f.kind is FindingKind.MISSED_STEP for f in verdict.findings) is (kept == 1)
    assert verdict.duration == pytest.approx(seconds, abs=0.01)


def test_where_hardly_a_word_is_understood_nobody_is_accused(tmp_path: Path, house: House) -> None:
    """As at a wrong sample rate: words came, and the recogniser believed none of them."""
    path = write_recording(tmp_path / "c.wav", Leg.CALLER)
    unsure = Listed([replace(event, confidence=0.4) for event in heard()])
    source = Source(call_id="c", listed="c", audio=(path,), channels=RIGHT_IS_OPERATOR)

    hearing = listen(source, house.scripts["heating-repair"], unsure)

    assert [warning for warning in hearing.warnings if "sample rate" in warning]
    assert {e.leg for e in hearing.events if isinstance(e, AudioLost)} == set(Leg)
    assert not _operator_said(hearing)


def test_half_of_a_pair_says_which_file_is_missing(tmp_path: Path, house: House) -> None:
    path = tmp_path / "c-in.wav"
    samples, rate = soundfile.read(write_recording(tmp_path / "both.wav", Leg.CALLER))
    soundfile.write(path, samples[:, 0], rate)
    (warning,) = _listen(house, path).warnings
    assert warning.endswith("its other half c-out.wav is not there")
