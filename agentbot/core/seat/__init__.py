"""What one seat sees of its call, at any moment."""
