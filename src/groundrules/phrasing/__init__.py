"""Conditions as members read them, and what each of the sentences is about."""
