"""Counterfactuals: the smallest changes that would have made a rule fire, or not fire."""
