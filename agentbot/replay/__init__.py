"""Recordings and transcripts to verdicts: one call, and many."""
