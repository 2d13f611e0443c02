"""Logs go to the error stream, one line an event, tracebacks without the values of variables."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

__all__ = ["configure_logs", "masked"]

_NUMBER = re.compile(r"\+?\d[\d -]{5,}\d")
"""Seven digits and more, as people write telephone numbers."""
_OURS = frozenset({"call", "talk", "timestamp", "seconds"})
"""Ids and figures of ours; a call's id is a long number too."""


def configure_logs(*, json: bool = False, quiet: bool = False) -> None:
    """Set structlog up for this process; `json`: for machines, as the service logs.

    `quiet`: errors only, for commands that say themselves what happens.

    The traceback that structlog prints by itself shows local variables; ours hold what
    callers said, and that belongs into no log.
    """
    renderers: list[Any] = [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]
    if json:
        renderers = [
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *renderers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.ERROR if quiet else logging.NOTSET
        ),
        # Looked up at each line: the stream may have been exchanged since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def masked(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """No telephone number gets into a log, even where somebody forgot."""
    for key, value in event.items():
        if isinstance(value, str) and key not in _OURS:
            event[key] = _NUMBER.sub("[number]", value)
    return event
