"""Names: what is declared, what can be seen from where, and what an unknown one may have meant."""
