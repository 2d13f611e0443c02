"""What stands at the seats."""

from __future__ import annotations

from dataclasses import replace

from agentbot.core.seat.view import SeatState
from agentbot.service.board import Board, idle


def test_time_alone_is_no_news_but_is_known_to_who_looks_later() -> None:
    board = Board()
    first = board.show(replace(idle("1001"), state=SeatState.TALKING, elapsed=3.0))

    later = board.show(replace(first, elapsed=3.5))

    assert later.version == first.version
    assert board.view("1001").elapsed == 3.5

    news = board.show(replace(first, elapsed=4.0, behind=2.0))

    assert (news.version, news.elapsed) == (first.version + 1, 4.0)
