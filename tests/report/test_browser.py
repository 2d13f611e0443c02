"""The pages in a real Chromium: they play, jump, obey the keyboard and call nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import examples
import pytest
from playwright.sync_api import Browser, Page, expect

from agentbot.core.verdict import CallVerdict
from agentbot.report import sound as sounds
from agentbot.report.overview import overview_page
from agentbot.report.page import call_page
from agentbot.report.summary import Failure, summary_rows

Open = Callable[[str], Page]
TIME = "document.querySelector('audio').currentTime"
PAUSED = "document.querySelector('audio').paused"


@dataclass(slots=True)
class _Watch:
    """What a page must not do."""

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from a file, and at the end asks that it was quiet and fetched nothing."""
    watch = _Watch()
    context = browser.new_context(viewport={"width": 1400, "height": 900})

    def request(url: str) -> None:
        if not url.startswith(("file:", "blob:", "data:,")):
            watch.asked.append(url)

    def open_page(html: str) -> Page:
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        page = context.new_page()
        page.on("console", lambda message: watch.said.append(message.text))
        page.on("pageerror", lambda error: watch.said.append(str(error)))
        page.on("request", lambda sent: request(sent.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    context.close()
    assert watch.said == []
    assert watch.asked == []


def _becomes(page: Page, condition: str) -> None:
    """Waits for a condition by asking again and again.

    `wait_for_function` evaluates it inside the page, which the content policy forbids there.
    """
    for _ in range(600):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {condition}")


def _page(verdict: CallVerdict, lang: str = "zh") -> str:
    return call_page(verdict, sounds.sound(examples.recorded(verdict)), lang)


@pytest.fixture
def page(show: Open) -> Page:
    """The bad call, its sound loaded."""
    page = show(_page(examples.bad()))
    _becomes(page, "document.querySelector('audio').readyState >= 2")
    return page


def _still(page: Page) -> None:
    """Keep the sound where a click puts it."""
    page.evaluate("document.querySelector('audio').play = () => Promise.resolve()")


def test_the_sound_is_there_and_as_long_as_the_call(page: Page) -> None:
    assert page.evaluate("document.querySelector('audio').duration") == pytest.approx(60.5)
    assert page.evaluate(PAUSED)


def test_mp3_plays_as_well(show: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "MOST_BYTES", 300_000)
    page = show(_page(examples.bad()))

    _becomes(page, "document.querySelector('audio').readyState >= 2")

    duration = page.evaluate("document.querySelector('audio').duration")
    assert duration == pytest.approx(60.5, abs=0.1)


@pytest.mark.parametrize(
    ("place", "at"),
    [
        ("[data-step=phone_readback]", 45.3),
        ("[data-step=phone_readback] button", 45.3),
        ("[data-step=ask_address] .heard", 14.4),
        ("#finding-1", 45.3),
        ("#finding-1 button", 45.3),
        (".line >> nth=5", 17.2),
        (".line >> nth=5 >> button", 17.2),
        ("[data-field=phone] tr.caller button", 39.0),
        ("[data-field=phone] tr.operator button", 45.3),
        ("header.top .jump", 45.3),
    ],
)
def test_a_click_goes_to_the_sound(page: Page, place: str, at: float) -> None:
    _still(page)

    page.locator(place).first.click()

    assert page.evaluate(TIME) == pytest.approx(at)


def test_a_click_on_a_step_plays(page: Page) -> None:
    page.locator("[data-step=ask_address]").click()

    _becomes(page, f"!{PAUSED} && {TIME} > 14.4")
    expect(page.locator("#play")).to_have_attribute("aria-label", "暂停")


def test_a_click_on_the_waveform_goes_there_and_a_drag_follows(page: Page) -> None:
    _still(page)
    box = page.locator("#strip").bounding_box()
    assert box
    middle = box["y"] + 60

    page.mouse.click(box["x"] + box["width"] * 0.5, middle)
    assert page.evaluate(TIME) == pytest.approx(30.25, abs=0.1)

    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=4)
    page.mouse.up()
    page.mouse.move(box["x"] + 5, middle)
    assert page.evaluate(TIME) == pytest.approx(45.375, abs=0.1)


def test_a_pin_chooses_its_finding(page: Page) -> None:
    _still(page)

    page.locator("g.pin[data-finding='6'] text").click()

    expect(page.locator("#finding-6")).to_have_class("finding minor chosen")
    expect(page.locator("#finding-6")).to_be_in_viewport()
    assert page.evaluate(TIME) == pytest.approx(53.0)


def test_space_plays_and_pauses(page: Page) -> None:
    page.keyboard.press("Space")
    _becomes(page, f"!{PAUSED}")

    page.keyboard.press("Space")
    _becomes(page, PAUSED)

    assert page.evaluate("scrollY") == 0


def test_space_still_pauses_after_a_button_was_clicked(page: Page) -> None:
    page.locator("[data-step=ask_address] button").click()
    _becomes(page, f"!{PAUSED}")

    page.keyboard.press("Space")

    _becomes(page, PAUSED)


def test_arrows_seek_and_stop_at_the_ends(page: Page) -> None:
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(TIME) == 0

    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")

    assert page.evaluate(TIME) == pytest.approx(10)
    expect(page.locator("#now")).to_have_text("0:10")
    expect(page.locator("#track")).to_have_attribute("aria-valuetext", "0:10")


def test_j_and_k_walk_through_the_findings(page: Page) -> None:
    _still(page)

    page.keyboard.press("j")
    assert page.evaluate(TIME) == pytest.approx(45.3)
    page.keyboard.press("j")
    assert page.evaluate(TIME) == pytest.approx(36.1)
    page.keyboard.press("j")  # a missed step: nowhere to go to
    expect(page.locator("#finding-3")).to_have_class("finding major chosen")
    assert page.evaluate(TIME) == pytest.approx(36.1)
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator("#finding-1")).to_have_class("finding critical chosen")


