"""What all tests share: the profiles of Hypothesis, a key for plan files that is nobody's own, and findings that have
their Chinese form: one that has none fails the test that meets it, whatever the test is about.

`ci`, the default, is quick and draws the same examples each time; HYPOTHESIS_PROFILE=long looks much further and draws
new ones. The first example of a test may build tables, so there is no deadline.
"""

from __future__ import annotations

import itertools
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dev.postgres import NoServerError, Server, server
from hypothesis import HealthCheck, settings

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.codes import CODES
from groundrules.diagnostics.model import Diagnostic
from groundrules.diagnostics.translation import mended, translated
from groundrules.engine import plan_key

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("long", deadline=None, max_examples=3000, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session", autouse=True)
def _key_of_plan_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ[plan_key.VARIABLE] = str(tmp_path_factory.mktemp("key") / "plan.key")


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    """What a command says of where logs go (`groundrules serve`) ends with its test."""
    logger = logging.getLogger("groundrules")
    handlers, propagate, level = logger.handlers, logger.propagate, logger.level
    yield
    logger.handlers, logger.propagate = handlers, propagate
    logger.setLevel(level)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Return a PostgreSQL server that is ours; where it can't be had, tests that want it are skipped."""
    try:
        with server() as started:
            yield started
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")


TOGETHER = ("bots", "browser", "cluster", "data/test_quality.py")
"""Tests that share what takes long to make, such as a server: those of each run in one process, beside the others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        place = item.path.relative_to(here).as_posix()
        for name in filter(place.startswith, TOGETHER):
            item.add_marker(pytest.mark.xdist_group(name))


_schemas = itertools.count()


@pytest.fixture
def postgres(postgres_server: Server) -> str:
    """Return the location of a store that is new for each test."""
    return f"{postgres_server.url}&schema=test_{next(_schemas)}"


_at = Code.at


def _at_with_chinese(code: Code, *arguments: Any, **more: Any) -> Diagnostic:
    found = _at(code, *arguments, **more)
    ours = sys._getframe(1).f_globals["__name__"].startswith("groundrules.") and CODES.get(code.code) is code
    if ours and len(found.message) < CUT > len(found.help or ""):
        texts = [(text, translated) for text in (found.message, *(label.text for label in found.labels))]
        texts += [(text, mended) for text in (found.help, *(fix.title for fix in found.fixes)) if text]
        plain = [text for text, form in texts if _lacks(code.code, text, form)]
        assert not plain, f"no Chinese form in diagnostics/words/zh.toml: {plain}"
    return found


def _lacks(code: str, text: str, form: Callable[[str, str], str]) -> bool:
    """Whether a text has no Chinese form; of those of one code that are many, the first tell."""
    known = _asked.setdefault(code, {})
    if text not in known:
        known[text] = len(known) < MANY and form(text, "zh") == text
    return known[text]


_asked: dict[str, dict[str, bool]] = {}
MANY = 500


CUT = 800  # characters; where somebody's name is longer, what is around it may be cut
Code.at = _at_with_chinese  # type: ignore[method-assign]
