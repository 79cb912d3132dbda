"""Metrics within the rows of each value of a column; no word of its own."""
