"""Whatever members, platforms and authors write: it acts on no terminal, and is markup on no page."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from groundrules.cli import printing
from groundrules.cli.main import cli
from groundrules.narrate.speech import languages

SIGNS = (
    *("\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x9b31m", "\x07", "\r", "\n", "\x00", "\x7f"),
    *("\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\u2028"),
    *("<script>", "</title>", "&lt;", '"', "'", "|", "`", "```", "*", "[x](y)", "@all", "# "),
)
ACTING = {
    chr(code)
    for code in (*range(9), *range(0xB, 0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2060, 0x2070))
}
ACTING |= {"\u061c", "\u200b", "\u200e", "\u200f", "\ufeff"}
HOSTILE = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=6).map("".join)

RULES = """\
rulebook: sample
title: {0}
text: {0}
languages: [en]
use: [std/chat]
lists: {{words: {{match: exact, items: [spam, {0}]}}}}
ledgers: {{points: {{per: member, title: {0}}}}}
rules:
  - id: words
    title: {0}
    text: {0}
    tags: [adverts]
    on: message
    when: text contains any of words
    then: [delete, {{warn: {0}}}, {{label: odd}}, {{strike: 1, ledger: points}}]
  - {{id: never, title: {0}, on: message, when: 'text == "never" and age(actor.joined) < 3d', then: [{mute}]}}
rewards:
  - {{id: thanks, title: {0}, text: {0}, on: reaction.added, grant: {{points: 1}}}}
ladders:
  - {{id: steps, title: {0}, ledger: points, steps: [{{reaches: 2, title: {0}, then: [kick]}}]}}
schedules:
  - {{id: weekly, title: {0}, at: monday 09:00, then: [{{announce: {0}}}]}}
"""
TESTS = """\
tests:
  - name: {0}
    timeline: [{{at: "09:00", message: {0}, by: li, id: a, expect: []}}]
"""
EVENT: dict[str, Any] = {"type": "message", "community": {"id": "c"}}


def event(number: int, text: str, hostile: str) -> dict[str, Any]:
    time = f"2026-03-02T09:{number:02}:00Z"
    actor, channel = {"id": f"m{hostile}", "name": hostile}, {"id": "c", "name": hostile}
    return {**EVENT, "id": f"e{number}{hostile}", "time": time, "actor": actor, "channel": channel, "text": text}


def written(folder: Path, hostile: str) -> tuple[str, str, str]:
    """A rulebook, another version of it, and events, all full of hostile texts."""
    quoted = json.dumps(hostile)
    old, new = folder / ("old" + hostile.translate({0: None, ord("/"): None})), folder / "new"
    for place, length in ((old, "mute: 10m"), (new, "mute: 20m")):
        place.mkdir()
        (place / "rulebook.yaml").write_text(RULES.format(quoted, mute="{" + length + "}"), encoding="utf-8")
        (place / "tests.yaml").write_text(TESTS.format(quoted), encoding="utf-8")
    texts = ("spam", hostile, f"hi {hostile}")
    lines = [json.dumps(event(number, text, hostile)) for number, text in enumerate(texts)]
    lines += [json.dumps({"type": hostile, "id": hostile}), json.dumps({**event(9, "x", hostile), "time": hostile})]
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(old), str(new), str(folder / "events.jsonl")


def commands(old: str, new: str, events: str, hostile: str, lang: str) -> Iterator[tuple[str, ...]]:
    id = f"e0{hostile}"
    tongue = ("--lang", lang)
    yield ("run", old, events, "--format", "human", *tongue)
    yield ("run", old, events, "--format", "human", "--all", *tongue)
    yield ("explain", old, events, f"--event={id}", *tongue)
    yield ("explain", old, events, f"--event={id}", "--rule", "never", *tongue)
    yield ("explain", old, events, f"--event={id}x", *tongue)
    yield ("explain", old, events, f"--event={id}", f"--rule={hostile}", *tongue)
    yield ("explain", old, events, f"--event={id}", "--format", "json", *tongue)
    yield ("try", old, *tongue)
    yield ("replay", old, events, "-j", "1", *tongue)
    yield ("replay", new, events, "--against", old, "-j", "1", "--format", "markdown", *tongue)
    yield ("replay", new, events, "--against", old, "-j", "1", *tongue)
    yield ("replay", new, events, "-j", "1", "--format", "json", *tongue)
    yield ("diff", old, new, *tongue)
    yield ("diff", old, new, "--format", "markdown", *tongue)
    yield ("diff", old, new, "--format", "json", *tongue)
    yield ("test", old, "--coverage", "--mutate", "--boundaries", *tongue)
    yield ("test", old, "--format", "json", *tongue)
    yield ("docs", old, "--to", "md", *tongue)
    yield ("docs", old, "--to", "html", *tongue)
    for form in ("human", "json", "sarif", "github"):
        yield ("lint", old, "--format", form)
    yield ("lint", old, "--cost")
    yield ("lint", f"{old}x")
    yield ("lint", "--explain", hostile)
    yield ("fmt", "--check", old)
    yield ("compile", old, "-o", f"{old}.grp")


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(HOSTILE, st.sampled_from(languages()))
@example("".join(SIGNS), "en")
def test_no_command_lets_a_text_act(hostile: str, lang: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = written(Path(folder), hostile)
        assert CliRunner().invoke(cli, ["compile", places[0], "-o", f"{folder}/plan.grp"]).exit_code == 0
        for command in commands(*places, hostile, lang):
            result = CliRunner().invoke(cli, command, input=f"m1: {hostile}spam\n{hostile}\n/why\n/{hostile}\n")
            assert result.exception is None or isinstance(result.exception, SystemExit), command
            assert result.exit_code in (0, 1, 2), command
            assert not ACTING & set(result.output), command
            assert not ACTING & set(result.stderr), command
        page = Path(folder) / "page.html"
        CliRunner().invoke(cli, ["replay", places[1], places[2], "--html", str(page)], catch_exceptions=False)
        assert not ACTING & set(page.read_text(encoding="utf-8"))
        pages = [page.read_text(encoding="utf-8"), CliRunner().invoke(cli, ["docs", places[0], "--to", "html"]).output]
        assert not any("<script" in shown for shown in pages)


def test_records_are_as_they_are_in_a_pipe_and_escaped_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    record = json.dumps({"text": "a\u202e\x9b31m"}, ensure_ascii=False).encode() + b"\n"
    printing.write_records(record)
    assert capfdbinary.readouterr().out == record
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    printing.write_records(record)
    shown = capfdbinary.readouterr().out
    assert json.loads(shown) == json.loads(record)
    assert not ACTING & set(shown.decode())
