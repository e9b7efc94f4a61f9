"""Texts for people: one for all languages, or one per language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from groundrules.diagnostics.codes import files as codes
from groundrules.diagnostics.model import Report
from groundrules.rulebook.expressions import BrokenItemError, Expressions, comment_behind, text
from groundrules.rulebook.model import Message, Texts
from groundrules.rulebook.yaml import YMapping, YNode, YScalar
from groundrules.syntax import nodes
from groundrules.syntax.parse import parse_template

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WORDS = frozenset({"as", "at", "by", "do", "id", "if", "in", "is", "no", "of", "on", "or", "per", "to", "who"})


def is_localised(node: YNode, languages: Iterable[str]) -> bool:
    """Whether a mapping is one text per language, and not the arguments of an action.

    Its keys must all look like languages, and one of them be a language of the rulebook or at least no English word:
    `{to: owner}` is an argument unless the rulebook speaks Tongan.
    """
    if not isinstance(node, YMapping) or not node.items:
        return False
    keys = [key.text for key, _ in node.items]
    declared = set(languages)
    return all(map(_LANGUAGE.fullmatch, keys)) and any(
        key in declared or (("-" in key or len(key) == 2) and key not in _WORDS) for key in keys
    )


def read_texts(node: YNode | None, report: Report) -> Texts:
    """Return the texts of a `title` or `text` by language, "" for one that speaks to all."""
    if node is None:
        return {}
    return {language: text(value) for language, value in _by_language(node, report)}


def read_message(node: YNode, report: Report) -> Message | None:
    """Return the templates of a message by language; None if one could not be parsed, which is reported."""
    reader = Expressions(report)
    templates: dict[str, nodes.Parsed[nodes.Template]] = {}
    for language, value in _by_language(node, report):
        try:
            templates[language] = reader.parse(parse_template, value, "text")
        except BrokenItemError:
            continue
    return None if reader.failures else Message(templates, node.span)


def _by_language(node: YNode, report: Report) -> list[tuple[str, YScalar]]:
    pairs = [(key.text, value) for key, value in node.items] if isinstance(node, YMapping) else [("", node)]
    scalars = [(language, value) for language, value in pairs if isinstance(value, YScalar)]
    for _, value in scalars:
        warn_of_cut(value, report)
    return scalars


def warn_of_cut(node: YScalar, report: Report) -> None:
    """Warn where a comment behind a text looks like the rest of the text: `see #help`."""
    comment = comment_behind(node)
    if comment is None or not re.match(r"#[^\s#]", comment[1]):
        return
    message = f"the text ends before `{comment[1].split()[0]}`, which YAML takes for a comment"
    span = node.file.span(*comment.span(1))
    report.add(codes.CUT_TEXT.at(span, message, "put the text in quotes, or a space after `#`"))
