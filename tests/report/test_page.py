"""What the page of a call says, and that nothing said on a call can act in it."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import examples
import pytest

from agentbot.core.verdict import (
    CallVerdict,
    FieldVerdict,
    FindingKind,
    Severity,
    StepVerdict,
)
from agentbot.errors import ConfigError
from agentbot.report.page import call_page
from agentbot.report.sound import Sound, sound
from agentbot.report.words import LANGUAGES, words

PACKAGE = Path(str(resources.files("agentbot.report")))


class _Seen(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _seen(page: str) -> _Seen:
    seen = _Seen()
    seen.feed(page)
    return seen


def _sound(verdict: CallVerdict) -> Sound:
    return sound(examples.recorded(verdict))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_one_file_with_nothing_from_outside(lang: str) -> None:
    page = call_page(examples.bad(), _sound(examples.bad()), lang)
    seen = _seen(page)

    assert not [tag for tag, _ in seen.tags if tag in {"img", "iframe", "object", "form"}]
    assert {given["href"] for tag, given in seen.tags if "href" in given} == {"data:,"}
    assert not [given for _, given in seen.tags if "src" in given or "style" in given]
    assert not [name for _, given in seen.tags for name in given if name.startswith("on")]
    assert "://" not in page


def test_the_policy_admits_our_script_and_style_by_hash_and_nothing_else() -> None:
    page = call_page(examples.bad(), None)
    code = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)

    assert code
    assert style
    policy = next(
        given["content"] or ""
        for tag, given in _seen(page).tags
        if given.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind, found in (("script-src", code), ("style-src", style)):
        seal = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"{kind} 'sha256-{seal}'" in policy


def test_hostile_text_is_text() -> None:
    calm = call_page(replace(examples.bad(), warnings=("x",)), None)
    wild = call_page(examples.hostile(), None)

    # Not a single element more or other than in a harmless page of the same call.
    assert {tag for tag, _ in _seen(wild).tags} <= {tag for tag, _ in _seen(calm).tags}
    assert wild.count("<script") == calm.count("<script") == 1
    assert "{{ 7*7 }}" in wild
    assert "<img" not in wild
    assert "\u2028" not in re.findall(r"<script>(.*?)</script>", wild, re.DOTALL)[0]


def test_half_a_surrogate_pair_can_still_be_written() -> None:
    page = call_page(replace(examples.perfect(), script="a\ud800b"), None)

    assert "a\ufffdb" in page.encode().decode()


def test_the_same_verdict_gives_the_same_page() -> None:
    verdict = examples.bad()

    assert call_page(verdict, _sound(verdict)) == call_page(verdict, _sound(verdict))


def test_what_went_wrong_stands_first() -> None:
    seen = call_page(examples.bad(), None)

    headline = re.search(r"<h1>(.*?)</h1>", seen, re.DOTALL)
    assert headline
    assert headline[1].strip() == "电话号码复述有误：第 7 位客户说 4，坐席说 7"


@pytest.mark.parametrize(
    ("verdict", "lang", "said"),
    [
        (examples.perfect(), "zh", "全部做到，没有发现问题"),
        (examples.perfect(), "en", "Everything done, no problem found"),
        (examples.unsure(), "zh", "没有发现问题，但有 5 处无法判断，请人工听审"),
        (examples.unheard(), "en", "This call could not be judged; please listen"),
    ],
)
def test_the_headline_of_a_call_without_findings(
    verdict: CallVerdict, lang: str, said: str
) -> None:
    assert f"<h1>{said}</h1>" in call_page(verdict, None, lang)


def test_every_finding_has_its_points_and_its_place() -> None:
    verdict = examples.bad()
    page = call_page(verdict, None)
    seen = _seen(page)
    shown = [given for tag, given in seen.tags if given.get("class", "").startswith("finding ")]

    assert [given["data-finding"] for given in shown] == [str(n) for n in range(1, 14)]
    assert sum("data-at" in given for given in shown) == 12
    assert page.count("扣 20 分") == 1
    for finding in verdict.findings:
        assert finding.message in seen.text
        assert finding.evidence in seen.text


def test_the_wrong_digit_is_marked_in_both_rows_and_no_other() -> None:
    page = call_page(examples.bad(), None)
    phone = page[page.index('data-field="phone"') :]
    phone = phone[: phone.index("</article>")]

    assert re.findall(r'<td class="other[^>]*>(\d)', phone) == ["4", "7"]
    assert len(re.findall(r'<td class="(?:other| group)?[^>]*>[0-9]', phone)) == 22
    assert "第 7 位" in phone
    assert "客户提出异议" in phone


def test_a_low_confidence_line_says_so_in_words() -> None:
    page = call_page(examples.bad(), None)

    assert page.count("听不太清 42%") == 1
    assert page.count('class="bubble unsure"') == 1


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match="no report language 'fr'; choose one of zh, en"):
        call_page(examples.perfect(), None, "fr")


def test_a_page_of_forty_minutes_stays_small() -> None:
    verdict = examples.lengthened(examples.bad(), 2400.0)
    peaks = tuple((-step % 90, step % 90) for step in range(3000))

    page = call_page(
        verdict,
        Sound(
            audio=b"", mime="audio/mpeg", peaks=dict.fromkeys(("caller", "operator"), peaks),
            seconds=2400.0,
        ),
    )  # fmt: skip

    assert len(page) < 1_000_000
    assert "录音太长" in page


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("step_verdict", StepVerdict),
        ("field_verdict", FieldVerdict),
        ("severity", Severity),
        ("finding_kind", FindingKind),
    ],
)
def test_every_verdict_has_a_word(lang: str, section: str, values: type) -> None:
    assert list(words(lang)[section]) == [value.value for value in values]


def test_the_languages_say_the_same_things() -> None:
    zh, en = (words(lang) for lang in LANGUAGES)

    assert [(name, list(section)) for name, section in zh.items()] == [
        (name, list(section)) for name, section in en.items()
    ]
    for name, section in zh.items():
        for key, text in section.items():
            blanks = r"\{\w+\}"
            assert sorted(re.findall(blanks, text)) == sorted(re.findall(blanks, en[name][key]))


def test_no_word_hides_behind_a_method_of_its_section() -> None:
    # To jinja2 `section.keys` is the method, which prints another address in each run.
    for lang in LANGUAGES:
        for section in (dict(words(lang)), *words(lang).values()):
            assert set(section).isdisjoint(dir(section))
    for verdict in (examples.bad(), examples.unheard()):
        assert " object at 0x" not in call_page(verdict, None)


def test_no_word_is_left_that_no_page_says() -> None:
    catalogue = tomllib.loads((PACKAGE / "messages" / "zh.toml").read_text(encoding="utf-8"))
    pages = {path.name: path.read_text("utf-8") for path in (PACKAGE / "templates").iterdir()}
    overview = pages.pop("overview.html")
    said = {"call": "".join(pages.values()), "overview": overview}

    for section, short in (("call", "ui"), ("overview", "ui"), ("player", "words.player")):
        text = said.get(section, said["call"])
        unsaid = {
            key
            for key in catalogue[section]
            if not re.search(rf"\b(?:{short}|words\.{section})\.{key}\b", text)
        }
        assert unsaid == set(), section
