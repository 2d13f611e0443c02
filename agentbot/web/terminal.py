"""A seat's picture in a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agentbot.web.reading import Picture
from agentbot.web.render import LANGUAGES, words

__all__ = ["draw"]

_SIGNS = {
    "todo": ("·", "dim"), "now": ("▸", "bold cyan"), "done": ("✓", "green"), "missed": ("!", "bold red"),
    "wrong": ("✕", "bold red"), "cannot_tell": ("?", "blue"), "not_applicable": ("–", "dim"),
}  # fmt: skip
_LINES = 6
"""Lines of talk shown."""


def draw(picture: Picture, lang: str, *, lost: bool) -> RenderableType:
    """The whole of it; `lost`: what is shown may be old."""
    said = words(lang)
    state = said["state"][picture["state"]]
    head = Text.assemble((_plain(f" {picture['seat']} "), "reverse bold"), " ", (state, "bold"))
    head.append(_plain(f"  {picture['script']}"), "dim")
    if picture["behind"] >= 1:
        head.append(f"  {said['page']['behind'].format(n=round(picture['behind']))}", "yellow")
    for notice in picture["notices"]:
        head.append(_plain(f"  {said['notice'][notice]}"), "yellow")
    if lost:
        head.append(f"\n{said['page']['lost']}", "bold white on red")
    both = Table.grid(expand=True, padding=(0, 2))
    both.add_column(ratio=1)
    both.add_column(ratio=2)
    both.add_row(_steps(picture), _fields(picture, lang))
    return Group(head, _line(picture, lang), *_alerts(picture, lang), both, _talk(picture, lang))


def _line(picture: Picture, lang: str) -> RenderableType:
    said, prompt = words(lang), picture["prompt"]
    live = picture["state"] in ("talking", "held")
    outcome = picture["outcome"]
    if outcome and picture["state"] == "ended":
        return _outcome(outcome, lang)
    if not live or not prompt:
        key = "done" if picture["state"] == "talking" else picture["state"]
        return Panel(Text(said["line"].get(key, ""), "dim"), padding=(1, 2))
    line = Text(style="bold")
    for piece in prompt["pieces"]:
        line.append(_plain(piece["text"]), "black on yellow" if piece["uncertain"] else "")
    lead = said["line"]["again" if prompt["again"] else "next"]
    return Panel(line, title=Text(_plain(f"{lead} · {prompt['label']}")), title_align="left",
                 border_style="red" if prompt["again"] else "cyan", padding=(1, 2))  # fmt: skip


def _outcome(outcome: Picture, lang: str) -> RenderableType:
    said, score = words(lang)["outcome"], outcome["score"]
    told = Text(said["unscored"] if score is None else f"{score:g} {said['points']}", "bold")
    for severity, text in outcome["findings"]:
        told.append(_plain(f"\n{text}"), "red" if severity in {"critical", "major"} else "yellow")
    for key, number in (("more", outcome["more"]), ("unsure", outcome["unsure"])):
        if number:
            told.append(f"\n{said[key].format(n=number)}", "blue")
    if not outcome["findings"] and not outcome["unsure"]:
        told.append(f"\n{said['clean']}", "green")
    basis = said[_basis(outcome)]
    return Panel(
        told, title=f"{words(lang)['line']['ended']} · {basis}", title_align="left", padding=(1, 2)
    )


def _basis(outcome: Picture) -> str:
    """What the verdict stands on."""
    return "whole" if outcome["whole"] else "provisional" if outcome["provisional"] else "live"


def _alerts(picture: Picture, lang: str) -> list[RenderableType]:
    said = words(lang)["page"]
    shown: list[RenderableType] = []
    for alert in picture["alerts"]:
        told = alert["texts"][LANGUAGES.index(lang)]
        text = Text(_plain(f" ▲ {told}"), "bold red")
        if alert["caller"] or alert["operator"]:
            text.append(_plain(f"\n   {said['caller_said']} {alert['caller']}"), "yellow")
            text.append(_plain(f"\n   {said['operator_said']} {alert['operator']}"), "cyan")
        shown.append(text)
    return shown


def _steps(picture: Picture) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for step in picture["steps"]:
        sign, style = _SIGNS[step["state"]]
        table.add_row(Text(sign, style), Text(_plain(step["label"]), style))
    return table


def _fields(picture: Picture, lang: str) -> RenderableType:
    said = words(lang)["page"]
    table = Table.grid(padding=(0, 2))
    for field in picture["fields"]:
        state = (
            "edited" if field["edited"] else "unsure" if field["uncertain"] else field["verdict"]
        )
        table.add_row(
            Text(_plain(field["label"]), "dim"),
            Text(_plain(field["value"]), "yellow" if field["uncertain"] else "bold"),
            Text(said.get(state or "", ""), "bold red" if state == "mismatched" else "dim"),
        )
    return table


def _talk(picture: Picture, lang: str) -> RenderableType:
    said = words(lang)["page"]
    talk = Text()
    for line in picture["transcript"][-_LINES:]:
        talk.append(
            f"\n{said[line['channel']]} ", "yellow" if line["channel"] == "caller" else "cyan"
        )
        talk.append(_plain(line["text"]), "" if line["final"] else "dim")
    return talk


def _plain(text: str) -> str:
    """Without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
