"""Mixes: gates and stitches, their candidates, their scores, and what is read of them."""
