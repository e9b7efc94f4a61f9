"""The page of a code, as `lint --explain` prints it."""

from __future__ import annotations

from difflib import get_close_matches

from groundrules.diagnostics.codes import CODES, Code
from groundrules.diagnostics.translation import titled, word


def explain(code: str, lang: str = "en") -> str:
    """Return the page of `code`, given as `GR301` or by its name. Raises LookupError that names the nearest."""
    code_found = _find(code.strip())
    if code_found is None:
        names = [*CODES, *(known.name for known in CODES.values())]
        closest = get_close_matches(code.strip(), names, n=1) or get_close_matches(code.strip().upper(), names, n=1)
        raise LookupError(f"there is no code `{code}`" + (f"; did you mean `{closest[0]}`?" if closest else ""))
    head = f"{code_found.code} {code_found.name} ({word(code_found.severity, lang)})"
    return f"{head}\n{titled(code_found.code, code_found.title, lang)}\n\n{code_found.page.strip()}\n"


def _find(code: str) -> Code | None:
    if code.upper() in CODES:
        return CODES[code.upper()]
    return next((known for known in CODES.values() if known.name == code.lower()), None)
