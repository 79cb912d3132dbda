"""Components: which is called, with what, and what of its body comes back."""
