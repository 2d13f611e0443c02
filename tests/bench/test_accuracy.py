"""Verdicts held against truth, on the bundled samples and on truths that were bent."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from replay.calls import Listed
from shell import Command

from agentbot.bench.accuracy import Bench, Measured, from_audio, from_files, from_truth, report
from agentbot.bench.marks import Mark, Measure
from agentbot.bench.truth import Truth, read_truths
from agentbot.core.events import Heard, Leg
from agentbot.errors import ConfigError, RecordingError
from agentbot.replay.house import House
from agentbot.replay.recognisers import Recognisers

Json = dict[str, Any]


def _bench(house: House, hear: Any = from_truth, script: str | None = None) -> Bench:
    return Bench(house=house, hear=hear, script=script, lang="en", jobs=2)


def _measure(house: House, truths: Sequence[Truth], hear: Any = from_truth) -> list[Measured]:
    return _bench(house, hear).run(truths, lambda: None)


def _bent(samples: Path, tmp_path: Path, bend: Callable[[Json], object]) -> list[Truth]:
    truth = json.loads((samples / "repair-perfect.json").read_bytes())
    bend(truth)
    (tmp_path / "bent.json").write_text(json.dumps(truth), encoding="utf-8")
    return read_truths(tmp_path)


def _step(truth: Json, name: str) -> Json:
    return next(step for step in truth["steps"] if step["step"] == name)


def _marks(measured: Sequence[Measured], measure: Measure, of: str | None = None) -> list[Mark]:
    return [
        mark
        for one in measured
        for mark in one.marks
        if mark.measure is measure and of in {None, mark.of}
    ]


def test_bundled_samples_are_judged_as_their_truth_says(house: House, samples: Path) -> None:
    measured = _measure(house, read_truths(samples))

    figures = report(measured, wall=1.0, jobs=1)

    assert figures["errors"] == []
    assert figures["all"]["calls"] == len(list(samples.glob("*.json")))
    assert figures["all"]["coverage"]["all"]["share"] == 1.0
    assert figures["all"]["spelling"]["caller"] == {"cer": 0.0, "pinyin": 0.0}
    assert figures["all"]["readback"]["each"]["phone"]["caught_share"] == 1.0


def test_step_that_truth_has_skipped_and_was_heard_is_overlooked(
    house: House, samples: Path, tmp_path: Path
) -> None:
    truths = _bent(samples, tmp_path, lambda t: _step(t, "ask_name").update(status="skipped"))

    (mark,) = _marks(_measure(house, truths), Measure.MISSED, "ask_name")

    assert (mark.expected, mark.claimed, mark.fits) == (True, False, False)
    assert (mark.truth, mark.verdict) == ("skipped", "done")
    assert mark.heard


def test_readback_of_what_was_never_given_is_not_missed(
    house: House, samples: Path, tmp_path: Path
) -> None:
    truths = _bent(
        samples,
        tmp_path,
        lambda t: _step(t, "name_readback").update(status="skipped", field_given=False),
    )

    (mark,) = _marks(_measure(house, truths), Measure.MISSED, "name_readback")

    assert not mark.expected


def test_wrong_readback_in_truth_only_is_not_caught(
    house: House, samples: Path, tmp_path: Path
) -> None:
    truths = _bent(
        samples, tmp_path, lambda t: _step(t, "phone_readback").update(status="wrong_readback")
    )

    (mark,) = _marks(_measure(house, truths), Measure.READBACK, "phone")

    assert (mark.expected, mark.claimed, mark.verdict) == (True, False, "matched")


@pytest.mark.parametrize(
    ("truth_at", "hits", "false", "overlooked"), [(0.0, 1, 0, 0), (2.9, 1, 0, 0), (9.0, 0, 1, 1)]
)
def test_forbidden_phrases_are_matched_by_place(
    house: House,
    samples: Path,
    tmp_path: Path,
    truth_at: float,
    hits: int,
    false: int,
    overlooked: int,
) -> None:
    def bend(truth: Json) -> None:
        last = truth["utterances"][-1]
        said = {**last, "channel": "operator", "start": last["end"] + 30, "text": "我不知道。"}
        said["end"] = said["start"] + 1.5
        truth["utterances"].append(said)
        truth["duration"] = said["end"] + 20
        at = said["start"] - truth_at
        truth["violations"] = [
            {"type": "forbidden_phrase", "detail": "不知道", "start": at, "end": at}
        ]

    marks = _marks(_measure(house, _bent(samples, tmp_path, bend)), Measure.FORBIDDEN)

    count = [(mark.expected, mark.claimed) for mark in marks]
    assert count.count((True, True)) == hits
    assert count.count((False, True)) == false
    assert count.count((True, False)) == overlooked


def test_answers_of_a_callback_are_compared(house: House, samples: Path, tmp_path: Path) -> None:
    truth = json.loads((samples / "callback-unsolved.json").read_bytes())
    truth["fields"]["solved"] = "never"
    (tmp_path / "c.json").write_text(json.dumps(truth), encoding="utf-8")

    marks = _marks(_measure(house, read_truths(tmp_path)), Measure.ANSWER)

    assert {mark.of for mark in marks if not mark.fits} == {"solved"}
    assert len(marks) > 1


def test_to_say_that_nobody_could_tell_an_unclear_answer_is_exact(
    house: House, samples: Path, tmp_path: Path
) -> None:
    truth = json.loads((samples / "callback-unsolved.json").read_bytes())
    for said in truth["utterances"]:
        if said["channel"] == "caller":
            said["text"] = "这个嘛。"
    truth["fields"] = {"solved": None, "attitude": "满意"}
    (tmp_path / "c.json").write_text(json.dumps(truth), encoding="utf-8")

    measured = _measure(house, read_truths(tmp_path))

    marks = {mark.of: mark for mark in _marks(measured, Measure.ANSWER)}
    assert {mark.verdict for mark in marks.values()} == {"cannot_tell"}
    assert (marks["solved"].fits, marks["attitude"].fits) == (True, False)
    answers = report(measured, 1.0, 1)["scripts"]["heating-callback"]["answers"]["all"]
    assert (answers["exact"], answers["cannot_tell"], answers["wrong"]) == (1, 1, 0)


def test_transcripts_beside_the_calls_are_taken_by_pattern(
    house: House, samples: Path, tmp_path: Path
) -> None:
    (truth,) = _bent(samples, tmp_path, lambda _: None)
    segments = [
        {"channel": u.leg, "start": u.start, "end": u.end, "text": u.text, "conf": 0.9}
        for u in truth.heard()
        if u.leg is Leg.OPERATOR
    ]
    (tmp_path / f"{truth.id}.half.json").write_text(
        json.dumps({"model": "half", "segments": segments})
    )

    (measured,) = _measure(house, [truth], from_files("*.half.json"))

    assert measured.engine == "half"
    assert report([measured], 1.0, 1)["all"]["spelling"]["caller"]["cer"] == 1.0
    with pytest.raises(RecordingError, match=r"\.none\.json: No such file"):
        _measure(house, [truth], from_files("*.none.json"))


def test_what_was_heard_is_kept_and_used_again(house: House, samples: Path, tmp_path: Path) -> None:
    (truth,) = [truth for truth in read_truths(samples) if truth.id == "repair-perfect"]
    asked = []

    def load() -> Recognisers:
        asked.append(1)
        events = [
            Heard(leg=u.leg, start=u.start, end=u.end, text=u.text, confidence=0.9)
            for u in truth.heard()
        ]
        return Recognisers(lambda: (_EachLeg(events), "for the test"))

    first = _measure(house, [truth], from_audio(load, tmp_path))
    times = len(asked)
    second = _measure(house, [truth], from_audio(load, tmp_path))

    assert times > 0
    assert len(asked) == times
    assert [m.marks for m in first] == [m.marks for m in second]
    assert second[0].engine == "listed"


class _EachLeg(Listed):
    """Hears on each leg what was said there, however loud it is."""

    def transcribe(self, legs: Any, hot_words: Any = ()) -> Any:
        return [event for event in self.events if event.leg in legs]


def test_script_is_found_by_its_steps_or_asked_for(
    house: House, samples: Path, tmp_path: Path
) -> None:
    def rename(truth: Json) -> None:
        truth.pop("script", None)
        truth["steps"][0]["step"] = "sing"

    truths = _bent(samples, tmp_path, rename)

    with pytest.raises(ConfigError, match="give --script"):
        _measure(house, truths)
    assert _bench(house, script="heating-repair").run(truths, lambda: None)[0].marks


def test_lines_are_split_by_noise(house: House, samples: Path, tmp_path: Path) -> None:
    good = _bent(samples, tmp_path, lambda t: t.update(line={"caller_snr_db": 20}))
    bad = _bent(samples, tmp_path, lambda t: t.update(line={"caller_snr_db": 19}, id="bad"))

    figures = report(_measure(house, [*good, *bad]), 1.0, 1)

    assert figures["all"]["calls"] == 2
    assert figures["good_lines"]["calls"] == figures["bad_lines"]["calls"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [('{"steps": []', "Invalid JSON"), ('{"steps": [{"status": "done"}]}', "Field required")],
)
def test_truth_that_is_none_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "c.json").write_text(text)

    with pytest.raises(RecordingError, match=said) as caught:
        read_truths(tmp_path)

    assert "\n" not in str(caught.value)


def test_command_prints_tables_and_writes_all_figures(
    agentbot: Command, samples: Path, tmp_path: Path
) -> None:
    said = agentbot(
        *("bench", "accuracy", samples, "--transcripts", "truth", "--errors"),
        *("--json", tmp_path / "figures.json", "--jobs", "1"),
    )

    assert said.code == 0, said.err
    for words in ("missed steps", "read-backs", "wrong greeting", "answers", "CER", "by script"):
        assert words in said.out
    figures = json.loads((tmp_path / "figures.json").read_bytes())
    assert figures["engine"] == "truth"
    assert figures["speed"]["judging_times_real_time"] > 0
