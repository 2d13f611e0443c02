"""What is kept of calls: whole or not at all, for its owner alone, as long as wanted."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given
from hypothesis import strategies as st

from agentbot.core.events import (
    AudioLost,
    CallEnded,
    CallStarted,
    GreetingDue,
    GreetingVariant,
    Heard,
    Held,
    Leg,
    LossCause,
    Rescored,
    Resumed,
    Tick,
    Word,
)
from agentbot.errors import StoreError
from agentbot.store.events import read_events, write_events
from agentbot.store.shelf import Shelf, file_name, pack
from agentbot.store.spool import Spool

EVENTS = [
    CallStarted(
        call_id="a", seat="1001", started_at=datetime(2026, 1, 2, tzinfo=UTC), ring_seconds=2.5,
        greeting=GreetingDue(
            variant="plain", why="w", variants=(GreetingVariant(id="plain", text="您好", marks=("好",)),)
        ),
    ),
    Heard(leg=Leg.CALLER, start=0.1, end=1.7, text="您好\n\u2028", confidence=0.3, at=1.9,
          words=(Word(text="您", start=0.1, end=0.2, confidence=0.1),), alternatives=("x",)),
    AudioLost(leg=Leg.OPERATOR, start=1.0, end=2.0, cause=LossCause.GAP),
    Rescored(field="phone", scores=(("1", -1.0, -2.5),), at=3.0, caller=("1",)),
    Held(at=1.0), Resumed(at=2.0), Tick(at=3.0), CallEnded(at=4.0),
]  # fmt: skip


def test_events_come_back_as_they_were() -> None:
    assert list(read_events(write_events(EVENTS), "x")) == EVENTS


@pytest.mark.parametrize("line", [b"{}", b"[]", b"nonsense", b'{"event": "Tick"}', b'{"event": 3}'])
def test_damaged_log_names_its_line(line: bytes) -> None:
    with pytest.raises(StoreError, match=r"^log:2: not an event of a call"):
        list(read_events(write_events([Tick(at=1.0)]) + line, "log"))


def test_spool_keeps_sound_where_it_was(tmp_path: Path) -> None:
    with closing(Spool(tmp_path)) as spool:
        spool.keep(Leg.CALLER, 0.0, np.ones(80, np.int16), 8_000)
        spool.keep(Leg.CALLER, 1.0, np.full(80, 2, np.int16), 8_000)
        sound = spool.read(Leg.CALLER)

    assert len(sound) == 8_080
    assert (sound[:80] == 1).all()
    assert not sound[80:8_000].any()
    assert (sound[8_000:] == 2).all()
    assert spool.rate(Leg.OPERATOR) == 0
    assert list(tmp_path.iterdir()) == []


def test_next_talk_begins_with_what_the_first_held(tmp_path: Path) -> None:
    first, second = Spool(tmp_path), Spool(tmp_path)
    first.keep(Leg.CALLER, 0.0, np.ones(80, np.int16), 8_000)
    first.keep(Leg.OPERATOR, 0.0, np.ones(80, np.int16), 8_000)

    second.take_over(first, [Leg.CALLER])
    first.close()

    assert len(second.read(Leg.CALLER)) == 80
    assert second.rate(Leg.OPERATOR) == 0
    second.close()
    with pytest.raises(StoreError):
        first.read(Leg.CALLER)


def test_full_disk_costs_the_sound_and_no_more() -> None:
    spool = Spool(Path("/dev/null/no"))
    spool.keep(Leg.CALLER, 0.0, np.ones(80, np.int16), 8_000)

    assert "cannot be kept" in spool.problem
    with pytest.raises(StoreError):
        spool.read(Leg.CALLER)


def test_legs_lie_side_by_side_at_the_lower_rate() -> None:
    caller = (np.full(800, 1_000, np.int16), 8_000)
    operator = (np.full(3_200, 2_000, np.int16), 16_000)

    both, rate = sf.read(
        io.BytesIO(pack({Leg.CALLER: caller, Leg.OPERATOR: operator})), dtype="int16"
    )

    assert (rate, both.shape) == (8_000, (1_600, 2))
    assert (both[:800, 0] == 1_000).all()
    assert not both[800:, 0].any()


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path / "calls", days=0)
    shelf.open()
    path = shelf.path(date(2026, 1, 2), "pbx-1/2:3", ".json")
    shelf.keep(path, b"{}")

    assert path == tmp_path / "calls/2026-01-02/pbx-1_2_3.json"
    assert path.read_bytes() == b"{}"
    assert (tmp_path / "calls").stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600


def test_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"calls cannot be kept here .*name another folder"):
        Shelf(folder=tmp_path / "file/calls", days=0).open()
    with pytest.raises(StoreError, match="cannot be written"):
        Shelf(folder=tmp_path, days=0).keep(tmp_path / "file/x.json", b"")


def test_old_days_go_and_nothing_else(tmp_path: Path) -> None:
    for name in ("2026-01-01", "2026-01-29", "2026-01-30", "mine"):
        (tmp_path / name).mkdir()

    assert Shelf(folder=tmp_path, days=2).sweep(date(2026, 1, 31)) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2026-01-29", "2026-01-30", "mine"]
    assert Shelf(folder=tmp_path, days=0).sweep(date(2036, 1, 1)) == 0


@given(st.text(max_size=300))
def test_any_call_id_is_a_file_name(call_id: str) -> None:
    name = file_name(call_id)

    assert name
    assert "/" not in name
    assert not name.startswith(".")
    assert len(name.encode()) <= 120
