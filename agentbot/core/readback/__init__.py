"""What the caller gave, said again by the operator: by its value, or by its place alone."""
