"""Texts of an event: their views, and one pass over each for all the words that rules look for."""
