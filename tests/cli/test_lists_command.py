"""`groundrules lists`: what was added while a rulebook ran becomes a change to its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from groundrules.cli.main import cli

BOOK = """
rulebook: shop
use: [std/chat]
lists:
  adverts: {changes: true, items: [spam, offer]}  # ours
rules:
  - id: more
    on: message
    when: known(capture(text, /^add (.+)/))
    then: [{enlist: 'capture(text, /^add (.+)/) ?? ""', in: adverts}]
"""
CHANGED = "  adverts: {changes: true, items: [spam, offer, winner]}  # ours\n"


def run(*given: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["lists", *given], input=stdin)


def book(folder: Path) -> Path:
    path = folder / "rulebook.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def ran(folder: Path, *communities: str) -> str:
    """Return a state in which each of the communities has added a word."""
    events = folder / "events.jsonl"
    common = {"type": "message", "time": "2026-11-01T00:00:00Z", "channel": {"id": "x"}, "actor": {"id": "a"}}
    events.write_text(
        "".join(
            json.dumps({"id": id, "community": {"id": id}, "text": "add winner", **common}) + "\n" for id in communities
        ),
        encoding="utf-8",
    )
    state = str(folder / "state.db")
    result = CliRunner().invoke(cli, ["run", str(folder / "rulebook.yaml"), str(events), "--state", state])
    assert result.exit_code == 0, result.output
    return state


def test_what_was_added_is_shown_then_written_and_then_forgotten(tmp_path: Path) -> None:
    path = book(tmp_path)
    state = ran(tmp_path, "c")
    shown = run(str(path), "--state", state)
    assert shown.exit_code == 0
    assert f"+{CHANGED}" in shown.stdout
    assert path.read_text(encoding="utf-8") == BOOK
    assert run(str(path), "--state", state, "--write").exit_code == 0
    assert CHANGED in path.read_text(encoding="utf-8")
    assert "as the rulebook declares" in run(str(path), "--state", state).output


def test_files_are_named_as_a_patch_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path)
    state = ran(tmp_path, "c")
    outside = path.relative_to(path.anchor).as_posix()
    assert run(str(path), "--state", state).stdout.startswith(f"--- a/{outside}\n+++ b/{outside}\n")
    monkeypatch.chdir(tmp_path)
    for given in (str(path), "./rulebook.yaml", "rulebook.yaml"):
        assert run(given, "--state", state).stdout.startswith("--- a/rulebook.yaml\n+++ b/rulebook.yaml\n")


def test_of_several_communities_one_is_named(tmp_path: Path) -> None:
    path = book(tmp_path)
    state = ran(tmp_path, "c", "d")
    refused = run(str(path), "--state", state)
    assert refused.exit_code == 2
    assert "--community: c, d" in refused.output
    assert f"+{CHANGED}" in run(str(path), "--state", state, "--community", "d").stdout
    assert "as the rulebook declares" in run(str(path), "--state", state, "--community", "e").output


def test_an_answer_of_the_service_is_taken(tmp_path: Path) -> None:
    answer = json.dumps({"lists": {"adverts": {"added": ["winner"], "removed": []}}})
    assert f"+{CHANGED}" in run(str(book(tmp_path)), "--changes", "-", stdin=answer).stdout


def test_what_is_no_answer_no_state_or_no_list_is_refused(tmp_path: Path) -> None:
    path = str(book(tmp_path))
    assert run(path).exit_code == 2
    for odd in ("", "[]", "{}", '{"lists": {"adverts": {"added": [3]}}}', b"\xff", "[" * 10_000):
        refused = run(path, "--changes", "-", stdin=odd)
        assert (refused.exit_code, refused.stdout) == (1, ""), odd
        assert "not a response of the service" in refused.stderr
    unknown = run(path, "--changes", "-", stdin='{"lists": {"others": {"added": ["a"]}}}')
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "no list `others`" in unknown.stderr
    assert run(path, "--state", str(tmp_path / "none.db")).exit_code == 2
    (tmp_path / "odd.db").write_bytes(b"no database")
    assert run(path, "--state", str(tmp_path / "odd.db")).exit_code == 1
