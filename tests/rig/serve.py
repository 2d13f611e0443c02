"""`agentbot serve` with the recogniser of tones: `python serve.py SETTINGS BOOK`; for tests alone."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rig.tones import Tones

from agentbot.logs import configure_logs
from agentbot.replay.house import House
from agentbot.service.app import Service
from agentbot.settings import settings


def main(file: str, book: str) -> None:
    os.environ["AGENTBOT_CONFIG"] = file
    texts = json.loads(Path(book).read_text(encoding="utf-8"))
    service = Service(settings(), Tones(texts), 2, House.read())
    configure_logs(json=True)
    asyncio.run(service.serve(lambda: None))


if __name__ == "__main__":
    main(*sys.argv[1:])
