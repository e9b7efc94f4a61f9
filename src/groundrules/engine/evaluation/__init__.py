"""The values of expressions, effects and messages, and the reasons for them: clauses, evidence, missing reads."""
