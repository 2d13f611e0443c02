"""A report is there whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agentbot.errors import ReportError
from agentbot.report.files import write_atomically

FULL = """
import resource, sys
from pathlib import Path
from agentbot.errors import ReportError
from agentbot.report.files import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically(Path(sys.argv[1]), b"x" * 5000)
except ReportError as error:
    print(error)
"""


def test_folders_are_made_and_the_file_replaced(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "call.json"

    write_atomically(path, b"first")
    write_atomically(path, b"second")

    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]


def test_the_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "ours", b"")
    (tmp_path / "other").touch()

    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".json")

    write_atomically(path, b"{}")

    assert path.read_bytes() == b"{}"


def test_a_full_disk_is_one_line_and_leaves_the_old_report(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_bytes(b"old")

    # The kernel refuses to let the file grow, as it does on a full disk.
    said = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True
    ).stdout

    assert said.startswith(f"{path}: cannot write the report: File too large; make room")
    assert said.count("\n") == 1
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")

    with pytest.raises(ReportError, match="cannot write the report") as caught:
        write_atomically(tmp_path / "out" / "call.json", b"{}")

    assert "\n" not in str(caught.value)


def test_a_report_over_a_folder(tmp_path: Path) -> None:
    (tmp_path / "call.json").mkdir()

    with pytest.raises(ReportError, match="cannot write the report"):
        write_atomically(tmp_path / "call.json", b"{}")

    assert [path.name for path in tmp_path.iterdir()] == ["call.json"]
