"""`agentbot doctor`: is everything there that a live call needs, and if not, what is to be done?

Each module looks at one trade and gives `Check`s; `examine` puts them in order and bounds their
time; `words` says them. Nothing is changed anywhere: not on the exchange, not on this machine.
"""
