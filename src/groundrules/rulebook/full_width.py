"""Full-width characters that input methods type where names and punctuation are meant."""

from __future__ import annotations

_PUNCTUATION = str.maketrans("：，、（）［］｛｝＃　“”‘’．。－＿", ":,,()[]{}# \"\"''..-_")
_LETTERS = {0xFF01 + index: 0x21 + index for index in range(0x5E)}


def narrow(text: str) -> str:
    """Return `text` as an ASCII keyboard would have typed it, without blanks around it."""
    return text.translate(_LETTERS | _PUNCTUATION).strip()