def test_the_conversation_follows_the_sound(page: Page) -> None:
    _still(page)

    page.locator("[data-step=closing]").click()

    line = page.locator(".line.now")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("尽快跟您联系")
    expect(line).to_be_in_viewport()


def test_the_waveform_zooms_and_keeps_the_place_in_sight(page: Page) -> None:
    _still(page)
    page.locator("[data-step=closing]").click()

    page.locator("#zoom-in").click()

    width = "document.querySelector('#strip').clientWidth"
    track = "document.querySelector('#track')"
    assert page.evaluate(f"{width} > 1.2 * {track}.clientWidth")
    assert page.evaluate(f"{track}.scrollLeft") > 0
    for _ in range(3):
        page.locator("#zoom-out").click()
    assert page.evaluate(f"{width} == {track}.clientWidth")


def test_the_speed_is_chosen(page: Page) -> None:
    page.locator("#speed").select_option("1.5")

    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5


def test_a_call_without_sound_shows_the_line(show: Open) -> None:
    page = show(call_page(examples.bad(), None))

    page.locator("[data-step=closing] button").click()

    expect(page.locator(".line.now")).to_contain_text("尽快跟您联系")
    expect(page.locator("#play")).to_have_count(0)
    page.keyboard.press("Space")
    page.keyboard.press("j")
    expect(page.locator("#now")).to_have_text("0:45")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_call_that_nobody_heard(show: Open, lang: str) -> None:
    page = show(call_page(examples.unheard(), None, lang))

    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")

    expect(page.locator("#now")).to_have_text("0:00")


def test_hostile_text_does_nothing(show: Open) -> None:
    page = show(_page(examples.hostile()))

    page.locator(".line").first.click()

    assert page.evaluate("window.pwned") is None
    expect(page.locator(".line").first).to_contain_text("<script>window.pwned=1</script>")
    assert page.evaluate("document.images.length") == 0


@pytest.mark.parametrize("make", ["perfect", "bad", "unsure", "unheard", "hostile"])
def test_nothing_sticks_out_on_a_telephone(show: Open, make: str) -> None:
    page = show(call_page(getattr(examples, make)(), None))
    page.set_viewport_size({"width": 420, "height": 900})

    assert page.evaluate("document.documentElement.scrollWidth") == 420


CONTRAST = """() => {
  const light = (rgb) => rgb.map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || node.closest("script, svg, [aria-hidden], select")) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color).slice(0, 3)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
  }
  return [...poor];
}"""


@pytest.mark.parametrize("make", ["perfect", "bad", "unsure", "unheard"])
def test_all_text_can_be_read(show: Open, make: str) -> None:
    page = show(call_page(getattr(examples, make)(), None))

    assert page.evaluate(CONTRAST) == []


def test_every_button_has_a_name(page: Page) -> None:
    nameless = "[...document.querySelectorAll('button')].filter((b) => !b.ariaLabel?.trim()).length"

    assert page.evaluate(nameless) == 0


def _batch() -> str:
    calls = [
        replace(
            examples.bad() if number % 3 == 0 else examples.perfect(),
            call_id=f"call-{number}",
            seat=("563", "490", None)[number % 3 if number % 2 else 0],
            score=float(100 - number % 50),
        )
        for number in range(450)
    ]
    rows = summary_rows(calls)
    links = {row.call_id: f"{row.call_id}.html" for row in rows}
    broken = Failure(call_id="torn", source="torn.wav", reason="the file is empty")
    return overview_page(rows, [broken], links, "en")


def test_the_overview_filters_by_kind_and_seat(show: Open) -> None:
    page = show(_batch())
    shown = page.locator("#shown")
    expect(shown).to_have_text("200 of 450 calls")

    page.locator("button[data-kind=readback_mismatch]").click()
    expect(shown).to_have_text("150 of 450 calls")
    expect(page.locator("button[aria-pressed=true]")).to_have_count(1)

    page.locator("#seat").select_option("=563")
    page.locator("#text").fill("call-33")
    expect(page.locator("#table tbody th")).to_have_text(
        ["call-33", "call-330", "call-333", "call-336", "call-339"]
    )

    page.locator("#text").fill("nothing like it")
    expect(page.locator("#none")).to_be_visible()
    page.locator("#reset").click()
    expect(shown).to_have_text("200 of 450 calls")
    page.locator("#more").click()
    expect(shown).to_have_text("400 of 450 calls")


def test_the_overview_sorts_numbers_as_numbers(show: Open) -> None:
    page = show(_batch())
    first = page.locator("#table tbody tr").first

    page.locator("th.score button").click()
    expect(page.locator("th.score")).to_have_attribute("aria-sort", "ascending")
    expect(first.locator("td").first).to_contain_text("51")
    page.locator("th.score button").click()
    expect(first.locator("td").first).to_contain_text("100")
    page.locator("th.call button").click()
    page.locator("th.call button").click()
    expect(first.locator("th")).to_have_text("call-449")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_overview_can_be_read_and_fits_a_telephone(show: Open, lang: str) -> None:
    batch = summary_rows([
        examples.perfect(), examples.bad(), examples.unsure(), examples.unheard(),
        examples.hostile(),
    ])  # fmt: skip
    page = show(overview_page(batch, [], {}, lang))

    assert page.evaluate(CONTRAST) == []
    page.set_viewport_size({"width": 420, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == 420


def test_an_empty_overview(show: Open) -> None:
    page = show(overview_page([], (), {}))

    expect(page.locator("main")).to_contain_text("没有评判任何通话。")
