"""Ranks of items for users; no word of its own."""
