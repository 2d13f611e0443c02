"""A small exchange over real sockets: AMI and AudioSocket, from samples and recorded logs."""
