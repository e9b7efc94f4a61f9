"""The repository keeps its own promises: exports, version, documented codes and commands, a light import."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from dev import manual, reference
from dev.decision_schema import decision_schema

import groundrules
from groundrules._version import LANGUAGE
from groundrules.cli.main import COMMANDS
from groundrules.diagnostics.codes import CODES

ROOT = Path(__file__).parents[2]


def test_exports_are_pinned() -> None:
    assert groundrules.__all__ == [
        "Action",
        "Book",
        "Compiled",
        "DamagedError",
        "Decision",
        "Diagnostic",
        "Engine",
        "GroundrulesError",
        "Hub",
        "HubError",
        "OwnedError",
        "PlanError",
        "PortError",
        "RulebookError",
        "Severity",
        "SnapshotError",
        "StoreError",
        "UnavailableError",
        "UnsupportedError",
        "__version__",
        "check",
        "load",
        "load_plan",
    ]
    assert all(getattr(groundrules, name) is not None for name in groundrules.__all__)


def test_the_public_functions_stay_functions_whatever_is_imported() -> None:
    book = "'tests/rulebooks/small-chat'"
    code = f"import groundrules; groundrules.load({book}); print(groundrules.check({book}))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).strip() == "[]"


def test_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert groundrules.__version__ == project["version"]
    releases = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert releases[0] in (groundrules.__version__, "Unreleased")


def test_the_language_has_the_version_that_its_page_names() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    assert f"This is version {LANGUAGE} of the language" in page


def test_import_is_light() -> None:
    code = "import time; t = time.process_time(); import groundrules; print(time.process_time() - t)"
    times = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    assert statistics.median(times) < 0.150


def test_import_pulls_in_nothing_heavy() -> None:
    code = "import sys, groundrules; print(sorted({'lark', 'yaml', 'jsonschema', 'rich', 'click'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_every_code_has_a_page_and_a_plain_title() -> None:
    for code in CODES.values():
        assert code.page.strip(), code.code
        assert code.title[0].islower() or code.title.startswith(("YAML", "UTF", "JSON", "`")), code.code
        assert not code.title.endswith("."), code.code


@pytest.mark.parametrize(("lang", "name"), [("en", "cli.md"), ("zh", "cli.zh.md")])
def test_the_command_line_reference_is_current(lang: str, name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    made = subprocess.check_output([sys.executable, "-m", "dev.manual", lang])  # help as of a new process
    assert page == made.decode("utf-8"), f"run: python -m dev.manual {lang} > docs/{name}"


def test_the_reference_is_current() -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert page == reference.page(), f"run: {reference.COMMAND}"


def test_the_reference_has_every_name() -> None:
    lines = reference.page().splitlines()
    for kind in ("events", "actions"):
        assert all(f"### `{name}`" in lines for name in reference.CATALOG.names(kind))
    assert all(f"### `{signature}`" in lines for signature in reference.SIGNATURES.values())
    refused = sum("is refused: [GR" in line for line in lines)
    assert refused == 2 * len(reference.SIGNATURES)


def test_every_command_says_what_it_is_for() -> None:
    page = manual.page()
    for name in COMMANDS:
        assert f"## groundrules {name}\n" in page


def test_modules_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "src").rglob("*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 450 and path.name != "ir.py"
    }
    assert not long


def test_the_schema_of_decisions_is_current() -> None:
    stored = json.loads((ROOT / "schemas" / "decision.schema.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(decision_schema())), (
        "run: python -m dev.decision_schema > schemas/decision.schema.json"
    )


def test_what_is_loaded_on_demand_has_no_module_of_its_name() -> None:
    """Once the module is imported, it would stand in the place of what is exported."""
    on_demand = [home for home in (ROOT / "src").rglob("__init__.py") if "def __getattr__" in home.read_text("utf-8")]
    assert on_demand
    for home in on_demand:
        modules = {path.stem for path in home.parent.iterdir() if path.suffix == ".py" or path.is_dir()}
        assert not set(_exported(home)) & modules, home


def _exported(home: Path) -> list[str]:
    for node in ast.parse(home.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []
