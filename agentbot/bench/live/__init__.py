"""The live service measured whole: over real sockets, with a simulated exchange, in real time."""
