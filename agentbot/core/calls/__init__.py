"""Calls, legs and talks, followed from the facts an exchange tells."""
