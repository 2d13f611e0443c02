"""The sentences of reports and prompts, in Chinese and English."""

from __future__ import annotations

__all__ = ["LANGUAGES", "difference_text", "in_each", "place_name", "say"]

LANGUAGES = ("zh", "en")

_SENTENCES = {
    # steps
    "done": ("听到坐席说“{heard}”。", "The operator said “{heard}”."),
    "done_cue": ("听到“{heard}”，与话术“{cue}”相符（{percent}%）。", "Heard “{heard}”, which fits the cue “{cue}” ({percent}%)."),
    "done_answered": ("坐席发问后客户随即报出{field}，可知已询问。", "The caller gave the {field} straight after the operator's question, so it was asked."),
    "done_readback": ("坐席复述了{field}：“{heard}”。", "The operator read the {field} back: “{heard}”."),
    "done_untold": ("坐席复述了{field}，但内容是否一致无法确定。", "The operator read the {field} back; whether it was right cannot be told."),
    "wrong_readback": ("复述的{field}与客户所说不一致：{difference}", "The {field} read back is not what the caller said: {difference}"),
    "wrong_greeting": ("当日应说“{due}”，实际说的是“{said}”。", "Due that day: “{due}”; said: “{said}”."),
    "missed": ("整段录音清晰，未听到此步骤。", "The recording is clear and the step was not heard."),
    "missed_next": ("客户回答后坐席直接进入下一步，未复述。", "The next step followed the caller's answer at once; nothing was read back."),
    "missed_readback": ("客户已报出{field}“{value}”，其后未听到坐席复述。", "The caller gave the {field} “{value}”; no read-back was heard after it."),
    "not_given": ("客户未报出{field}，无需复述。", "The caller never gave the {field}; there is nothing to read back."),
    "perhaps_volunteered": ("客户可能已主动说过（“{heard}”），没有听清，无法判断是否需要再问。", "The caller may have told it unasked (“{heard}”, not clear); it cannot be told whether a question was needed."),
    "volunteered": ("客户已主动说出{field}，无需再问。", "The caller gave the {field} unasked; no question was needed."),
    "not_due": ("当日无需此步骤。", "Not due on this day."),
    "not_on_path": ("按通话走向不经过此步骤。", "The call did not come by this step."),
    "refused": ("客户不愿提供{field}。", "The caller would not give the {field}."),
    "grey": ("听到相近的话“{heard}”，不足以断定是否说过。", "Heard something like it (“{heard}”); it cannot be told whether it was said."),
    "otherwise": ("此处坐席说了“{heard}”，可能是换了说法，不足以断定遗漏。", "The operator said “{heard}” where it was due; that may be this step in other words."),
    "weak_audio": ("{start}–{end} 秒的声音不清楚，可能说过而未听清。", "The sound from {start} to {end} s is unclear; it may have been said there."),
    "lost_audio": ("{start}–{end} 秒的声音缺失或噪声过大。", "The sound from {start} to {end} s is missing or drowned in noise."),
    "no_audio": ("没有坐席的声音，无法判断。", "There is no sound of the operator; it cannot be judged."),
    "branch_unknown": ("客户的回答未听清，不知是否应走到此步骤。", "The caller's answer was not understood, so it is not known whether this step was due."),
    # fields
    "matched": ("复述与客户所说一致。", "The read-back is what the caller said."),
    "matched_after": ("先复述错误，后已更正。", "Read back wrongly at first, then put right."),
    "field_cannot_tell": ("双方所说未能听清，无法断定是否一致。", "What was said is not clear enough to tell whether it agrees."),
    "field_replied": ("客户作了回答，但内容未听清。", "The caller answered, but what was said is not clear."),
    "answered": ("客户回答“{heard}”。", "The caller answered “{heard}”."),
    "answer_followed": ("回答未能直接听懂，坐席接下来的步骤表明了答案。", "The answer itself was not understood; the step the operator took next tells it."),
    "difference_digit": ("第{place}位：客户说{caller}，坐席说{operator}。", "Digit {place}: caller {caller}, operator {operator}."),
    "difference_part": ("{place}：客户说“{caller}”，坐席说“{operator}”。", "{place}: caller “{caller}”, operator “{operator}”."),
    # findings
    "missed_step": ("漏了步骤：{label}。", "Step missed: {label}."),
    "readback_mismatch": ("{label}复述有误：{difference}", "{label} read back wrongly: {difference}"),
    "readback_slip": ("{label}先复述错误，后已更正。", "{label} was read back wrongly at first, then put right."),
    "forbidden_phrase": ("使用了禁语：{label}。", "Forbidden words: {label}."),
    "out_of_order": ("步骤顺序有误：{label}提前了。", "Out of order: {label} came too early."),
    "late": ("{label}超时：{seconds} 秒，应在 {within} 秒内。", "{label} came late: {seconds} s, due within {within} s."),
    "long_silence": ("{seconds} 秒无人说话。", "Nobody spoke for {seconds} s."),
    "hold_silence": ("告知客户稍等后 {seconds} 秒无人说话。", "Nobody spoke for {seconds} s after a request to wait."),
    "interruption": ("坐席打断客户，重叠 {seconds} 秒。", "The operator spoke over the caller for {seconds} s."),
    "shouting": ("坐席提高了嗓门，音量高出平时 {louder} dB。", "The operator raised the voice, {louder} dB above the usual."),
    "slow_answer": ("响铃 {seconds} 秒才接听，应在 {within} 秒内。", "Answered after {seconds} s of ringing, due within {within} s."),
    "wrong_number": ("自报工号为 {said}，本席工号是 {seat}。", "The operator gave the number {said}; the seat's is {seat}."),
    "follow_up": ("需要跟进：{label}（客户回答：{value}）。", "To follow up: {label} (the caller said: {value})."),
    # prompts
    "prompt_readback": ("请复述{label}：{value}", "Read back the {label}: {value}"),
}  # fmt: skip

_PLACES = {
    "number": ("号数", "number"), "choice": ("选项", "choice"), "community": ("小区", "community"),
    "phase": ("期", "phase"), "zone": ("区", "zone"), "lane": ("弄", "lane"),
    "group": ("组", "group"), "building": ("楼号", "building"), "unit": ("单元", "unit"), "floor": ("楼层", "floor"),
    "room": ("房号", "room"), "surname": ("姓", "surname"), "given": ("名", "given name"),
    "term": ("要点", "key term"), "time": ("时间", "time"), "day": ("日期", "day"), "half": ("上下午", "half of the day"), "hour": ("几点", "hour"),
}  # fmt: skip


def say(key: str, lang: str, **values: object) -> str:
    """The sentence for `key`, filled in."""
    return _SENTENCES[key][LANGUAGES.index(lang)].format(**values)


def in_each(key: str, **values: object) -> tuple[str, ...]:
    """The sentence in each of `LANGUAGES`."""
    return tuple(say(key, lang, **values) for lang in LANGUAGES)


def difference_text(place: str, caller: str, operator: str, lang: str) -> str:
    """Where two values part (`digit 7`, `building`), as a sentence."""
    if place.startswith("digit "):
        return say(
            "difference_digit", lang, place=place[6:], caller=caller or "-", operator=operator or "-"
        )  # fmt: skip
    return say(
        "difference_part", lang, place=place_name(place, lang), caller=caller, operator=operator
    )


def place_name(place: str, lang: str) -> str:
    """A place of difference for people: `building` is 楼号."""
    return _PLACES[place][LANGUAGES.index(lang)]
