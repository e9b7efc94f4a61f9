"""Conditions as members read them, and what each sentence is about."""
