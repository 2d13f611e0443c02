"""Takes docs/seat.png from a running demo: `python tests/web/picture.py LINK docs/seat.png`

LINK is what `agentbot demo --seats 1` prints. The picture is taken when the wrong digit is told;
a busy machine may miss it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

__all__ = ["take"]

_ROUND = 300_000
"""Milliseconds within which the call with the wrong digit comes by, and comes again."""


def take(link: str, picture: Path) -> None:
    """Open the link, wait for both numbers side by side, and write the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 760})
        page.goto(link)
        page.wait_for_selector(".alert .both", timeout=_ROUND)
        page.wait_for_timeout(500)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1], Path(sys.argv[2]))
