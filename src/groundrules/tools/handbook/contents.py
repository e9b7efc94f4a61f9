"""The contents of the handbook, chapter by chapter.

The rulebook itself comes first, then each import that has something to say to members. Rules in shadow and rules that
are off are not for members. Chapters about the whole (appeals, who decides, what is remembered) close the book.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundrules.checker.bindings import Instance
from groundrules.checker.model import Checked
from groundrules.checker.people import filled
from groundrules.lower import lower
from groundrules.narrate.localised import pick
from groundrules.tools.handbook.closing import closing
from groundrules.tools.handbook.document import Block, Document, Heading, Paragraph
from groundrules.tools.handbook.exemptions import SharedExemptions
from groundrules.tools.handbook.guide import Guide
from groundrules.tools.handbook.phrases import Phrases
from groundrules.tools.handbook.sections import sections


def handbook(checked: Checked, lang: str) -> Document:
    """Return the handbook of a rulebook that checked without errors, in Chinese or (any other `lang`) English."""
    plan = lower(checked)
    phrases = Phrases(plan, lang)
    guide = Guide(checked, plan, phrases)
    root, *imports = checked.instances
    exemptions = SharedExemptions(phrases)
    blocks: list[Block] = [*_opening(root, phrases), *exemptions.chapter(list(sections(guide, "", 2)))]
    for instance in imports:
        blocks += _import(guide, instance, exemptions)
    title = phrases.title(filled(root.book.title, root), plan.rulebook)
    return Document(phrases.lang, phrases("handbook", title=title), (*blocks, *closing(guide)), phrases("footer"))


def _opening(instance: Instance, phrases: Phrases) -> Iterator[Block]:
    text = pick(filled(instance.book.text, instance), phrases.lang)
    if text:
        yield Paragraph(text)


def _import(guide: Guide, instance: Instance, exemptions: SharedExemptions) -> Iterator[Block]:
    blocks = list(sections(guide, ".".join(instance.alias), 3))
    if blocks:
        yield Heading(2, guide.phrases.title(filled(instance.book.title, instance), instance.alias[-1]))
        yield from _opening(instance, guide.phrases)
        yield from exemptions.chapter(blocks)
