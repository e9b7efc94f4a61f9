"""A diff as text for a terminal, or Markdown for a pull request."""
