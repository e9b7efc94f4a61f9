"""The tests on every Python that the project supports and this machine has: `python -m dev.pythons`.

Interpreters are searched for on the path, then among those of pyenv and uv. Missing ones are reported and skipped.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
FOLDERS = (".pyenv/versions/{}.*/bin/python", ".local/share/uv/python/cpython-{}.*/bin/python")


def supported() -> list[str]:
    """Return the versions that the classifiers name, like `3.11`."""
    classifiers = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["classifiers"]
    return re.findall(r"Python :: (3\.\d+)", "\n".join(classifiers))


def interpreter(version: str) -> str | None:
    """Return a working interpreter of this version; a pyenv shim may be on the path but not run."""
    return next((path for path in _candidates(version) if _version_of(path) == version), None)


def _candidates(version: str) -> Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    for folder in FOLDERS:
        yield from (str(path) for path in sorted(Path.home().glob(folder.format(version))))


def _version_of(path: str) -> str | None:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


def main() -> int:
    """Run `make pytest` once per version; return how many failed."""
    results: dict[str, str] = {}
    for version in supported():
        path = interpreter(version)
        print(f"--- Python {version}: {path or 'not on this machine'}", flush=True)
        if path is None:
            results[version] = "skipped, not on this machine"
            continue
        done = subprocess.run(["make", "pytest", f"PYTHON={path}", f"VENV=.venv-{version}"], check=False)
        results[version] = "failed" if done.returncode else "passed"
    for version, result in results.items():
        print(f"Python {version}: {result}")
    return list(results.values()).count("failed")


if __name__ == "__main__":
    sys.exit(main())
