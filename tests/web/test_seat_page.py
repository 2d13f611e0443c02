"""The seat's page in a real Chromium: what is shown, the keys, reload, loss of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from core.seat.live import lives
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from web.conftest import PASSWORD
from web.doubles import FedDesk, Served

from agentbot.core.events import CallEnded, Event, Heard, Held, Leg, Resumed
from agentbot.core.seat.view import SeatState, StepState

Open = Callable[[str], Page]
_WAIT = 20_000
"""Milliseconds for what takes a reconnection."""


@pytest.fixture
def served(site: Starlette) -> Iterator[Served]:
    """The application on a port; left as a test leaves it, stopped at the end."""
    now = Served(site)
    yield now
    now.stop()


@pytest.fixture
def show(browser: Browser, served: Served) -> Iterator[Open]:
    """Logs somebody in by the form; at the end asks that the page was quiet and stayed at home."""
    said: list[str] = []
    contexts = []

    def enter(name: str, lang: str = "zh") -> Page:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
        page.on("console", lambda m: "Content Security" in m.text and said.append(m.text))
        page.on("request", lambda r: r.url.startswith((served.url, "data:")) or said.append(r.url))
        page.goto(f"{served.url}/?lang={lang}")
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".bar")).to_be_visible()
        return page

    yield enter
    for context in contexts:
        context.close()
    assert said == []


def talk(name: str, until: float) -> list[Event]:
    """The events of a live talk, up to a second."""
    case = next(live for live in lives() if live.name == name)
    told = [e for e in case.events()[1:] if not isinstance(e, dict)]
    return [e for e in told if (e.at or 0) <= until]


GOOD, BAD = "all in the house's words", "a skipped read-back and a wrong digit"


def test_the_line_the_steps_and_the_fields_follow_the_call(show: Open, desk: FedDesk) -> None:
    page = show("li")
    expect(page.locator(".say")).to_have_text("等待来电")

    desk.publish("1001", state=SeatState.RINGING)
    expect(page.locator(".say")).to_have_text("来电了，请接听")

    desk.begin("1001", "c1", talk(GOOD, 0.4))
    expect(page.locator(".say")).to_have_text(
        "您好，大龙供暖报修，1001号为您服务，请问您有什么问题？"
    )

    desk.begin("1001", "c2", talk(GOOD, 39.4))
    expect(page.locator(".say")).to_have_text("您的电话是138 12…，对吗？")
    expect(page.locator(".say mark")).to_have_text("…")
    expect(page.locator("#step-ask_phone")).to_contain_text("已做")
    expect(page.locator("#step-phone_readback")).to_contain_text("现在")
    expect(page.locator("#field-name")).to_have_value("王建国")
    expect(page.locator(".talk p").last).to_contain_text("13812")


def test_an_alert_stands_beside_the_line_with_both_values(show: Open, desk: FedDesk) -> None:
    page = show("li")
    desk.begin("1001", "c1", talk(BAD, 54))

    alert = page.locator(".alert.critical")
    expect(alert).to_contain_text("138 1234 5678")
    expect(alert).to_contain_text("138 1234 5978")
    expect(alert.locator("mark")).to_have_text(["6", "9"])
    line, shown = page.locator("#line").bounding_box(), page.locator("#alerts").bounding_box()
    assert line
    assert shown
    assert line["y"] + line["height"] <= shown["y"]
    for box in page.locator(".alert").all():
        inside = box.bounding_box()
        assert inside
        assert inside["y"] + inside["height"] <= shown["y"] + shown["height"] + 1

    page.keyboard.press("Escape")
    expect(page.locator(".alert.critical")).to_have_count(0)


@pytest.mark.parametrize("width", [480, 800, 1280, 1920])
def test_both_numbers_are_whole_at_any_width(show: Open, desk: FedDesk, width: int) -> None:
    page = show("li")
    page.set_viewport_size({"width": width, "height": 800})
    desk.begin("1001", "c1", talk(BAD, 54))
    desk.publish("1001", notices=("swapped",), behind=7.0)
    expect(page.locator(".alert")).to_have_count(2)

    cut = """all => all.filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
                    .map(e => e.className + e.textContent)"""
    assert page.locator(".both dd, .say, .eyebrow, .alert .what").evaluate_all(cut) == []
    numbers = page.locator(".both dd").all()
    assert len(numbers) == 2
    for number in numbers:
        lines = """e => {
          const range = document.createRange();
          range.selectNodeContents(e);
          return new Set([...range.getClientRects()].map(box => Math.round(box.bottom / 12))).size;
        }"""
        assert number.evaluate(lines) == 1
    expect(page.locator(".chip.behind")).to_be_in_viewport()
    expect(page.locator(".notice")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_call_there_is_one_thing_to_see(show: Open, desk: FedDesk) -> None:
    page = show("li")
    expect(page.locator(".say")).to_have_text("等待来电")
    for part in ("alerts", "talk", "steps", "fields"):
        expect(page.locator(f"#{part}")).to_be_hidden()
    expect(page.locator(".keys")).to_be_hidden()


def test_nothing_moves_when_alerts_come(show: Open, desk: FedDesk) -> None:
    page = show("li")
    desk.begin("1001", "c1", talk(BAD, 30))
    expect(page.locator("#step-ask_name")).to_contain_text("已做")
    before = [
        page.locator(f"#{part}").bounding_box() for part in ("line", "alerts", "talk", "steps")
    ]

    desk.begin("1001", "c2", talk(BAD, 54))
    expect(page.locator(".alert")).to_have_count(2)

    assert before == [
        page.locator(f"#{part}").bounding_box() for part in ("line", "alerts", "talk", "steps")
    ]


def test_one_key_marks_the_step_and_moves_on(show: Open, desk: FedDesk) -> None:
    page = show("li")
    call = desk.begin("1001", "c1", talk(GOOD, 0.4))
    expect(page.locator("#target")).to_have_text("开头语")

    page.keyboard.press("1")
    expect(page.locator("#target")).to_have_text("复述问题")
    page.keyboard.press("2")
    expect(page.locator("#target")).to_have_text("询问地址")
    page.keyboard.press("3")
    expect(page.locator("#step-ask_address")).to_contain_text("手工 有误")
    assert call.marks == {
        "greeting": StepState.DONE, "issue_readback": StepState.NOT_APPLICABLE, "ask_address": StepState.WRONG,
    }  # fmt: skip

    page.keyboard.press("0")
    expect(page.locator("#target")).to_have_text("询问地址")
    page.locator("#step-greeting").click()
    expect(page.locator("#target")).to_have_text("开头语")
    page.keyboard.press("0")
    expect(page.locator("#step-greeting")).to_contain_text("现在")


def test_a_field_is_edited_in_place_while_the_call_goes_on(show: Open, desk: FedDesk) -> None:
    page = show("li")
    call = desk.begin("1001", "c1", talk(GOOD, 20))
    address, name = page.locator("#field-address"), page.locator("#field-name")
    expect(address).to_have_value("幸福里小区3号楼2单元1203")

    page.keyboard.press("4")
    expect(address).to_be_focused()
    page.keyboard.type("幸福里小区13号楼")
    desk.feed("1001", *[e for e in talk(GOOD, 33) if (e.at or 0) > 20])
    expect(name).to_have_value("王建国")  # others go on filling
    expect(address).to_be_focused()
    expect(address).to_have_value("幸福里小区13号楼")
    page.keyboard.press("Enter")

    expect(page.locator("[data-part=address]")).to_contain_text("手工填写")
    assert call.corrections == {"address": "幸福里小区13号楼"}

    address.focus()
    page.keyboard.type("nonsense")
    page.keyboard.press("Escape")
    expect(address).to_have_value("幸福里小区13号楼")
    page.keyboard.press("1")  # a key again, not a letter of the field
    expect(page.locator("#target")).not_to_have_text("询问姓名")
    assert call.corrections == {"address": "幸福里小区13号楼"}


def test_a_reload_loses_nothing(show: Open, desk: FedDesk) -> None:
    page = show("li")
    desk.begin("1001", "c1", talk(BAD, 54))
    expect(page.locator(".alert")).to_have_count(2)
    page.locator("#field-name").fill("王健国")
    page.locator("#field-name").press("Enter")
    expect(page.locator("[data-part=name]")).to_contain_text("手工填写")
    before = page.locator("main").inner_text()

    page.reload()

    assert page.locator("main").inner_text() == before
    expect(page.locator("#field-name")).to_have_value("王健国")


def test_the_page_says_what_it_has_drawn(show: Open, desk: FedDesk) -> None:
    page = show("li")
    desk.begin("1001", "c1", talk(GOOD, 10))
    expect(page.locator("#step-greeting")).to_contain_text("已做")

    for _ in range(100):
        if ("1001", desk.view("1001").version) in desk.drawn:
            return
        page.wait_for_timeout(50)
    pytest.fail("the page never said that it had drawn the newest picture")


@pytest.fixture
def breakable(site: Starlette) -> Iterator[list[Served]]:
    """Like `served`, but a test may stop it and put another in its place."""
    servers = [Served(site)]
    yield servers
    servers[-1].stop()


def test_the_server_goes_and_comes_back(
    browser: Browser, breakable: list[Served], desk: FedDesk, site: Starlette
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{breakable[0].url}/")
    page.fill("[name=name]", "li")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    call = desk.begin("1001", "c1", talk(GOOD, 10))
    expect(page.locator("#target")).to_have_text("复述问题")

    breakable[0].stop()
    expect(page.locator("#lost")).to_be_visible(timeout=_WAIT)
    expect(page.locator("#lost")).to_contain_text("连接中断")
    page.keyboard.press("2")  # pressed while nobody hears it
    expect(page.locator("#note")).to_contain_text("未保存")
    desk.feed("1001", *[e for e in talk(GOOD, 20) if (e.at or 0) > 10])

    breakable.append(Served(site, breakable[0].port))
    expect(page.locator("#lost")).to_be_hidden(timeout=_WAIT)
    expect(page.locator("#field-address")).to_have_value("幸福里小区3号楼2单元1203")
    expect(page.locator("#step-issue_readback")).to_contain_text("手工", timeout=_WAIT)
    expect(page.locator("#note")).to_have_text("")
    assert call.marks == {"issue_readback": StepState.NOT_APPLICABLE}
    context.close()


def test_the_network_goes_and_comes_back(show: Open, desk: FedDesk) -> None:
    page = show("li")
    desk.begin("1001", "c1", talk(GOOD, 10))
    expect(page.locator("#target")).to_have_text("复述问题")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('online'))")  # asks for the stream anew, and fails
    expect(page.locator("#lost")).to_be_visible(timeout=_WAIT)
    desk.feed("1001", *[e for e in talk(GOOD, 20) if (e.at or 0) > 10])
    page.context.set_offline(False)

    expect(page.locator("#lost")).to_be_hidden(timeout=_WAIT)
    expect(page.locator("#field-address")).to_have_value("幸福里小区3号楼2单元1203")


def test_a_page_out_of_sight_lets_its_stream_go(show: Open, desk: FedDesk) -> None:
    """A browser keeps only six connections to a host: a seventh tab would wait for ever."""
    page = show("li")
    hide = """is => {
      Object.defineProperty(document, 'hidden', {value: is, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, True)
    for _ in range(200):
        if not desk.watchers:
            break
        page.wait_for_timeout(50)
        desk.publish("1001")  # a closed stream is noticed at the next picture
    assert desk.watchers == 0
    desk.begin("1001", "c1", talk(GOOD, 10))
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator(".say")).to_have_text("等待来电")

    page.evaluate(hide, False)

    expect(page.locator("#target")).to_have_text("复述问题")
    expect(page.locator("#lost")).to_be_hidden()


def test_two_seats_are_apart(show: Open, desk: FedDesk, served: Served) -> None:
    mine, other = show("li"), show("wang")
    other.goto(f"{served.url}/seat/1002")
    desk.begin("1001", "c1", talk(GOOD, 33))
    desk.begin("1002", "c2", [Heard(leg=Leg.CALLER, start=1, end=2, text="我家漏水了")])

    expect(mine.locator("#field-name")).to_have_value("王建国")
    expect(other.locator(".talk p")).to_have_text(["客户 我家漏水了"])
    assert "王建国" not in other.content()
    assert "我家漏水了" not in mine.content()
    assert mine.goto(f"{served.url}/seat/1002").status == 403  # type: ignore[union-attr]
    expect(mine.locator("main")).to_contain_text("您无权查看这个坐席")


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)><script>alert(2)</script>", "\"'&;--></textarea>{{ 7*7 }}",
        "😀👨‍👩‍👧‍👦 \u202e倒着 \u200b\ud83d", "长" * 10_000, "x" * 10_000, "\r\nevent: seat\r\ndata: {}\r\n\r\n",
    ],
    ids=["html", "quotes", "emoji", "long", "wide", "sse"],
)  # fmt: skip
def test_whatever_the_caller_says_is_only_text(show: Open, desk: FedDesk, text: str) -> None:
    page = show("li")
    desk.begin("1001", "c1", [
        *talk(GOOD, 14.5), Heard(leg=Leg.CALLER, start=15, end=19, text=f"{text}3号楼2单元1203。"),
    ])  # fmt: skip
    desk.publish("1001", notices=("swapped",))

    expect(page.locator(".talk p.caller").last).to_contain_text(text[:3].strip() or "客户")
    box = page.locator("#alerts").bounding_box()
    assert box
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("main img").count() == 0
    expect(page.locator("#line")).to_be_in_viewport(ratio=0.99)


