"""Files as partners send them, and what becomes of each."""
