"""The syntax errors, MTL01nn: one class per human mistake."""
