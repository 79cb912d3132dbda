"""What balancing methods that learn have in common; no word of its own."""
