"""`python -m bench.automoderator`: how many rules of AutoModerator can be said, and what stops the rest.

A document is said whole if its translation is a rule that the checker takes.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import groundrules
from bench.automoderator.conditions import UnsaidError
from bench.automoderator.translate import rules

DOCUMENTS = Path(__file__).parents[3] / "shared" / "data" / "automoderator"
REDDIT = Path(__file__).parent / "reddit"


class Verdict(NamedTuple):
    """The result for a document: the rules that express it, or what could not be expressed."""

    file: str
    number: int
    rules: list[dict[str, Any]]
    unsaid: str = ""


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the readable documents of a file."""
    text = path.read_text(encoding="utf-8", errors="replace").replace("\t", "    ")
    for part in re.split(r"(?m)^---.*$", text):
        try:
            document = yaml.safe_load(part)
        except yaml.YAMLError:
            continue
        if isinstance(document, dict):
            yield document


def verdicts() -> list[Verdict]:
    """Translate all documents, and check each by itself."""
    return [
        _verdict(path.name, number, document)
        for path in sorted(DOCUMENTS.glob("*.yaml"))
        for number, document in enumerate(documents(path), 1)
    ]


def _verdict(file: str, number: int, document: dict[str, Any]) -> Verdict:
    try:
        written = rules(number, document)
    except UnsaidError as error:
        return Verdict(file, number, [], str(error))
    wrong = [finding for finding in checked(written) if finding.severity == "error"]
    if wrong:
        return Verdict(file, number, [], f"{wrong[0].code}: {wrong[0].message}")
    return Verdict(file, number, written)


def checked(rules: list[dict[str, Any]]) -> list[groundrules.Diagnostic]:
    """Return the checker's findings on a rulebook with these rules."""
    with tempfile.TemporaryDirectory() as folder:
        book = {"rulebook": "subreddit", "use": [os.path.relpath(REDDIT, folder)], "rules": rules}
        path = Path(folder) / "rulebook.yaml"
        path.write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")
        return groundrules.check(path, roots=[REDDIT])


def main() -> None:
    results = verdicts()
    whole = [verdict for verdict in results if verdict.rules]
    print(f"{len(results)} documents, {len(whole)} said whole: {len(whole) / len(results):.1%}")
    for reason, times in Counter(verdict.unsaid for verdict in results if not verdict.rules).most_common():
        print(f"  {times}  {reason}")


if __name__ == "__main__":
    main()
