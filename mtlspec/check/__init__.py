"""Graph → diagnostics: the sentences that must hold of every model."""

from mtlspec.check.rules import check

__all__ = ["check"]
