"""Verdicts made readable: JSON, one page per call, and the table and overview of a batch.

Takes `core.verdict` objects and the sound of the legs; knows no script and no recogniser.
"""
