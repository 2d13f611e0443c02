"""Verdicts and sound made up for these tests: good, bad, unsure, silent, hostile."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agentbot.core.events import Leg
from agentbot.core.verdict import (
    CallVerdict,
    Difference,
    FieldResult,
    FieldVerdict,
    Finding,
    FindingKind,
    GreetingResult,
    Line,
    Severity,
    Span,
    StepResult,
    StepVerdict,
)

HOSTILE = (
    '</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">'
    "'\"`{{ 7*7 }}{% raw %}&amp;<!-- \u2028\u2029\u202e\x00]]> javascript:alert(1)"
)

_TALK = (
    ("operator", 0.6, 4.9, "您好，大龙供暖报修，五六三号为您服务，请问您有什么问题？", 0.93),
    ("caller", 5.6, 9.2, "你好，我家厨房的暖气片漏水，流了一地。", 0.88),
    ("operator", 9.9, 12.6, "您家暖气片漏水了，是吧？", 0.91),
    ("caller", 13.0, 13.8, "对对对。", 0.82),
    ("operator", 14.4, 16.5, "请问您的具体地址？", 0.95),
    ("caller", 17.2, 21.9, "翠湖小区三号楼二单元五零一。", 0.79),
    ("operator", 22.5, 26.4, "好的，翠湖小区三号楼二单元五零一室。", 0.86),
    ("caller", 26.9, 27.5, "没错。", 0.9),
    ("operator", 28.2, 30.1, "请问您贵姓？", 0.94),
    ("caller", 30.8, 33.0, "我姓章，立早章。", 0.84),
    ("operator", 33.5, 35.2, "章先生，立早章。", 0.88),
    ("operator", 36.1, 38.4, "请留一下联系电话？", 0.95),
    ("caller", 39.0, 44.6, "幺三八，一二三四，五六七八。", 0.81),
    ("operator", 45.3, 50.9, "幺三八，一二三四，五六七八，对吗？", 0.87),
    ("caller", 51.4, 52.3, "对，是这个。", 0.9),
    ("operator", 53.0, 58.6, "好！维修人员会尽快跟您联系。感谢您的来电。再见！", 0.95),
    ("caller", 59.1, 59.8, "再见。", 0.93),
)

_STEPS = (
    ("greeting", "开头语", 0.6, 4.9, "您好，大龙供暖报修，五六三号为您服务", 0.97),
    ("issue_readback", "复述问题", 9.9, 12.6, "您家暖气片漏水了", 0.93),
    ("ask_address", "询问地址", 14.4, 16.5, "请问您的具体地址", 0.99),
    ("address_readback", "复述地址", 22.5, 26.4, "翠湖小区三号楼二单元五零一室", 0.9),
    ("ask_name", "询问姓名", 28.2, 30.1, "请问您贵姓", 0.97),
    ("name_readback", "复述姓名", 33.5, 35.2, "章先生，立早章", 0.9),
    ("ask_phone", "询问电话", 36.1, 38.4, "请留一下联系电话", 0.99),
    ("phone_readback", "复述电话", 45.3, 50.9, "幺三八，一二三四，五六七八", 0.94),
    ("closing", "结束语", 53.0, 58.6, "维修人员会尽快跟您联系", 0.99),
)


def perfect() -> CallVerdict:
    """Everything done, everything read back right."""
    return CallVerdict(
        call_id="perfect-call",
        script="heating-repair",
        seat="563",
        started_at="2026-11-18T09:12:44+08:00",
        engine="whisper-base",
        greeting=GreetingResult(
            variant_due="plain",
            variant_said="plain",
            text_due="您好，大龙供暖报修五六三为您服务，请问您有什么问题？",
            why="2026-11-18 不是节日",
        ),
        steps=tuple(
            StepResult(
                step=step,
                label=label,
                verdict=StepVerdict.DONE,
                start=start,
                end=end,
                heard=heard,
                confidence=confidence,
                reason="说法与规定一致。",
            )
            for step, label, start, end, heard, confidence in _STEPS
        ),
        fields={
            "issue": _field("报修问题", "暖气片漏水", "暖气片漏水", (5.6, 9.2), (9.9, 12.6)),
            "address": _field(
                "地址", "翠湖小区3号楼2单元501", "翠湖小区3号楼2单元501", (17.2, 21.9), (22.5, 26.4)
            ),
            "name": _field("姓名", "章", "章", (30.8, 33.0), (33.5, 35.2)),
            "phone": _field("电话", "13812345678", "13812345678", (39.0, 44.6), (45.3, 50.9)),
        },
        findings=(),
        score=100.0,
        transcript=tuple(
            Line(channel=channel, start=start, end=end, text=text, confidence=confidence)
            for channel, start, end, text, confidence in _TALK
        ),
        duration=60.5,
        audio={"channels": "2", "operator_channel": "right"},
    )


def bad() -> CallVerdict:
    """A wrong digit, a wrong building, missed steps, and every kind of finding there is."""
    good = perfect()
    steps = {step.step: step for step in good.steps}
    steps["greeting"] = replace(
        steps["greeting"],
        verdict=StepVerdict.WRONG,
        late=True,
        reason="当天应说国庆节开头语，说的是平日开头语。",
    )
    steps["ask_name"] = replace(
        steps["ask_name"],
        verdict=StepVerdict.MISSED,
        start=None,
        end=None,
        heard=None,
        confidence=0.94,
        reason="整通电话坐席声音清楚，没有问过姓名。",
    )
    steps["name_readback"] = replace(
        steps["name_readback"],
        verdict=StepVerdict.NOT_APPLICABLE,
        start=None,
        end=None,
        heard=None,
        confidence=1.0,
        reason="客户没有说姓名，无可复述。",
    )
    steps["ask_phone"] = replace(steps["ask_phone"], out_of_order=True)
    steps["phone_readback"] = replace(
        steps["phone_readback"],
        verdict=StepVerdict.WRONG,
        heard="幺三八，一二三七，五六七八",
        reason="第 7 位客户说 4，坐席说 7。",
    )
    steps["closing"] = replace(
        steps["closing"],
        verdict=StepVerdict.CANNOT_TELL,
        confidence=0.41,
        heard="…尽快…联系…",
        reason="53 秒后线路杂音大，听不清是否说完结束语。",
    )
    texts = {
        36.1: "这个我不知道，你自己想办法吧。请留一下联系电话？",
        45.3: "幺三八，一二三七，五六七八，对吗？",
        22.5: "好的，翠湖小区五号楼二单元五零一室。",
        53.0: "好维修人员……尽快跟您联系……感谢……",
    }
    return replace(
        good,
        call_id="bad-call",
        started_at="2026-10-02T15:40:09+08:00",
        greeting=GreetingResult(
            variant_due="national-day",
            variant_said="plain",
            text_due="国庆节快乐！大龙报修五六三为您服务，请问您有什么问题！",
            why="10 月 2 日，国庆节放假",
        ),
        steps=tuple(steps.values()),
        fields={
            "issue": good.fields["issue"],
            "address": replace(
                good.fields["address"],
                readback_value="翠湖小区5号楼2单元501",
                verdict=FieldVerdict.MISMATCHED,
                confirmed=None,
                reason="其余部分一致，第二次听写结果相同。",
                difference=Difference(
                    place="building", caller="3", operator="5", text="楼号：客户说 3，坐席说 5。"
                ),
            ),
            "name": FieldResult(
                label="姓名",
                caller_value="章",
                readback_value=None,
                verdict=FieldVerdict.NOT_READ_BACK,
                confidence=0.9,
                caller_at=Span(start=30.8, end=33.0),
                reason="客户说了姓名，坐席没有复述。",
            ),
            "phone": replace(
                good.fields["phone"],
                readback_value="13812375678",
                verdict=FieldVerdict.MISMATCHED,
                confirmed=False,
                reason="十位一致，一位不同；重听后仍不同。",
                difference=Difference(
                    place="digit 7", caller="4", operator="7", text="客户说 4，坐席说 7。"
                ),
            ),
        },
        findings=_every_finding(),
        score=23.5,
        transcript=tuple(
            replace(
                line,
                text=texts.get(line.start, line.text),
                confidence=0.42 if line.start == 53.0 else line.confidence,
            )
            for line in good.transcript
        ),
    )


def unsure() -> CallVerdict:
    """Too noisy to say much; one mono recording."""
    good = perfect()
    return replace(
        good,
        call_id="unsure-call",
        seat=None,
        started_at=None,
        greeting=GreetingResult(variant_due="plain", variant_said=None),
        steps=tuple(
            replace(
                step,
                verdict=StepVerdict.CANNOT_TELL if index % 2 else StepVerdict.DONE,
                confidence=0.35,
                reason="这一段杂音大，识别把握低。",
            )
            for index, step in enumerate(good.steps)
        ),
        fields={
            **good.fields,
            "phone": replace(
                good.fields["phone"],
                readback_value="1381234567",
                verdict=FieldVerdict.CANNOT_TELL,
                confirmed=None,
                confidence=0.4,
                difference=Difference(
                    place="digit 11", caller="8", operator="", text="末位没有听清。"
                ),
            ),
            "score": FieldResult(
                label="打分",
                caller_value="8-9",
                readback_value=None,
                verdict=FieldVerdict.ANSWERED,
                caller_at=Span(start=30.0, end=31.0),
            ),
        },
        transcript=tuple(replace(line, confidence=0.38) for line in good.transcript),
        warnings=("右声道有 12 秒没有声音，可能丢包。", "两个声道几乎一样，无法分清客户与坐席。"),
    )


def unheard() -> CallVerdict:
    """A recording in which nothing could be judged."""
    return CallVerdict(
        call_id="unheard-call",
        script="heating-repair",
        seat=None,
        started_at=None,
        engine="whisper-base",
        greeting=GreetingResult(variant_due=None, variant_said=None),
        steps=(),
        fields={},
        findings=(),
        score=None,
        transcript=(),
        warnings=("录音里没有人声。",),
    )


def hostile() -> CallVerdict:
    """Markup wherever a text can be."""
    call = bad()
    return replace(
        call,
        call_id=HOSTILE,
        script=HOSTILE,
        seat=HOSTILE,
        engine=HOSTILE,
        started_at=HOSTILE,
        greeting=GreetingResult(
            variant_due=HOSTILE, variant_said=HOSTILE, text_due=HOSTILE, why=HOSTILE
        ),
        steps=tuple(
            replace(step, step=HOSTILE, label=HOSTILE, heard=HOSTILE, reason=HOSTILE)
            for step in call.steps
        ),
        fields={
            HOSTILE + name: replace(
                field,
                label=HOSTILE,
                caller_value=HOSTILE,
                readback_value=HOSTILE + "1",
                reason=HOSTILE,
                difference=Difference(place=HOSTILE, caller=HOSTILE, operator="", text=HOSTILE),
            )
            for name, field in call.fields.items()
        },
        findings=tuple(
            replace(finding, message=HOSTILE, evidence=HOSTILE, step=HOSTILE)
            for finding in call.findings
        ),
        transcript=tuple(replace(line, text=HOSTILE) for line in call.transcript),
        warnings=(HOSTILE,),
        audio={HOSTILE: HOSTILE},
    )


def lengthened(verdict: CallVerdict, seconds: float) -> CallVerdict:
    """The same talk over and over, until `seconds` are full."""
    rounds = int(seconds // verdict.duration)
    lines = tuple(
        replace(line, start=line.start + turn, end=line.end + turn)
        for turn in (number * verdict.duration for number in range(rounds))
        for line in verdict.transcript
    )
    return replace(verdict, transcript=lines, duration=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The sound of one leg, as `Signal` holds it."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def recorded(verdict: CallVerdict, rate: int = 8000) -> dict[Leg, Recorded]:
    """Tones with the rhythm of syllables wherever the transcript has speech, noise elsewhere."""
    chance = np.random.default_rng(7)
    legs = {}
    for leg, pitch, level in ((Leg.CALLER, 130.0, 0.25), (Leg.OPERATOR, 210.0, 0.6)):
        samples = 0.004 * chance.standard_normal(int(verdict.duration * rate))
        for line in verdict.transcript:
            if line.channel != leg:
                continue
            time = np.arange(int((line.end - line.start) * rate)) / rate
            beat = np.abs(np.sin(np.pi * 2.2 * time + chance.random())) ** 0.7
            breath = 0.55 + 0.45 * np.sin(2 * np.pi * 0.31 * time + 6 * chance.random())
            voice = sum(np.sin(2 * np.pi * pitch * (n + 1) * time) / (n + 1) for n in range(5))
            first = int(line.start * rate)
            samples[first : first + len(time)] += level * 0.5 * beat * breath * voice
        legs[leg] = Recorded(samples=np.clip(samples, -1, 1).astype(np.float32), rate=rate)
    return legs


def _field(
    label: str, said: str, read_back: str, said_at: tuple[float, float], at: tuple[float, float]
) -> FieldResult:
    return FieldResult(
        label=label,
        caller_value=said,
        readback_value=read_back,
        verdict=FieldVerdict.MATCHED,
        confirmed=True,
        confidence=0.93,
        caller_at=Span(start=said_at[0], end=said_at[1]),
        readback_at=Span(start=at[0], end=at[1]),
        reason="客户确认无误。",
    )


def _every_finding() -> tuple[Finding, ...]:
    rows: dict[
        FindingKind, tuple[str | None, str | None, float | None, Severity, float, str, str]
    ] = {
        FindingKind.MISSED_STEP: (
            "ask_name", None, None, Severity.MAJOR, 10.0,
            "坐席共说 41 秒，识别把握平均 0.91，无一句近似", "没有询问姓名",
        ),
        FindingKind.WRONG_GREETING: (
            "greeting", None, 0.6, Severity.MAJOR, 10.0,
            "您好，大龙供暖报修", "应说国庆节开头语，说成平日开头语",
        ),
        FindingKind.WRONG_WORDING: (
            "closing", None, 53.0, Severity.MINOR, 3.0, "尽快跟您联系", "结束语不完整",
        ),
        FindingKind.READBACK_MISMATCH: (
            "phone_readback", "phone", 45.3, Severity.CRITICAL, 20.0,
            "幺三八，一二三七，五六七八", "电话号码复述有误：第 7 位客户说 4，坐席说 7",
        ),
        FindingKind.READBACK_SLIP: (
            "issue_readback", "issue", 10.2, Severity.MINOR, 1.0,
            "暖气片漏水", "先复述为“暖气管”，随后改正",
        ),
        FindingKind.FORBIDDEN_PHRASE: (
            None, None, 36.1, Severity.CRITICAL, 10.0, "我不知道", "坐席对客户说“不知道”",
        ),
        FindingKind.OUT_OF_ORDER: (
            "ask_phone", None, 36.1, Severity.MINOR, 2.0, "请留一下联系电话", "询问电话早于询问姓名",
        ),
        FindingKind.LATE: (
            "greeting", None, 0.6, Severity.MINOR, 2.0, "接通 6.2 秒后开口", "开头语超过 5 秒",
        ),
        FindingKind.LONG_SILENCE: (
            None, None, 38.4, Severity.MINOR, 2.0, "16 秒无人说话", "静默 16 秒，没有说明",
        ),
        FindingKind.INTERRUPTION: (
            None, None, 22.5, Severity.MINOR, 2.0, "重叠 1.8 秒", "客户说地址时被打断",
        ),
        FindingKind.SHOUTING: (
            None, None, 37.0, Severity.MINOR, 2.0, "音量高出平时 14 dB", "坐席提高了嗓门",
        ),
        FindingKind.SLOW_ANSWER: (
            None, None, 0.0, Severity.MINOR, 5.0, "振铃 21 秒", "接听超过三声铃响",
        ),
        FindingKind.FOLLOW_UP: (
            None, "issue", 5.6, Severity.INFO, 0.0, "流了一地", "漏水，请尽快派人",
        ),
    }  # fmt: skip
    return tuple(
        Finding(
            kind=kind, step=step, field=field, at=at, severity=severity, points=points,
            evidence=evidence, message=message,
        )
        for kind, (step, field, at, severity, points, evidence, message) in rows.items()
    )  # fmt: skip
