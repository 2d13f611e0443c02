"""Whatever stands in a file: problems or a script, never another exception."""

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from agentbot.authoring.greetings import Greetings, check_greetings, load_greetings
from agentbot.authoring.problems import ScriptErrors
from agentbot.authoring.scripts import load_script
from agentbot.core.script import Script
from agentbot.errors import ConfigError

ROOT = Path(__file__).parents[2]
SEED = re.search(r"```yaml\n(.*?)```", (ROOT / "docs/scripts.md").read_text("utf-8"), re.DOTALL)[1]
SETS = (ROOT / "greetings" / "gas-order.yaml").read_text("utf-8")

same_folder = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

yamlish = st.text(st.sampled_from("ab01:-[]{},&*!|>'\"%#@?~.=<\n\t 好…\\é\x85\u2028"), max_size=60)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["closing", "end", "wish", "{{ seat }}", "{{", "{% if seat %}", "0123", "no", "phone"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def judged(path: Path) -> Script | ScriptErrors:
    try:
        return load_script(path)
    except ScriptErrors as wrong:
        problems = wrong
    assert problems.errors
    assert len(str(problems).splitlines()) == 1
    return problems


@same_folder
@given(yamlish)
def test_any_text(tmp_path, text):
    path = tmp_path / "any.yaml"
    path.write_text(text, "utf-8")

    assert isinstance(judged(path), Script | ScriptErrors)


@same_folder
@given(st.binary(max_size=40))
def test_any_bytes(tmp_path, raw):
    path = tmp_path / "any.yaml"
    path.write_bytes(raw)

    assert isinstance(judged(path), ScriptErrors)


def places(data, at=()):
    yield at
    inner = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, value in inner:
        yield from places(value, (*at, key))


def replaced(data, at, value):
    if not at:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[at[0]] = replaced(data[at[0]], at[1:], value)
    return copy


def mutated(seed: str):
    data = YAML(typ="safe", pure=True).load(seed)
    return st.tuples(st.sampled_from(sorted(places(data), key=str)[1:]), values).map(
        lambda change: replaced(data, *change)
    )


@same_folder
@given(mutated(SEED))
def test_a_script_with_anything_in_one_place(tmp_path, data):
    path = tmp_path / "any.yaml"
    with path.open("w", encoding="utf-8") as out:
        YAML(typ="safe", pure=True).dump(data, out)

    assert isinstance(judged(path), Script | ScriptErrors)


@same_folder
@given(mutated(SETS))
def test_a_greeting_set_with_anything_in_one_place(tmp_path, data):
    with (tmp_path / "any.yaml").open("w", encoding="utf-8") as out:
        YAML(typ="safe", pure=True).dump(data, out)

    problems = check_greetings(tmp_path)
    try:
        assert isinstance(load_greetings(tmp_path), Greetings)
        assert not problems
    except (ScriptErrors, ConfigError):
        assert problems


@same_folder
@given(yamlish, st.sampled_from(["notices", "holidays"]))
def test_any_text_as_notices_or_holidays(tmp_path, text, name):
    (tmp_path / f"{name}.yaml").write_text(text, "utf-8")

    assert isinstance(check_greetings(tmp_path), list)
