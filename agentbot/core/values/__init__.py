"""How each kind of value is heard, corrected, repeated and compared."""
