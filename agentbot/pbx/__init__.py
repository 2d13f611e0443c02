"""Doors to the telephone exchange: AMI, AudioSocket, FastAGI and the other routes of sound."""
