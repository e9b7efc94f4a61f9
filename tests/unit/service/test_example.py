"""The example of the whole: a service that is killed twice ends with the decisions of `groundrules run`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples" / "service" / "run.sh"


@pytest.mark.parametrize("sender", ["node", "python"])
def test_a_service_that_is_killed_twice_loses_and_doubles_nothing(sender: str, tmp_path: Path) -> None:
    if not shutil.which("bash") or not shutil.which("curl"):
        pytest.skip("the example needs bash and curl")
    if sender == "node" and not shutil.which("node"):
        pytest.skip("there is no node here")
    folders = [str(Path(sys.executable).parent), str(tmp_path), os.environ["PATH"]]
    for program in (
        ("bash", "curl", "seq", "mktemp", "rm", "wc", "sleep", "tail", "dirname") if sender == "python" else ()
    ):
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    path = os.pathsep.join(folders[:2] if sender == "python" else folders)
    done = subprocess.run([EXAMPLE], env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    *killed, last = done.stdout.splitlines()
    assert len([line for line in killed if line.startswith("killed after")]) == 2
    assert last == "141 decisions, each as groundrules run has it"
