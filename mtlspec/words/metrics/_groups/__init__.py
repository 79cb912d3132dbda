"""Orders of the candidates of groups; no word of its own."""
