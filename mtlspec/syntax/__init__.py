"""Text → tree, and back."""

from mtlspec.syntax.parser import parse_file, parse_value
from mtlspec.syntax.printer import print_expr, print_file, print_stmt

__all__ = ["parse_file", "parse_value", "print_expr", "print_file", "print_stmt"]
