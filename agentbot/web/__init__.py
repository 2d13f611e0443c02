"""Pages of the seats: what the operator sees while the call is live."""
