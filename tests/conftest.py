"""What all tests share: the profiles of Hypothesis, and a key for plan files that is nobody's own.

`ci`, the default, is quick and draws the same examples each time; HYPOTHESIS_PROFILE=long looks much further and draws
new ones. The first example of a test may build tables, so there is no deadline.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest
from dev.postgres import NoServerError, Server, server
from hypothesis import HealthCheck, settings

from groundrules.engine import plan_key

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("long", deadline=None, max_examples=3000, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session", autouse=True)
def _key_of_plan_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ[plan_key.VARIABLE] = str(tmp_path_factory.mktemp("key") / "plan.key")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Return a PostgreSQL server that is ours; where it can't be had, tests that want it are skipped."""
    try:
        with server() as started:
            yield started
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")


_schemas = itertools.count()


@pytest.fixture
def postgres(postgres_server: Server) -> str:
    """Return the location of a store that is new for each test."""
    return f"{postgres_server.url}&schema=test_{next(_schemas)}"
