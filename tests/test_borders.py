"""What the pure core may stand on, as an exact list; the other borders are import-linter's."""

from __future__ import annotations

import sys

import grimp

ALLOWED = {"agentbot", "cn2an", "pypinyin", "rapidfuzz", "transitions"}
IMPURE = {
    *("asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "random", "shutil", "socket"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib"),
}


def test_core_stands_on_text_libraries_and_pure_parts_of_the_standard_library() -> None:
    graph = grimp.build_graph("agentbot", include_external_packages=True, cache_dir=None)
    core = {"agentbot.core", *graph.find_descendants("agentbot.core")}

    imported = {name for module in core for name in graph.find_modules_directly_imported_by(module)}

    assert {name for name in imported if name.startswith("agentbot")} <= core
    assert {name.split(".")[0] for name in imported} <= ALLOWED | sys.stdlib_module_names - IMPURE
    assert "agentbot.core.session" in core
