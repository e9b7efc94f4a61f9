"""A change to a rulebook's files as something that can be reviewed: a diff to copy, or a commit on a branch.

The commit is made beside the working tree: neither that, nor its index, nor the branch that is checked out is touched.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from difflib import unified_diff
from pathlib import Path

from groundrules.errors import GroundrulesError

PATIENCE = 20
"""Seconds that git has for a step."""


class ProposalError(GroundrulesError):
    """The change could not be committed; the message is git's."""


def diff(name: str, before: str, after: str) -> str:
    """Return a change to a file as `git apply` takes it."""
    lines = unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{name}" if before else "/dev/null",
        f"b/{name}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def checkout(home: Path) -> Path | None:
    """Return the top of the git checkout that a folder is in, None if it is in none."""
    try:
        return Path(_git(home, "rev-parse", "--show-toplevel").strip())
    except ProposalError:
        return None


def commit(home: Path, name: str, text: str, branch: str, message: str, by: str) -> str:
    """Put a file of a folder as it should be on a branch of its own, behind what is checked out; return the commit.

    Raises ProposalError, if there is such a branch, too.
    """
    top = checkout(home)
    if top is None:
        raise ProposalError("it is no git checkout")
    place = (home.resolve() / name).relative_to(top.resolve()).as_posix()
    with tempfile.TemporaryDirectory(prefix="groundrules-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        blob = _git(top, "hash-object", "-w", "--stdin", given=text).strip()
        _git(top, "read-tree", "HEAD", more=index)
        _git(top, "update-index", "--add", "--cacheinfo", f"100644,{blob},{place}", more=index)
        tree = _git(top, "write-tree", more=index).strip()
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _person(by).items()}
    object = _git(top, "commit-tree", tree, "-p", "HEAD", "-F", "-", more=who, given=message).strip()
    _git(top, "check-ref-format", "--branch", branch)
    _git(top, "update-ref", f"refs/heads/{branch}", object, "0" * 40)
    return object


def _person(by: str) -> dict[str, str]:
    name = (
        "".join(letter for letter in by if letter.isprintable() and letter not in "<>")[:100] or "groundrules console"
    )
    return {"NAME": name, "EMAIL": "console@groundrules.invalid"}


def _git(folder: Path, *command: str, more: dict[str, str] | None = None, given: str = "") -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-c", "core.hooksPath=/dev/null", *command],
            cwd=folder,
            input=given,
            capture_output=True,
            encoding="utf-8",
            env=clean | (more or {}),
            timeout=PATIENCE,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise ProposalError(error.stderr.strip() or "git refused") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProposalError(str(error)) from error
    return done.stdout
