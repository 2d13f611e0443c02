"""The command `agentbot`, also as `python -m agentbot`: whoever stops it while it loads gets no traceback."""

from __future__ import annotations

import sys

__all__ = ["main"]

_STOPPED = 130
"""Exit code of a command ended by Ctrl-C."""


def main() -> None:
    """Load the command line, which takes a second, and run it."""
    try:
        from agentbot.cli import main as run  # noqa: PLC0415 - the point of this module
    except KeyboardInterrupt:
        sys.exit(_STOPPED)
    run()


if __name__ == "__main__":
    main()
