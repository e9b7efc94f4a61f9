"""How findings look: to people on a terminal, and to machines."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import pytest

from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.codes.syntax import FULL_WIDTH, UNCLOSED
from groundrules.diagnostics.model import Diagnostic, Fix, Label, Severity
from groundrules.diagnostics.render import github, human, sarif
from groundrules.diagnostics.render import json as json_format
from groundrules.diagnostics.render.explain import explain
from groundrules.diagnostics.render.summary import summary
from groundrules.diagnostics.source import SourceFile, Span

FILE = SourceFile("rules/群规.yaml", "rules:\n\twhen: 广告 and any（x\n  until: (a\n    or b\n")


def at(text: str, file: SourceFile = FILE) -> Span:
    start = file.text.index(text)
    return file.span(start, start + len(text))


def wide() -> Diagnostic:
    fixes = [Fix(at("（"), "(", "write `(`", safe=True)]
    return FULL_WIDTH.at(at("（"), "`（` is not the plain `(`", "write `(`", fixes=fixes)


def unclosed() -> Diagnostic:
    end = FILE.text.index("or b") + 4
    return UNCLOSED.at(FILE.span(end, end), "this `(` is never closed", None, [Label(at("("), "opened here")])


def test_human_aligns_by_display_width() -> None:
    assert human.render([wide()]) == (
        "error[GR205]: `（` is not the plain `(`\n"
        " --> rules/群规.yaml:2:18\n"
        "  |\n"
        "2 |     when: 广告 and any（x\n"
        "  |                       ^^\n"
        "  |\n"
        "  = help: write `(`\n"
        "  = fix: write `(`\n"
        "2 -     when: 广告 and any（x\n"
        "2 +     when: 广告 and any(x\n"
        "\n"
        "1 error in 1 file\n"
    )


def test_human_shows_labels_in_the_order_of_lines() -> None:
    assert human.render([unclosed()]).split("\n\n")[0] == (
        "error[GR202]: this `(` is never closed\n"
        " --> rules/群规.yaml:4:9\n"
        "  |\n"
        "3 |   until: (a\n"
        "  |          - opened here\n"
        "4 |     or b\n"
        "  |         ^"
    )


def test_human_names_the_other_file() -> None:
    other = SourceFile("std.yaml", "\n" * 9 + "lists: {}\n")
    found = UNCLOSED.at(at("when"), "taken twice", None, [Label(at("lists", other), "first declared here")])
    text = human.render([found])
    assert "  ::: std.yaml:10:1\n" in text
    assert "10 | lists: {}\n   | ----- first declared here\n" in text
    assert " 2 |     when" in text


def test_human_colors_only_if_asked() -> None:
    assert "\x1b[" not in human.render([wide()])
    assert human.render([wide()], color=True).startswith("\x1b[1;31merror[GR205]\x1b[0m")


def test_human_never_lets_source_text_steer_the_terminal() -> None:
    file = SourceFile("a\x1b[2J.yaml", "x: \x1b[31m\u202eevil\n")
    found = UNCLOSED.at(at("evil", file), "bad `\x1b[0m`", "see \x9b")
    text = human.render([found])
    assert not set("\x1b\x9b\u202e") & set(text)


def test_human_cuts_long_lines_around_the_place() -> None:
    file = SourceFile("long.yaml", "a or " * 2000 + "bad" + " or c" * 2000)
    lines = human.render([UNCLOSED.at(at("bad", file), "wrong")]).splitlines()
    assert all(len(line) < 200 for line in lines)
    column = lines[4].index("^^^")
    assert lines[3][column : column + 3] == "bad"


def test_preview_of_fixes_that_touch_two_lines() -> None:
    file = SourceFile("a.yaml", "when: a &&\n  b || c\n")
    fixes = [Fix(at("&&", file), "and", "write `and`"), Fix(at("||", file), "or", "write `or`")]
    text = human.render([UNCLOSED.at(at("&&", file), "wrong", None, fixes=fixes)])
    assert "= fix: write `and`, write `or`\n1 - when: a &&\n2 -   b || c\n1 + when: a and\n2 +   b or c\n" in text


def test_a_place_at_the_very_end_of_a_file() -> None:
    empty = SourceFile("empty.yaml", "")
    assert "empty.yaml:1:1" in human.render([UNCLOSED.at(empty.span(0, 0), "nothing here")])


def test_json_structure() -> None:
    document = json.loads(json_format.render([wide(), unclosed()]))
    first = document["diagnostics"][0]
    location = {
        "file": "rules/群规.yaml",
        "start": {"line": 2, "column": 18, "offset": 24},
        "end": {"line": 2, "column": 19, "offset": 25},
    }
    assert first == {
        "code": "GR205",
        "name": "full-width-punctuation",
        "severity": "error",
        "message": "`（` is not the plain `(`",
        "help": "write `(`",
        "location": location,
        "labels": [],
        "fixes": [{"title": "write `(`", "safe": True, "location": location, "replacement": "("}],
    }
    assert document["version"] == 1
    assert document["summary"] == {"errors": 2, "warnings": 0, "notes": 0, "files": 1}


def test_sarif_structure() -> None:
    run = json.loads(sarif.render([wide(), unclosed()]))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["GR202", "GR205"]
    first, second = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("GR205", 1, "error")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "rules/%E7%BE%A4%E8%A7%84.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 2, "startColumn": 18, "endLine": 2, "endColumn": 19}
    replacement = first["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement == {"deletedRegion": place["region"], "insertedContent": {"text": "("}}
    assert second["relatedLocations"][0]["message"]["text"] == "opened here"


@pytest.mark.parametrize(
    ("path", "want"),
    [
        ("/repo/a b.yaml", {"uri": "a%20b.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/other/a.yaml", {"uri": "file:///other/a.yaml"}),
        ("x/a.yaml", {"uri": "x/a.yaml", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_sarif_uris(path: str, want: dict[str, Any]) -> None:
    found = UNCLOSED.at(SourceFile(path, "a").span(0, 1), "wrong")
    run = json.loads(sarif.render([found], root=PurePosixPath("/repo")))["runs"][0]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == want


def test_github_escapes() -> None:
    file = SourceFile("a,b:c.yaml", "x\n")
    found = UNCLOSED.at(file.span(0, 1), "100% of\n`x`", "write: y")
    assert github.render([found]) == (
        "::error file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=1,endColumn=2,title=GR202 unclosed"
        "::100%25 of%0A`x`%0Ahelp: write: y\n"
    )
    assert github.render([]) == ""


def test_github_leaves_columns_out_over_several_lines() -> None:
    assert "col=" not in github.render([UNCLOSED.at(FILE.span(0, 12), "wrong")])


def test_summary() -> None:
    other = SourceFile("b.yaml", "b")
    warning = Diagnostic("GR699", Severity.WARNING, "careful", other.span(0, 1))
    assert summary([wide(), unclosed(), warning]) == "2 errors, 1 warning in 2 files"
    assert summary([]) == "no problems found"


def test_every_code_has_its_page() -> None:
    for code in CODES.values():
        assert code.title in explain(code.code)
        assert explain(code.name) == explain(code.code.lower())
        assert code.page.strip()


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(LookupError, match="did you mean `unclosed`"):
        explain("unclosd")


def test_human_shows_the_first_findings_errors_before_the_rest_and_counts_the_others() -> None:
    file = SourceFile("many.yaml", "x\n" * 10_000)
    found = [UNCLOSED.at(file.span(2 * line, 2 * line + 1), f"number {line}") for line in range(10_000)]
    found[0] = Diagnostic("GR622", Severity.NOTE, "only a note", file.span(0, 1))
    text = human.render(found)
    assert text.count("error[GR202]") == human.MOST
    assert "only a note" not in text
    assert "… and 9,950 more: `groundrules lint --format json` shows all" in text
    assert text.endswith("9999 errors, 1 note in 1 file\n")
    assert len(json.loads(json_format.render(found))["diagnostics"]) == 10_000


def test_human_shows_the_first_labels() -> None:
    file = SourceFile("many.yaml", "x\n" * 200)
    labels = [Label(file.span(2 * line, 2 * line + 1), "used here") for line in range(1, 150)]
    text = human.render([UNCLOSED.at(file.span(0, 1), "never closed", None, labels)])
    assert text.count("used here") == 6
    assert "and 143 more places" in text


def test_words_of_a_megabyte_are_cut() -> None:
    found = UNCLOSED.at(FILE.span(0, 1), f"unknown name `{'a' * 1_000_000}`", f"did you mean `{'b' * 1_000_000}`?")
    assert len(found.message) + len(found.help or "") < 2000
    assert found.message.startswith("unknown name `aaa")
    assert found.message.endswith("aaa`")


def test_json_stays_one_layout_and_survives_odd_names() -> None:
    found = UNCLOSED.at(SourceFile("odd\udcff.yaml", "x").span(0, 1), "never closed")
    assert json_format.render([found]).startswith(
        '{\n  "version": 1,\n  "diagnostics": [\n    {\n      "code": "GR202"'
    )


def test_human_tells_one_mistake_made_many_times_once() -> None:
    file, other = SourceFile("many.yaml", "x\n" * 200), SourceFile("other.yaml", "x\n" * 9)
    same = [UNCLOSED.at(file.span(2 * line, 2 * line + 1), "never closed") for line in range(16)]
    found = [UNCLOSED.at(file.span(0, 1), "another"), *same, UNCLOSED.at(other.span(2, 3), "never closed")]
    text = human.render(found)
    assert text.count("error[GR202]: never closed") == 1
    assert "= 17 times: also in line 2, line 3, line 4," in text
    assert "line 16, other.yaml:2\n" in text
    assert text.endswith("18 errors in 2 files\n")
    assert human.render(found[: human.FEW]).count("never closed") == human.FEW - 1
