"""Expressions: what they are worth, and the values that only the language itself knows."""
