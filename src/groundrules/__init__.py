"""Rules as code for communities."""
