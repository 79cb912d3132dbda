"""Calls: an op with its options meets its values, and owns, borrows or lends its weights."""
