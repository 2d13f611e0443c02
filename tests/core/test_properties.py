"""Whatever comes in, in whatever order: nothing raises, and the same is judged the same."""

from dataclasses import replace

from core.talks import scripts, talks
from hypothesis import given, settings
from hypothesis import strategies as st

from agentbot.core.events import CallStarted, Heard, Leg, Tick
from agentbot.core.session import Session

TALKS = talks()


def verdict(script, events):
    session = Session(scripts()[script])
    for event in events:
        session.feed(event)
    return session.verdict("transcript")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_prefix_of_a_call_can_be_judged(data):
    talk = data.draw(st.sampled_from(TALKS))
    events = talk.events()
    session = Session(scripts()[talk.script])
    for event in events[: data.draw(st.integers(0, len(events)))]:
        session.feed(event)

    assert session.verdict("transcript") == session.verdict("transcript")
    assert session.state in {*(s.id for s in scripts()[talk.script].steps), "end"}
    assert session.prompt is None or session.prompt.text


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_doubled_and_late_events_change_nothing(data):
    talk = data.draw(st.sampled_from(TALKS))
    started, *rest = talk.events()
    lines = [e for e in rest if isinstance(e, Heard)]
    others = [e for e in rest if not isinstance(e, Heard)]
    doubled = data.draw(
        st.permutations(lines + data.draw(st.lists(st.sampled_from(lines), max_size=4)))
    )

    assert verdict(talk.script, [started, *lines, *others]) == verdict(
        talk.script, [started, *doubled, *others]
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda leg, start, long, text: Heard(leg=leg, start=start, end=start + long, text=text),
            st.sampled_from(Leg), st.floats(0, 60), st.floats(0, 9),
            st.one_of(st.text(max_size=12), st.text("您的地址电话姓名一二三八零号楼单元是不对吗，。？好张李", max_size=20)),
        ),
        max_size=8,
    ),
    st.sampled_from(sorted(scripts())),
)  # fmt: skip
def test_any_words_can_be_judged(lines, script):
    found = verdict(script, [*lines, Tick(at=70.0)])

    assert len(found.steps) == len(scripts()[script].steps)
    assert found.score is None or 0 <= found.score <= 100


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_words_that_grow_while_one_looks_on_are_judged_like_words_told_at_once(data):
    talk = data.draw(st.sampled_from(TALKS))
    events = talk.events()
    session = Session(scripts()[talk.script])
    for event in events:
        if isinstance(event, Heard):
            for size in sorted(data.draw(st.sets(st.integers(0, len(event.text)), max_size=3))):
                end = event.start + (event.end - event.start) * size / len(event.text)
                session.feed(replace(event, text=event.text[:size], end=end, final=False))
                if data.draw(st.booleans()):
                    assert session.prompt is None or session.prompt.text
        session.feed(event)

    assert verdict(talk.script, events) == session.verdict("transcript")


def test_prompts_hold_what_was_heard_and_dots_for_the_rest():
    session = Session(scripts()["heating-repair"])
    session.feed(CallStarted(call_id="1", seat="563"))
    session.feed(Heard(leg=Leg.OPERATOR, start=0, end=3, text="您好，大龙供暖报修为您服务。"))
    session.feed(Heard(leg=Leg.CALLER, start=4, end=6, text="暖气片漏水。"))

    assert "漏水" in session.prompt.text
    assert "{" not in session.prompt.text

    unheard = Session(scripts()["gas-order"])
    unheard.feed(CallStarted(call_id="2"))
    unheard.feed(Heard(leg=Leg.OPERATOR, start=0, end=3, text="早上好，蓝火焰屯液配送。"))

    assert unheard.prompt.text == "我是…号话务员。"
