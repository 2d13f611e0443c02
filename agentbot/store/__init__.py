"""What is kept of live calls."""
