"""A replay's report as text for a terminal, Markdown for a pull request, or one page of HTML."""
