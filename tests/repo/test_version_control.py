"""What we give to repositories of rulebooks: hooks, a workflow, schemas. Each step is run as it is written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from groundrules.diagnostics.model import Report
from groundrules.resources import shipped
from groundrules.rulebook.files import read_file
from groundrules.rulebook.yaml import read_yaml
from groundrules.tools.fmt import format_text
from groundrules.tools.fmt.files import files_below
from groundrules.tools.testing.read import CASE_KEYS, STEP_KEYS

ROOT = Path(__file__).parents[2]
OURS = [path for folder in ("policies", "examples", "tests/rulebooks") for path in files_below(ROOT / folder)]
WORKFLOW = yaml.safe_load((ROOT / "examples" / "ci" / "rulebook.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step["run"] for step in WORKFLOW["jobs"]["check"]["steps"] if "name" in step}


def schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shipped("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return found


def plain(path: Path) -> Any:
    report = Report()
    file = read_file(path, str(path), report)
    assert file is not None
    root = read_yaml(file, report)
    assert root is not None, report.sorted
    return root.plain()


# --- schemas that editors use --------------------------------------------------------------------


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_we_ship_is_valid_for_editors(path: Path) -> None:
    content = plain(path)
    kind = "tests" if "tests" in content else "rulebook"
    errors = Draft202012Validator(schema(kind)).iter_errors(content)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("kind", ["rulebook", "tests"])
def test_schemas_need_no_other_file(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))
    assert '"$ref": "#/' in json.dumps(schema(kind))
    assert '"$ref": "' not in json.dumps(schema(kind)).replace('"$ref": "#/', "")


def test_the_schema_of_tests_has_the_keys_that_the_reader_knows() -> None:
    definitions = schema("tests")["$defs"]
    assert set(definitions["case"]["properties"]) == set(CASE_KEYS)
    assert set(definitions["step"]["properties"]) == {*STEP_KEYS, "tick"}


def test_a_misspelt_key_of_a_test_is_found() -> None:
    validator = Draft202012Validator(schema("tests"))
    assert validator.is_valid({"tests": [{"name": "a", "timeline": [{"at": "09:00", "tick": True}]}]})
    assert not validator.is_valid({"tests": [{"name": "a", "timelines": []}]})
    assert not validator.is_valid({"tests": [{"timeline": [{"at": "09:00", "message": "a", "expect": "delete"}]}]})


def test_fmt_keeps_the_line_that_names_the_schema_first() -> None:
    text = "# yaml-language-server: $schema=x.json\n\n\n\n# ours\nrulebook:   b\nrules:\n- id:  a\n"
    formatted = format_text(text).text
    assert formatted.startswith("# yaml-language-server: $schema=x.json\n\n# ours\nrulebook: b\nrules:\n  - id: a\n")


# --- hooks and the workflow ----------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the starter as its rulebook, and a change of one rule behind the first commit."""
    shutil.copytree(shipped("policies") / "_starter", tmp_path / "rules")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "rules")
    book = tmp_path / "rules" / "rulebook.yaml"
    text = book.read_text(encoding="utf-8")
    book.write_text(text.replace("      - delete\n", "      - delete\n      - mute: 10m\n"), encoding="utf-8")
    tests = tmp_path / "rules" / "tests.yaml"
    tests.write_text(tests.read_text(encoding="utf-8").replace("reply]}", "reply, mute: 10m]}"), encoding="utf-8")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


def shell(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "LANG": "en_GB.UTF-8", **variables}
    return subprocess.run(["bash", "-e", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)


def test_hooks_do_what_they_say(repository: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    wanted = yaml.safe_load((ROOT / "examples" / "ci" / "pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in wanted["repos"][0]["hooks"]] == [hook["id"] for hook in hooks]
    for hook in hooks:
        done = shell(f"{hook['entry']} rules", repository)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_manifest_of_hooks_is_valid() -> None:
    manifest = ["-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    subprocess.run([sys.executable, *manifest], check=True)


def test_the_workflow_checks_a_change_and_tells_what_it_means(repository: Path) -> None:
    variables = {
        "RULEBOOK": "rules",
        "EVENTS": "rules/events.jsonl",
        "BUDGET": "",
        "LANGUAGE": "en",
        "BASE": "main",
        "GITHUB_STEP_SUMMARY": str(repository / "summary.md"),
    }
    for name in ("layout", "lint", "findings", "tests", "what changes"):
        done = shell(STEPS[name], repository, **variables)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    assert json.loads((repository / "lint.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert 'tests="2"' in (repository / "tests.xml").read_text(encoding="utf-8")
    comment = (repository / "comment.md").read_text(encoding="utf-8")
    assert "no-adverts" in comment
    assert "mute" in comment
    assert (repository / "summary.md").read_text(encoding="utf-8") == comment


def test_the_workflow_annotates_what_is_wrong(repository: Path) -> None:
    book = repository / "rules" / "rulebook.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("actor.roles", "actor.rols"), encoding="utf-8")
    done = shell(STEPS["lint"], repository, RULEBOOK="rules")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=rules/rulebook.yaml")
    assert shell(STEPS["findings"], repository, RULEBOOK="rules").returncode == 0
    assert "actor.roles" in (repository / "lint.sarif").read_text(encoding="utf-8")
