"""Order never matters, and clean means that lowering cannot fail."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given

from groundrules.checker import check
from groundrules.diagnostics.model import Report
from groundrules.lower import lower
from groundrules.plan import codec, ir
from groundrules.rulebook.load import load_rulebook, load_text
from strategies.rulebooks import HEADER, any_books, sound_books

# --- order --------------------------------------------------------------------------------------

SECTIONS: dict[str, list[str]] = {
    "lists": ["  bad: {match: squeezed, items: [%s]}\n", "  good: {items: [x, y]}\n"],
    "define": ["  staff: actor.roles has any of [%s]\n", "  loud: caps(text) > 50%%\n"],
    "ledgers": ["  strikes: {per: member}\n", "  points: {per: member, fade: 1 every 1d}\n"],
    "rules": [
        "  - {id: a, on: message, unless: staff, when: text contains any of bad, then: [delete, strike: 1]}\n",
        "  - {id: b, on: [message, message.edited], when: loud, then: [strike: 2, delete]}\n",
        '  - {id: c, on: message, when: "count(message by actor, text within 1m) >= 3", then: [delete: matched]}\n',
        '  - {id: d, on: message, when: "count(message by text, actor within 5m) >= 9", then: [mute: 5m]}\n',
    ],
    "ladders": [
        "  - {id: l, ledger: strikes, steps: [{reaches: 3, then: [mute: 5m]}]}\n",
        "  - {id: m, ledger: points, steps: [{reaches: 5, then: [add_role: core]}]}\n",
    ],
    "schedules": [
        '  - {id: s, at: "09:00", then: [{notify: {role: admin}}]}\n',
        "  - {id: t, at: monday 10:00, then: [{notify: {role: owner}}]}\n",
    ],
}


def shuffled(seed: int, folder: Path) -> str:
    """Write the rulebook in some order, over one to three files, with comments here and there; return its digest."""
    dice = random.Random(seed)
    texts = [HEADER, "", ""][: dice.randint(1, 3)]
    for section in dice.sample(list(SECTIONS), len(SECTIONS)):
        per_file: dict[int, list[str]] = {}
        for item in dice.sample(SECTIONS[section], len(SECTIONS[section])):
            words = dice.sample(["one", "two", "three"], 3)
            filled = item % ", ".join(f'"{word}"' for word in words) if "%s" in item else item.replace("%%", "%")
            per_file.setdefault(dice.randrange(len(texts)), []).append(filled)
        for number, items in per_file.items():
            texts[number] += "\n" * dice.randint(0, 2) + f"{section}: # {dice.random()}\n" + "".join(items)
    folder.mkdir()
    for number, text in enumerate(texts):
        if text:
            (folder / f"{dice.choice('abc')}{number}.yaml").write_text(text, "utf-8")
    report = Report()
    book = load_rulebook(folder, report)
    assert book is not None
    plan = lower(check(book, report))
    assert not report.sorted, report.sorted
    return codec.digest(plan)


def test_the_order_of_rules_files_and_list_items_changes_no_digest(tmp_path: Path) -> None:
    assert len({shuffled(seed, tmp_path / str(seed)) for seed in range(40)}) == 1


@pytest.mark.parametrize("change", [("strike: 1", "strike: 3"), ("within 1m", "within 2m"), ("[x, y]", "[x, z]")])
def test_what_a_rulebook_means_changes_the_digest(change: tuple[str, str]) -> None:
    body = "".join(
        f"{section}:\n" + "".join(item.replace("%s", "one").replace("%%", "%") for item in items)
        for section, items in SECTIONS.items()
    )
    body = body.replace("has any of [one]", 'has any of ["one"]')
    used = body.replace("when: loud", "when: loud and text not in good")
    assert codec.digest(_plan(used)) != codec.digest(_plan(used.replace(*change)))


def _plan(body: str) -> ir.Plan:
    report = Report()
    book = load_text(HEADER + body, report)
    assert book is not None
    made = lower(check(book, report))
    assert not report.sorted, report.sorted
    return made


# --- clean means cannot fail --------------------------------------------------------------------


@given(any_books())
def test_the_checker_answers_whatever_a_rulebook_says(text: str) -> None:
    _lowered_if_clean(text)


@given(sound_books())
def test_clean_means_that_lowering_cannot_fail(text: str) -> None:
    _lowered_if_clean(text)


def _lowered_if_clean(text: str) -> ir.Plan | None:
    report = Report()
    book = load_text(text, report)
    if book is None or report.has_errors:
        return None
    checked = check(book, report)
    if report.has_errors:
        return None
    plan = lower(checked)
    assert codec.decode(codec.encode(plan)) == plan
    return plan
