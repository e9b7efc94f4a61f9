"""The plugin under nonebug, which starts NoneBot around a whole run of pytest and needs another multidict than aiohttp
has here: so it has its own environment and its own run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv-nonebug"
SUITE = "under_nonebug"


@pytest.mark.skipif(not (ENVIRONMENT / ".installed").exists(), reason="no nonebug: make servers")
def test_the_plugin_passes_under_nonebug(tmp_path: Path) -> None:
    plain = ("--noconftest", "--config-file", os.devnull, "--rootdir", str(tmp_path), "-p", "no:cacheprovider", "-q")
    program = (str(ENVIRONMENT / "bin" / "python"), "-m", "pytest", "-p", f"bots.{SUITE}", *plain)
    places = os.pathsep.join(map(str, (ROOT / "src", ROOT / "tests")))
    done = subprocess.run(
        [*program, str(Path(__file__).with_name(f"{SUITE}.py"))],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": places, "FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "2 passed" in done.stdout
