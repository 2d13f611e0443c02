"""Log likelihood ratios of two legs, and what they are worth."""

from __future__ import annotations

__all__ = ["CLEARLY_SAME", "OTHER", "SAME", "sameness"]

SAME, OTHER = -3.0, -6.0
"""Log likelihood ratios from which both legs surely carry one value, or surely two. On 86
recorded telephone read-backs right ones lie above -5.7 and wrong ones between -4.5 and -12.7."""
CLEARLY_SAME = -1.0
"""The same where little is compared: a sign of a family name, or numbers that nothing is near."""


def sameness(ratio: float) -> float:
    """From a log likelihood ratio to 0..1: 1 at `SAME` and above, 0 at `OTHER` and below."""
    return max(0.0, min(1.0, (ratio - OTHER) / (SAME - OTHER)))
