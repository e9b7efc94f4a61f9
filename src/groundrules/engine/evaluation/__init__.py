"""What expressions, effects and messages come to, and why: clauses, evidence, reads that were missing."""
