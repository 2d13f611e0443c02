"""The running service: the only asyncio tasks, from the exchange to the seat."""
