"""`agentbot check` and `agentbot greeting` as a user meets them."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agentbot.cli import app
from agentbot.errors import ConfigError
from agentbot.settings import settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A folder with a copy of the house's files, and in it."""
    for name in ("scripts", "greetings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    result = CliRunner().invoke(app, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.usefixtures("house")
def test_all_is_in_order():
    assert run("check") == (
        0,
        "In order: 2 greeting sets, 1 holiday table, 1 notice file, 3 scripts.\n",
    )


def test_each_problem_is_a_line_and_the_exit_code_tells(house):
    script, notices = house / "scripts" / "gas-order.yaml", house / "greetings" / "notices.yaml"
    script.write_text(script.read_text("utf-8").replace("unit: [瓶", "unti: [瓶"), "utf-8")
    notices.write_text("notices: [{from: 2026-01-01, until: 2026-01-02, variant: odd}]", "utf-8")

    code, out = run("check")

    lines = out.splitlines()
    assert code == 1
    assert len(lines) == 2
    number = script.read_text("utf-8").splitlines().index("    unti: [瓶, 罐, 桶]") + 1
    assert lines[0].endswith(f"gas-order.yaml:{number}: unknown key `unti`; did you mean `unit`?")
    assert "notices.yaml:1: unknown variant `odd`" in lines[1]


def test_only_what_is_named_is_checked(house):
    (house / "scripts" / "bad.yaml").write_text("script: bad\n", "utf-8")

    assert run("check", "scripts/gas-order.yaml") == (0, "In order: 1 script.\n")
    assert run("check", "greetings/gas-order.yaml") == (0, "In order: 1 greeting set.\n")
    assert run("check", "scripts")[0] == 1
    assert run("check", ".")[0] == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("odd.yaml", "scirpt: a\n", "did you mean `script`?"),
        ("feasts.yaml", "days: []\n", "call it holidays.yaml"),
        ("copy.yaml", None, "already that of"),
    ],
)
def test_a_file_that_would_never_be_read_is_told(house, name, text, told):
    path = house / "scripts" / name
    path.write_text(text or (house / "scripts/gas-order.yaml").read_text("utf-8"), "utf-8")

    code, out = run("check", "scripts")

    assert (code, told in out) == (1, True)


def test_a_path_that_is_not_there_is_told(house):
    with pytest.raises(ConfigError, match="no such file or folder"):
        run("check", "nowhere")
    (house / "empty").mkdir()
    with pytest.raises(ConfigError, match="no YAML files"):
        run("check", "empty")


def test_elsewhere_the_files_that_come_with_the_package_are_used(tmp_path, monkeypatch):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "deploy.sh").touch()
    monkeypatch.chdir(tmp_path)

    code, out = run("check")

    assert (code, "3 scripts" in out) == (0, True)


def test_the_environment_names_the_folders(house, monkeypatch):
    monkeypatch.setenv("AGENTBOT_SCRIPTS", str(house / "nowhere"))
    settings.cache_clear()
    try:
        with pytest.raises(ConfigError, match="AGENTBOT_SCRIPTS"):
            run("check")
    finally:
        monkeypatch.undo()
        settings.cache_clear()


@pytest.mark.usefixtures("house")
def test_the_greeting_of_a_moment():
    code, out = run(
        "greeting",
        "--at",
        "2026-09-25T09:00+08:00",
        "--seat",
        "563",
        "--greeting",
        "heating-repair",
    )

    assert code == 0
    assert out.splitlines() == [
        "heating-repair: mid-autumn",
        "  应说: 中秋节快乐！大龙报修563为您服务，请问您有什么问题！",
        "  原因: 2026-09-25是中秋节假期（依据国务院放假安排），用“mid-autumn”开头语。",
    ]


@pytest.mark.usefixtures("house")
def test_the_greeting_of_a_year_nobody_knows_warns():
    _, out = run("greeting", "--at", "2098-01-01", "--lang", "en", "--greeting", "gas-order")

    assert [
        out.splitlines()[0], out.splitlines()[-1].strip()[:29]
    ] == ["gas-order: new-year", "warning: The holidays of 2098"]  # fmt: skip


def test_a_queue_may_have_its_own_notice(house):
    (house / "greetings" / "notices.yaml").write_text(
        "notices: [{from: 2026-03-01, until: 2026-03-02, variant: new-year, queue: vip, why: 试用}]",
        "utf-8",
    )
    moment = ("greeting", "--at", "2026-03-01T12:00", "--greeting", "heating-repair")

    assert run(*moment)[1].splitlines()[0] == "heating-repair: plain"
    assert "试用" in run(*moment, "--queue", "vip")[1]


@pytest.mark.usefixtures("house")
def test_now_is_the_default():
    code, out = run("greeting")

    assert (code, "heating-repair: " in out, "gas-order: " in out) == (0, True, True)


@pytest.mark.usefixtures("house")
def test_a_moment_that_is_none_is_told():
    with pytest.raises(ConfigError, match="write 2026-09-25T09:00"):
        run("greeting", "--at", "yesterday")


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("at", ["0001-01-01T00:00+14:00", "9999-12-31T23:59+00:00"])
def test_a_moment_outside_all_calendars_is_told(at):
    with pytest.raises(ConfigError, match="a year from 1900 to 2999"):
        run("greeting", "--at", at)
