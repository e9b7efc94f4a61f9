"""A change to a rulebook's files as a commit on a branch, to be reviewed.

It is made beside the working tree: neither that, nor its index, nor the branch that is checked out is touched.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from groundrules.errors import GroundrulesError

PATIENCE = 20
"""Seconds that git has for a step."""


class ProposalError(GroundrulesError):
    """The change could not be committed; the message is git's."""


class Proposal(NamedTuple):
    """A file of a checkout, by its name from the top, as it is in the working tree and as it should be."""

    top: Path
    name: str
    before: str
    after: str


def checkout(folder: Path) -> Path | None:
    """Return the top of the git checkout that a folder is in, None if it is in none."""
    try:
        return Path(_git(folder, "rev-parse", "--show-toplevel").removesuffix("\n")).resolve()
    except ProposalError:
        return None


def commit(proposal: Proposal, branch: str, message: str, by: str) -> str:
    """Put a change on a branch of its own, behind what is checked out; return the commit.

    What others have changed in the working tree and not committed stays out of it. Raises ProposalError if the two
    can't be told apart, and if there is such a branch, too.
    """
    top, name = proposal.top, proposal.name
    if not _succeeds(top, "check-ref-format", "--branch", branch):
        raise ProposalError(f"`{branch}` can't be the name of a branch")
    if _succeeds(top, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"):
        raise ProposalError(f"there is a branch `{branch}` already")
    if not _succeeds(top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
        raise ProposalError("nothing has been committed there yet")
    head = _git(top, "rev-parse", "HEAD").strip()
    with tempfile.TemporaryDirectory(prefix="groundrules-") as folder:
        mode, blob = _changed(proposal, head, Path(folder))
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        _git(top, "read-tree", head, more=index)
        _git(top, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{name}", more=index)
        tree = _git(top, "write-tree", more=index).strip()
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _person(by).items()}
    object = _git(top, "commit-tree", tree, "-p", head, "-F", "-", more=who, given=message).strip()
    _git(top, "update-ref", f"refs/heads/{branch}", object, "0" * 40)
    return object


def _changed(proposal: Proposal, head: str, folder: Path) -> tuple[str, str]:
    """Return the mode and the blob of the file as it was committed, with nothing but the change."""
    top, name = proposal.top, proposal.name
    listed = _git(top, "ls-tree", "-z", head, "--", name).rstrip("\0").split(None, 3)
    mode, committed = (listed[0], listed[2]) if listed else ("100644", "")
    if mode not in ("100644", "100755"):
        raise ProposalError(f"`{name}` is not a regular file in what was committed")
    before, after = (_blob(top, name, text) for text in (proposal.before, proposal.after))
    if committed == before or (not committed and not proposal.before):
        return mode, after
    if not committed:
        raise ProposalError(f"`{name}` has not been committed yet")
    sides = {"committed": committed, "before": before, "after": after}
    for side, blob in sides.items():
        (folder / side).write_text(_git(top, "cat-file", "blob", blob), "utf-8", "surrogateescape", "")
    try:
        merged = _git(folder, "merge-file", "-p", *sides)
    except ProposalError:
        raise ProposalError(f"`{name}` has changes in the same place that are not committed") from None
    return mode, _git(top, "hash-object", "-w", "--stdin", given=merged).strip()


def _blob(top: Path, name: str, text: str) -> str:
    """Write a text as git would keep that file, whatever its attributes ask for."""
    return _git(top, "hash-object", "-w", f"--path={name}", "--stdin", given=text).strip()


def _person(by: str) -> dict[str, str]:
    name = (
        "".join(letter for letter in by if letter.isprintable() and letter not in "<>")[:100] or "groundrules console"
    )
    return {"NAME": name, "EMAIL": "console@groundrules.invalid"}


def _succeeds(folder: Path, *command: str) -> bool:
    try:
        _git(folder, *command)
    except ProposalError:
        return False
    return True


def _git(folder: Path, *command: str, more: dict[str, str] | None = None, given: str = "") -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-c", "core.hooksPath=/dev/null", *command],
            cwd=folder,
            input=given.encode("utf-8", "surrogateescape"),
            capture_output=True,
            env=clean | (more or {}),
            timeout=PATIENCE,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise ProposalError(error.stderr.decode("utf-8", "replace").strip() or "git refused") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProposalError(str(error)) from error
    return done.stdout.decode("utf-8", "surrogateescape")