def test_states_are_told_apart(show: Open, desk: FedDesk) -> None:
    page = show("li")
    chip, say = page.locator("#status .chip").first, page.locator(".say")
    desk.begin("1001", "c1", talk(GOOD, 31.1))
    expect(chip).to_have_text("通话中")

    desk.feed("1001", Held(at=31))
    expect(chip).to_have_text("保持中")
    expect(page.locator(".eyebrow")).to_contain_text("接回后从这里继续")
    desk.feed("1001", Resumed(at=40))
    expect(chip).to_have_text("通话中")

    desk.publish("1001", behind=6.2, notices=("swapped",))
    expect(page.locator("#status")).to_contain_text("识别落后 6 秒")
    expect(page.locator("#status")).to_contain_text("两路声音接反了")

    desk.publish("1001", state=SeatState.TRANSFERRED)
    expect(say).to_have_text("这通电话已转给其他坐席")
    desk.publish("1001", state=SeatState.OFFLINE)
    expect(say).to_contain_text("与交换机的连接断开")
    desk.feed("1001", CallEnded(at=60))
    expect(say).to_have_text("通话已结束")
    expect(page.locator("#field-name")).to_have_value("王建国")


def test_an_operator_logged_out_elsewhere_is_told_so(
    show: Open, desk: FedDesk, served: Served
) -> None:
    page = show("li")
    other = page.context.new_page()
    other.goto(f"{served.url}/seat/1001")
    other.locator(".account button").click()
    expect(other.locator("[name=password]")).to_be_visible()

    page.evaluate("dispatchEvent(new Event('online'))")

    expect(page.locator("[name=password]")).to_be_visible(timeout=_WAIT)


def test_english(show: Open, desk: FedDesk) -> None:
    page = show("li", "en")
    expect(page.locator(".say")).to_have_text("Waiting for a call")
    desk.begin("1001", "c1", talk(GOOD, 10))
    expect(page.locator(".eyebrow")).to_contain_text("Say next")
    expect(page.locator("#step-greeting")).to_contain_text("done")
