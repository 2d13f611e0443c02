"""Whole calls, told as data, and the verdict QA would sign."""

import pytest
from core.talks import talks

TALKS = talks()


@pytest.mark.parametrize("talk", TALKS, ids=[t.name for t in TALKS])
def test_the_verdict_of_a_call(talk):
    """Only what a case names is asked of it; a listed verdict must be exactly so."""
    verdict = talk.session().verdict("transcript")
    steps = {s.step: s for s in verdict.steps}
    kinds = [f.kind.value for f in verdict.findings]

    assert {s: steps[s].verdict.value for s in talk.steps} == talk.steps
    for name, wanted in talk.fields.items():
        field = verdict.fields[name]
        got = {
            "verdict": field.verdict.value, "caller": field.caller_value,
            "place": field.difference.place if field.difference else None,
        }  # fmt: skip
        assert {k: got[k] for k in wanted} == wanted, field
    if talk.findings is not None:
        assert sorted(kinds) == sorted(talk.findings), verdict.findings
    assert set(talk.has) <= set(kinds), verdict.findings
    assert not set(talk.never) & set(kinds), verdict.findings
    for kind, points in talk.points.items():
        assert points == sum(f.points for f in verdict.findings if f.kind == kind)
    if talk.out_of_order is not None:
        assert talk.out_of_order == [s.step for s in verdict.steps if s.out_of_order]
    if talk.late is not None:
        assert talk.late == [s.step for s in verdict.steps if s.late]
