"""How well and how fast: agentbot against the truth and against the bare recogniser."""
