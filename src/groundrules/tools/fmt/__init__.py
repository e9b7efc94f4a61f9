"""One canonical layout for rulebooks and their tests; comments and blank lines stay, and so does the meaning."""

from groundrules.tools.fmt.format import FormatError, Formatted, format_text

__all__ = ["FormatError", "Formatted", "format_text"]
