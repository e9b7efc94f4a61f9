"""How an event comes in: decoded and validated, or told why not; then numbered and stamped by the one clock."""
