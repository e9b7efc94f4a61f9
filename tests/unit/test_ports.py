"""Stores and adapters of other packages: found by name, and if they are broken, a message says so instead of a
traceback."""

from __future__ import annotations

import tomllib
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result

from groundrules.adapters import Adapter, matrix, onebot
from groundrules.cli.main import cli
from groundrules.ports import ADAPTERS, STORES, PortError, plugged, registered

ROOT = Path(__file__).parents[2]
BOOK = str(ROOT / "tests" / "rulebooks" / "small-chat")
WEEK = str(ROOT / "tests" / "rulebooks" / "small-chat" / "week.jsonl")
ADAPTER = (
    "SUPPLIES = {'message': frozenset({'text'})}\ndef events(raw): return []\ndef calls(action, where): return []\n"
)
STORE = """
from groundrules.engine.engine import Engine
from groundrules.stores.sqlite import SqliteStore

class Prefixed(SqliteStore):
    def __init__(self, location):
        super().__init__(location.removeprefix("mine://"))
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that is looked through like any other."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def install(folder: Path, group: str, code: str, target: str = "", name: str = "mine") -> None:
    """Install a package that registers `name`, with a module of its own."""
    module = f"port_{name}_{abs(hash((code, target))) % 10**8}"
    (folder / f"{module}.py").write_text(dedent(code), encoding="utf-8")
    facts = folder / f"{module}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    (facts / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}{target}\n", encoding="utf-8")


def groundrules(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_ours_are_registered_as_others_are() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    for group in (STORES, ADAPTERS):
        assert {name: point.value for name, [point] in registered(group).items()} == project[group]
        assert all(plugged(group, name) for name in project[group])
    folders = {path.parent.name for path in (ROOT / "src" / "groundrules" / "adapters").glob("*/__init__.py")}
    assert set(project[ADAPTERS]) == folders


@pytest.mark.parametrize("adapter", [onebot, matrix])
def test_our_adapters_are_adapters(adapter: object) -> None:
    assert isinstance(adapter, Adapter)


def test_the_adapter_of_another_package(package: Path) -> None:
    install(package, ADAPTERS, ADAPTER)
    result = groundrules("lint", BOOK, "--adapter", "mine")
    assert "is not supplied by mine" in result.output


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise RuntimeError('no\\n library')", "the adapter `mine` can't be imported: RuntimeError: no library"),
        ("import not_installed_anywhere", "can't be imported: ModuleNotFoundError"),
        ("SUPPLIES = {}", "the adapter `mine` is not an adapter: it needs `SUPPLIES`, `events` and `calls`"),
        (ADAPTER + "SUPPLIES = 5", "the adapter `mine` is broken: `SUPPLIES` maps event types to sets of dotted paths"),
        (ADAPTER + "SUPPLIES = {'message': ['text']}", "the adapter `mine` is broken"),
    ],
)
def test_a_broken_adapter_is_an_error_of_usage(package: Path, code: str, message: str) -> None:
    install(package, ADAPTERS, code)
    result = groundrules("lint", BOOK, "--adapter", "mine")
    assert (result.exit_code, message in result.output) == (2, True), result.output


def test_a_name_taken_twice(package: Path) -> None:
    install(package, ADAPTERS, ADAPTER, name="onebot")
    with pytest.raises(PortError, match="the adapter `onebot` is registered twice"):
        plugged(ADAPTERS, "onebot")


def test_the_store_of_another_package(package: Path) -> None:
    install(package, STORES, STORE, ":Prefixed")
    for where in ("mine:", "mine://", "sqlite:"):
        file = package / f"{where.strip(':/')}{len(where)}.db"
        assert groundrules("run", BOOK, WEEK, "--quiet", "--state", f"{where}{file}").exit_code == 0
        assert file.exists()


@pytest.mark.parametrize(
    ("code", "target", "exit_code", "message"),
    [
        (
            "raise RuntimeError('no library')",
            ":Store",
            2,
            "the store `mine` can't be imported: RuntimeError: no library",
        ),
        ("", ":Store", 2, "the store `mine` can't be imported: AttributeError"),
        ("Store = 5", ":Store", 2, "the store `mine` is not a store: what is registered can't be called"),
        (
            "def Store(where): raise OSError('no such host')",
            ":Store",
            1,
            "can't be used for state: OSError: no such host",
        ),
        ("class Store:\n    def __init__(self, where): pass", ":Store", 1, "can't be used for state: AttributeError"),
    ],
)
def test_a_broken_store_is_told_in_a_line(package: Path, code: str, target: str, exit_code: int, message: str) -> None:
    install(package, STORES, code, target)
    result = groundrules("run", BOOK, WEEK, "--quiet", "--state", "mine:x")
    assert (result.exit_code, message in result.output) == (exit_code, True), result.output


def test_a_store_that_nobody_registered(package: Path) -> None:
    result = groundrules("run", BOOK, WEEK, "--quiet", "--state", "sqlit://x")
    assert (result.exit_code, "there is no store `sqlit`; did you mean `sqlite`?" in result.output) == (2, True)
    file = package / "odd:name.db"
    assert groundrules("run", BOOK, WEEK, "--quiet", "--state", str(file)).exit_code == 0
    assert file.exists()
