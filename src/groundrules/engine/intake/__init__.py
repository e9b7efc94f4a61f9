"""How an event comes in: decoded and validated, or refused; then numbered and stamped by the one clock."""
