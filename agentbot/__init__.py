"""The assistant beside a call-centre operator while the call is live."""

__version__ = "0.1.0"
