"""Text → tree, and back."""
