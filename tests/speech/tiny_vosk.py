"""A Vosk model of a few kilobytes that tells a low tone from a high one.

The files are in Kaldi's text form and OpenFst's binary one; the real library reads and
decodes them, so partials, word times, ends of speech and lattices are its own.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

WORDS = ("低", "高")
_BINS, _RATE, _TOP = 23, 16_000, 7_600
_HERTZ = (400.0, 2_500.0)
_LOUD = 9.0
"""Log energy of a mel band above which it is a tone."""
_WORD_COST = 12.0


def build(folder: Path) -> Path:
    """Write the model to a new folder."""
    for part in ("am", "conf", "graph/phones"):
        (folder / part).mkdir(parents=True)
    (folder / "conf/mfcc.conf").write_text(
        f"--sample-frequency={_RATE}\n--num-mel-bins={_BINS}\n--num-ceps={_BINS}\n--use-energy=false\n"
        f"--cepstral-lifter=0\n--low-freq=20\n--high-freq={_TOP}\n--dither=0\n"
    )
    (folder / "conf/model.conf").write_text(
        "--beam=40\n--lattice-beam=10\n--max-active=100\n--min-active=1\n--acoustic-scale=1.0\n"
        "--frame-subsampling-factor=3\n--endpoint.silence-phones=1\n"
    )
    (folder / "am/final.mdl").write_text(_transitions() + _network())
    lines = ("<eps>", *WORDS, "[unk]")
    (folder / "graph/words.txt").write_text(
        "".join(f"{word} {number}\n" for number, word in enumerate(lines)), encoding="utf-8"
    )
    (folder / "graph/phones/word_boundary.int").write_text("1 nonword\n2 singleton\n3 singleton\n")
    (folder / "graph/HCLG.fst").write_bytes(_graph())
    return folder


def _transitions() -> str:
    """Silence and the two words: one phone each, of one state that may last."""
    return (
        "<TransitionModel> \n<Topology> \n<TopologyEntry> \n<ForPhones> \n1 2 3 \n</ForPhones> \n"
        "<State> 0 <PdfClass> 0 <Transition> 0 0.5 <Transition> 1 0.5 </State> \n<State> 1 </State> \n"
        "</TopologyEntry> \n</Topology> \n"
        "<Triples> 3 \n1 0 0 \n2 0 1 \n3 0 2 \n</Triples> \n"
        "<LogProbs> \n [ 0 -0.69 -0.69 -0.69 -0.69 -0.69 -0.69 ]\n</LogProbs> \n</TransitionModel> \n"
    )


def _network() -> str:
    """One layer that turns the cepstrum back into the two mel bands that matter."""
    number = np.arange(_BINS)
    cosines = np.cos(np.pi / _BINS * (number[None, :] + 0.5) * number[:, None])
    cosines *= np.where(number == 0, np.sqrt(1 / _BINS), np.sqrt(2 / _BINS))[:, None]
    weights = np.zeros((3, _BINS))
    for row, hertz in enumerate(_HERTZ, start=1):
        weights[row] = cosines[:, _band(hertz)]
    rows = "\n".join("  " + " ".join(f"{value:.6f}" for value in row) for row in weights)
    return (
        f"<Nnet3> \ninput-node name=input dim={_BINS}\n"
        "component-node name=out component=out input=input\n"
        "output-node name=output input=out objective=linear\n\n"
        "<NumComponents> 1 \n<ComponentName> out <FixedAffineComponent> <LinearParams>  [\n"
        f"{rows} ]\n<BiasParams>  [ 0 {-_LOUD} {-_LOUD} ]\n</FixedAffineComponent> </Nnet3> "
        "<LeftContext> 0 <RightContext> 0 <Priors>  [ ]\n"
    )


def _band(hertz: float) -> int:
    low, high, at = (1127 * np.log(1 + value / 700) for value in (20, _TOP, hertz))
    return round((at - low) / (high - low) * (_BINS + 1)) - 1


def _graph() -> bytes:
    """Start, then silence or a word as often as wanted. Odd transition ids stay, even ones enter."""
    states: list[list[tuple[int, int, float, int]]] = [
        [(2, 0, 0.0, 1), (4, 1, _WORD_COST, 2), (6, 2, _WORD_COST, 3)]
    ]
    states += [[(stay, 0, 0.0, state), (0, 0, 0.0, 0)] for state, stay in ((1, 1), (2, 3), (3, 5))]
    out = struct.pack("<i", 2125659606)
    for name in (b"vector", b"standard"):
        out += struct.pack("<i", len(name)) + name
    arcs_in_all = sum(len(arcs) for arcs in states)
    out += struct.pack("<iiQqqq", 2, 0, 3, 0, len(states), arcs_in_all)
    for arcs in states:
        out += struct.pack("<fq", 0.0, len(arcs))
        for arc in arcs:
            out += struct.pack("<iifi", *arc)
    return out
