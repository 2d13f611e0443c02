"""AMI: the exchange's manager interface, as bytes, as one connection, as a picture of running calls."""
