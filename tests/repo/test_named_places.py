"""What pages and docstrings name exists: links, modules, files, commands, and the reading order of the reference."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "groundrules"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docs/platforms/*.md"),
        ROOT / "tests" / "README.md",
        *ROOT.glob("examples/**/README*.md"),
    ]
)
OURS = [
    ROOT / name for name in ("CONTRIBUTING.md", "docs/architecture.md", "tests/README.md")
]  # speak of our own files
ROOTS = (ROOT, SOURCE, SOURCE / "tools", ROOT / "tests")


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text(encoding="utf-8"))
    missing = [link for link, _ in links if link and not (page.parent / link).exists()]
    assert not missing
    for link, anchor in links:
        target = page.parent / link if link else page
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), f"{link}#{anchor}"


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_modules_named_on_pages_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"(?<![\w/])groundrules(?:\.[a-z_]+)+(?:\.[A-Z]\w+)?", text):
        assert _resolves(name), name
    for name in re.findall(r"python3? -m ((?:dev|bench|groundrules)[\w.]*)", text):
        assert find_spec(name), name


def _resolves(name: str) -> bool:
    if name in ("groundrules.dev", "groundrules.stores", "groundrules.adapters"):
        return True
    *path, last = name.split(".")
    if find_spec(".".join(path)) and find_spec(name):
        return True
    return hasattr(import_module(".".join(path)), last)


@pytest.mark.parametrize("page", OURS, ids=_id)
def test_files_named_on_our_own_pages_exist(page: Path) -> None:
    named = re.findall(r"`(?!std/)([\w.]*(?:/[\w.]+)*/?)`", page.read_text(encoding="utf-8"))
    files = [name for name in named if "/" in name or name.endswith((".py", ".md", ".toml", ".lark"))]
    assert files
    missing = [name for name in files if not any((root / name).exists() for root in (*ROOTS, page.parent))]
    assert not missing


def test_files_named_in_docstrings_exist() -> None:
    for module in SOURCE.rglob("*.py"):
        docstrings = "".join(re.findall(r'"""(.*?)"""', module.read_text(encoding="utf-8"), re.S))
        named = re.findall(r"`((?:\w+/)+\w+\.(?:py|md|json|lark|tsv|txt))`", docstrings)
        missing = [name for name in named if not any((root / name).exists() for root in (*ROOTS, module.parent))]
        assert not missing, _id(module)


def test_the_reference_is_read_in_an_order_that_names_all_of_it() -> None:
    docstring = import_module("groundrules.reference").__doc__ or ""
    order = re.findall(r"`(\w+)`", docstring.partition("in this order:")[2])
    assert sorted(order) == sorted(path.stem for path in (SOURCE / "reference").glob("*.py") if path.stem != "__init__")
