"""From sound to `core.events.Heard`: files, voice activity, recognisers."""
