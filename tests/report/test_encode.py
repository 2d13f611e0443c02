"""A verdict as JSON: canonical, readable again, described by the published schema."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import examples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from agentbot.commands.schema import app
from agentbot.core.verdict import CallVerdict
from agentbot.errors import ReportError
from agentbot.report.encode import from_json, schema, to_json

EXAMPLES = [
    examples.perfect(),
    examples.bad(),
    examples.unsure(),
    examples.unheard(),
    examples.hostile(),
]
PUBLISHED = Path(__file__).parents[2] / "docs" / "verdict.schema.json"

texts = st.text(st.characters(codec="utf-8"), max_size=12)
st.register_type_strategy(float, st.integers(-(10**7), 10**7).map(lambda value: value / 1000))
st.register_type_strategy(str, texts)


@pytest.mark.parametrize("verdict", EXAMPLES, ids=lambda verdict: verdict.call_id[:12])
def test_what_was_written_is_read_again(verdict: CallVerdict) -> None:
    data = to_json(verdict)

    assert from_json(data, "call.json") == verdict
    assert to_json(from_json(data, "call.json")) == data


@given(st.from_type(CallVerdict))
def test_any_verdict_survives_the_journey(verdict: CallVerdict) -> None:
    again = from_json(to_json(verdict), "call.json")

    assert again == verdict


def test_the_bytes_are_canonical() -> None:
    verdict = replace(examples.perfect(), duration=60.123456, score=100)

    data = to_json(verdict)

    assert data.endswith(b"}\n")
    assert list(json.loads(data)) == list(CallVerdict.__dataclass_fields__)
    assert json.loads(data)["duration"] == 60.123
    assert b'"score": 100.0' in data
    assert "大龙供暖".encode() in data


def test_minus_nothing_is_nothing() -> None:
    assert b'"score": 0.0' in to_json(replace(examples.perfect(), score=-0.0001))


def test_half_a_surrogate_pair_is_replaced() -> None:
    data = to_json(replace(examples.perfect(), seat="5\ud83d6"))

    assert json.loads(data)["seat"] == "5\ufffd6"


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_json_has_no_form_for_is_refused(number: float) -> None:
    with pytest.raises(ReportError, match=r"^perfect-call: a number of the verdict is"):
        to_json(replace(examples.perfect(), score=number))


def _with(**changes: Any) -> bytes:
    return json.dumps(json.loads(to_json(examples.bad())) | changes).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file: Invalid JSON"),
        (to_json(examples.bad())[:2000], "the file: Invalid JSON"),
        (b"\xff\xfe\x00", "the file: Invalid JSON"),
        (b"[" * 100_000, "the file: Invalid JSON"),
        (b"[]", "the file: "),
        (_with(score="a lot"), "score: Input should be a valid number"),
        (_with(extra=1), "extra: Unexpected keyword argument"),
        (_with(score=math.nan), "a number of the verdict is nan"),
        (_with(findings=[{"kind": "rudeness"}]), "findings.0.kind: Input should be"),
    ],
)
def test_a_bad_file_is_one_line(data: bytes, said: str) -> None:
    with pytest.raises(ReportError) as caught:
        from_json(data, "calls/x.json")

    assert str(caught.value).startswith("calls/x.json: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_published_schema_is_the_schema_of_the_code() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema(), (
        "run: agentbot schema > docs/verdict.schema.json"
    )


def test_the_command_prints_what_is_published() -> None:
    printed = CliRunner().invoke(app, [])

    assert printed.exit_code == 0
    assert printed.output == PUBLISHED.read_text(encoding="utf-8")


def test_the_schema_explains_the_fields() -> None:
    made = schema()

    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["properties"]["duration"]["description"] == "Seconds."
    assert "0..1" in made["$defs"]["StepResult"]["properties"]["confidence"]["description"]


@pytest.mark.parametrize("verdict", EXAMPLES, ids=lambda verdict: verdict.call_id[:12])
def test_every_example_fits_the_schema(verdict: CallVerdict) -> None:
    _fit(json.loads(to_json(verdict)), schema(), schema()["$defs"])


def _fit(value: Any, shape: dict[str, Any], named: dict[str, Any]) -> None:
    """The few words of JSON Schema that ours uses."""
    if "$ref" in shape:
        shape = named[shape["$ref"].rpartition("/")[2]]
    if "anyOf" in shape:
        shape = next(
            kind for kind in shape["anyOf"] if (kind.get("type") == "null") == (value is None)
        )
        return _fit(value, shape, named)
    types = {
        "object": dict, "array": list, "string": str, "number": float, "boolean": bool,
        "null": type(None),
    }  # fmt: skip
    assert isinstance(value, types[shape["type"]]), (value, shape)
    if "enum" in shape:
        assert value in shape["enum"]
    if shape["type"] == "array":
        for item in value:
            _fit(item, shape["items"], named)
    if shape["type"] == "object" and "properties" in shape:
        assert set(value) == set(shape["required"]) == set(shape["properties"])
        for name, item in value.items():
            _fit(item, shape["properties"][name], named)
    elif shape["type"] == "object":
        for item in value.values():
            _fit(item, shape["additionalProperties"], named)
    return None
