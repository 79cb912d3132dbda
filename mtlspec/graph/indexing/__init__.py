"""Indices: sets, the members that a left side declares, and what an index on the right picks."""
