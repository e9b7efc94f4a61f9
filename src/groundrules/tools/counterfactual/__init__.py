"""What would have had to be different: the smallest changes that make a rule fire, or not."""
