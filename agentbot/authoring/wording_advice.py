"""Wordings by which a script will judge badly: too general, too long, a yes without its no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentbot.authoring.problems import Place, Problems
from agentbot.authoring.script_form import ChoiceForm, ScriptForm, StepForm
from agentbot.core.phonetic import normal

__all__ = ["advise_on_wordings"]

_EMPTY = frozenset(
    "您你我他她它们的了吗呢吧啊呀嘛是在给跟对请问一下个不没有这那说还和咱好行都就也再要能可以会麻烦现需帮"
)
"""Signs that frame any question; a cue made only of them is about nothing."""
_LONG = 10
"""Signs from which even the shortest wording of a step holds more than is always said."""
_PREDICATES = frozenset("是 对 行 好 要 有 可以 需要 方便 愿意 满意 解决 收 收了 同意 能".split())
"""Short answers that become their contrary with 不 or 没 before them."""
_HAPPENED = frozenset("有 收 解决".split())
"""Those that are denied with 没."""
_YES = ("是", "对", "嗯")
_NO = ("不是", "没有", "没", "不", "不用", "不要", "不行", "不了")


def advise_on_wordings(form: ScriptForm, advice: Problems) -> None:
    """Note cues and answers by which calls would be misjudged."""
    for position, step in enumerate(form.steps):
        _general_cues(step, position, advice)
        _long_cues(step, position, advice)
    for name, field in form.fields.items():
        if isinstance(field, ChoiceForm):
            at: Place = ("fields", name, "answers")
            _lone_yes(field.answers, at, advice)
            if any(_asks_yes_or_no(s) for s in form.steps if s.ask == name):
                _no_short_answer(name, field.answers, at, advice)


def _wordings(step: StepForm, position: int) -> Iterator[tuple[Place, str]]:
    for number, cue in enumerate(step.cues):
        if cue.text is not None:
            yield ("steps", position, "cues", number), cue.text


def _general_cues(step: StepForm, position: int, advice: Problems) -> None:
    for at, text in _wordings(step, position):
        if len(normal(text)) > 1 and _EMPTY.issuperset(normal(text)):
            advice.add(
                at,
                f"the cue `{text}` is about nothing, so it is found in many questions",
                "name the matter: 要不要发票, or `words: [[发票], [要, 需要, 开]]`",
            )


def _long_cues(step: StepForm, position: int, advice: Problems) -> None:
    """Without a short wording or `words:`, nothing but the very sentence is known."""
    texts = [text for _, text in _wordings(step, position)]
    words = any(cue.words for cue in step.cues)
    if step.ask is None and texts and not words and min(len(normal(t)) for t in texts) > _LONG:
        advice.add(
            ("steps", position, "cues"),
            f"all cues of step `{step.id}` are long, so other wordings will not be known",
            "add the shortest part that is always said, or `words:`",
        )


def _lone_yes(answers: Mapping[str, list[str]], at: Place, advice: Problems) -> None:
    owner = {phrase: value for value, phrases in answers.items() for phrase in phrases}
    for value, phrases in answers.items():
        for number, phrase in enumerate(phrases):
            if phrase not in _PREDICATES:
                continue
            stem = phrase.removesuffix("了")
            denials = [f"{no}{stem}" for no in ("不", "没", "没有", "不太")]
            if not any(other in owner for other in denials):
                no = "没" if stem in _HAPPENED else "不"
                advice.add(
                    (*at, value, number),
                    f"`{phrase}` also stands in `{no}{stem}`, which no answer lists",
                    f"put `{no}{stem}` under the answer that means no",
                )


def _asks_yes_or_no(step: StepForm) -> bool:
    return normal(step.say or "").endswith("吗") and "还是" not in (step.say or "")


def _no_short_answer(
    name: str, answers: Mapping[str, list[str]], at: Place, advice: Problems
) -> None:
    """吗 is answered by 是, 嗯, 没有 alone; where nobody lists them the answer is not understood."""
    said = {phrase for phrases in answers.values() for phrase in phrases}
    for short in (_YES, _NO):
        if not any(word in said for word in short):
            advice.add(
                at,
                f"field `{name}` is asked with 吗, and {'、'.join(short[:3])} are no answers to it",
                "list them too: people answer in one word",
            )
