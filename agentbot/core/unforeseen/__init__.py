"""Steps done in words that no cue knows."""
