"""Finds the calls to judge: files, folders, MixMonitor pairs, transcripts, manifests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agentbot.errors import RecordingError
from agentbot.replay.call import Source
from agentbot.replay.manifest import read_manifest
from agentbot.report.summary import Failure

__all__ = ["AUDIO", "Found", "find_calls"]

AUDIO = frozenset(
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".gsm", ".ulaw", ".alaw", ".au"}
)
"""File names that are taken for recordings."""

_SIDE = re.compile(r"^(?P<call>.+)-(?P<side>in|out)$")
_TAKEN = frozenset({"summary", "overview", "index"})
_FIT = re.compile(r"[^\s./\\:*?\"<>|\x00-\x1f][^/\\:*?\"<>|\x00-\x1f]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What lies at the inputs."""

    sources: tuple[Source, ...]
    broken: tuple[Failure, ...]


def find_calls(
    inputs: Sequence[Path], known: Source | None = None, leave_out: Path | None = None
) -> Found:
    """All calls at `inputs`, in order; folders are walked, sorted by path.

    `known` holds what the command line says of all calls; a manifest's own lines win over
    it. Nothing below `leave_out` (the folder of results) is taken for a call.

    Raises:
        RecordingError: an input does not exist or is no recording, transcript or manifest, or
            there is no call at any of them.
    """
    common = known or Source(call_id="", listed="")
    calls: list[Source] = []
    broken: list[Failure] = []
    seen: dict[str, str] = {}
    for found in _all(inputs, leave_out):
        if isinstance(found, Failure):
            broken.append(found)
            continue
        source = _filled(found, common)
        problem = _unfit(source.call_id)
        if problem is None and source.call_id in seen:
            problem = (
                f"call id {source.call_id!r} is taken by {seen[source.call_id]}; give it another"
            )
        if problem is not None:
            broken.append(Failure(call_id=source.call_id, source=source.listed, reason=problem))
            continue
        seen[source.call_id] = source.listed
        calls.append(source)
    if not calls and not broken:
        raise RecordingError(
            f"{', '.join(map(str, inputs))}: no call to judge there; "
            f"recordings ({', '.join(sorted(AUDIO))}), transcripts (.json) and manifests (.jsonl, "
            "named each) are taken"
        )
    return Found(sources=tuple(calls), broken=tuple(broken))


def _all(inputs: Sequence[Path], leave_out: Path | None) -> Iterator[Source | Failure]:
    for path in inputs:
        if path.is_dir():
            # A link that leads nowhere is told as a broken call, not passed over.
            inside = sorted(
                p for p in path.rglob("*") if p.is_file() or (p.is_symlink() and not p.exists())
            )
            if leave_out is not None:
                inside = [p for p in inside if not p.is_relative_to(leave_out)]
            yield from _in_folder(inside)
        elif not path.exists():
            raise RecordingError(f"{path}: there is no such file or folder; check the path")
        elif path.suffix.lower() == ".jsonl":
            yield from read_manifest(path)
        elif path.suffix.lower() == ".json":
            yield Source(call_id=path.stem, listed=str(path), transcript=path)
        elif path.suffix.lower() in AUDIO:
            yield _recording(path)
        else:
            raise RecordingError(
                f"{path}: neither a recording ({', '.join(sorted(AUDIO))}), a transcript (.json) "
                "nor a manifest (.jsonl); rename or convert it"
            )


def _recording(path: Path) -> Source:
    """A recording named on its own; half of a pair brings its other half."""
    side = _SIDE.match(path.stem)
    if side is not None:
        pair = tuple(path.with_name(f"{side['call']}-{s}{path.suffix}") for s in ("in", "out"))
        if all(half.is_file() for half in pair):
            return Source(call_id=side["call"], listed=str(path), audio=pair)
    return Source(call_id=path.stem, listed=str(path), audio=(path,))


def _in_folder(inside: Iterable[Path]) -> Iterator[Source]:
    """Recordings, pairs joined; JSON only where no recording of that name lies beside it."""
    files = list(inside)
    sounds = [path for path in files if path.suffix.lower() in AUDIO]
    beside = {(path.parent, path.stem) for path in sounds}
    given: set[tuple[Path, ...]] = set()
    for path in files:
        if path.suffix.lower() in AUDIO:
            source = _recording(path)
            if source.audio not in given:
                given.add(source.audio)
                yield source
        elif path.suffix.lower() == ".json" and not _is_sidecar(path, beside):
            yield Source(call_id=path.stem, listed=str(path), transcript=path)


def _is_sidecar(path: Path, beside: set[tuple[Path, str]]) -> bool:
    """`call.json` and `call.anything.json` belong to `call.wav`."""
    parts = path.name.split(".")
    return any((path.parent, ".".join(parts[:n])) in beside for n in range(1, len(parts)))


def _filled(source: Source, common: Source) -> Source:
    return replace(
        source,
        script=source.script or common.script,
        seat=source.seat or common.seat,
        started_at=source.started_at or common.started_at,
        channels=source.channels or common.channels,
        queue=source.queue or common.queue,
    )


def _unfit(call_id: str) -> str | None:
    """Why this id cannot name a result file."""
    if call_id.lower() in _TAKEN:
        return f"call id {call_id!r} is the name of a page of its own; rename the call"
    if not _FIT.fullmatch(call_id) or len(call_id.encode()) > 200:
        return f"call id {call_id[:60]!r} cannot be a file name; rename the call"
    return None
