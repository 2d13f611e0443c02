"""Whose threads hear what."""

from __future__ import annotations

from talking import ScriptedRecogniser

from agentbot.service.ears import Ears


class OwnThreads(ScriptedRecogniser):
    def aside(self) -> ScriptedRecogniser:
        return ScriptedRecogniser([])


def test_what_can_wait_is_heard_by_threads_of_its_own() -> None:
    ears = Ears(OwnThreads([]), 1)
    assert ears.patient is not ears.recogniser
    assert ears.patient is ears.patient  # loaded once
    ears.close()


def test_an_engine_that_decodes_where_it_is_asked_needs_no_second() -> None:
    ears = Ears(ScriptedRecogniser([]), 1)
    assert ears.patient is ears.recogniser
    ears.close()
