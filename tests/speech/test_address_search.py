"""House numbers as they are decoded and as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.core.numerals import spoken_number
from agentbot.speech.address_search import parts, written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("十二号楼三单元一五零二", {"building": "12", "unit": "3", "room": "1502"}),
        ("二栋三单元四百零三室", {"building": "2", "unit": "3", "room": "403"}),
        ("十七号楼楼楼三元一三零一", {"building": "17"}),
        ("四号楼一三元一九零", {"building": "4", "unit": "1", "room": "190"}),
        ("十八号楼一二零四", {"building": "18", "room": "1204"}),
        ("一号楼", {"building": "1"}),
        ("栋栋栋", {}),
        ("", {}),
    ],
)
def test_parts(text: str, found: dict[str, str]) -> None:
    assert parts(text) == found


@given(st.integers(1, 99), st.integers(1, 9), st.integers(101, 3999))
def test_what_is_said_is_understood(building: int, unit: int, room: int) -> None:
    rooms = "".join(spoken_number(figure) for figure in str(room))

    found = parts(f"{spoken_number(str(building))}号楼{spoken_number(str(unit))}单元{rooms}")

    assert found == {"building": str(building), "unit": str(unit), "room": str(room)}
    assert written(found) == f"{building}号楼{unit}单元{room}室"
