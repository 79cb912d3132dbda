"""Text → tree, and back."""

from mtlspec.syntax.parser import parse_file, parse_value

__all__ = ["parse_file", "parse_value"]
