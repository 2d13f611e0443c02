"""The house's words with places to fill: `{{ seat }}`, and `{% if seat %}` in greetings.

Only that much of jinja2 is allowed: a wording that loops or computes is a mistake, and one that
cannot be filled must be found when it is written, not on a call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from agentbot.authoring.problems import nearest

__all__ = ["fill", "template_problems"]

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, cache_size=200)
_PLACES = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)
_CONDITIONS = (nodes.If, nodes.And, nodes.Or, nodes.Not)


def template_problems(
    text: str, names: Sequence[str], *, conditions: bool = False
) -> list[tuple[str, str]]:
    """What is wrong with a wording, as (problem, how to mend) pairs.

    `names` are those that can be filled; `conditions` allows `{% if name %}`.
    """
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        what = str(error.message).rstrip(".")
        return [(f"broken template: {what}", "places are written {{ seat }}")]
    except RecursionError:
        return [("broken template: nested too deeply", "places are written {{ seat }}")]
    allowed = (*_PLACES, *_CONDITIONS) if conditions else _PLACES
    found = []
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, allowed):
            what = "places {{ name }} and {% if name %}" if conditions else "places {{ name }}"
            return [(f"the template computes ({type(node).__name__})", f"use only {what}")]
        if isinstance(node, nodes.Name) and node.name not in names:
            found.append(
                (
                    f"undefined name `{node.name}` in the template",
                    nearest(node.name, names, "no names can be filled here"),
                )
            )
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """The wording with its places filled; `text` has passed `template_problems`."""
    return _ENVIRONMENT.from_string(text).render(values)
