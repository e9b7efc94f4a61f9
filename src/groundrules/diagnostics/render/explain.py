"""The page of a code, as `lint --explain` prints it."""

from __future__ import annotations

import re
from difflib import get_close_matches

from groundrules.diagnostics.codes import CODES, Code
from groundrules.diagnostics.translation import page, titled, word
from groundrules.display.columns import paragraphs, wrapped

COLUMNS = 80


def explain(code: str, lang: str = "en") -> str:
    """Return the page of `code`, given as `GR301` or by its name. Raises LookupError that names the nearest."""
    code_found = _find(code.strip())
    if code_found is None:
        names = [*CODES, *(known.name for known in CODES.values())]
        closest = get_close_matches(code.strip(), names, n=1) or get_close_matches(code.strip().upper(), names, n=1)
        raise LookupError(f"there is no code `{code}`" + (f"; did you mean `{closest[0]}`?" if closest else ""))
    head = f"{code_found.code} {code_found.name}{word('of_kind', lang, kind=word(code_found.severity, lang))}"
    body = _filled(page(code_found.code, code_found.page, lang), lang)
    return f"{head}\n{titled(code_found.code, code_found.title, lang)}\n\n{body.strip()}\n"


def _filled(page: str, lang: str) -> str:
    """A page with its paragraphs in lines of a terminal; English ones are written in such lines."""
    if lang == "en":
        return page
    parts = re.split(r"^(```.*?^```$)", page, flags=re.M | re.S)
    return "\n".join(part if part.startswith("```") else _in_lines(part) for part in parts)


def _in_lines(text: str) -> str:
    around = text.startswith("\n\n"), text.endswith("\n\n")
    filled = "\n\n".join("\n".join(wrapped(paragraph, COLUMNS)) for paragraph in paragraphs(text) if paragraph)
    return "\n" * around[0] + filled + "\n" * around[1]


def _find(code: str) -> Code | None:
    if code.upper() in CODES:
        return CODES[code.upper()]
    return next((known for known in CODES.values() if known.name == code.lower()), None)
