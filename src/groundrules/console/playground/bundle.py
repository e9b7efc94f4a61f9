"""A rulebook of the playground as one file: names and texts, and the chat that was tried on it, in JSON.

What comes from outside is checked here: names lead nowhere but below the folder that they are written into, and there
are not too many files, nor too large ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from groundrules import confined
from groundrules.errors import GroundrulesError

MOST_FILES = 40
LARGEST = 256 << 10
"""Bytes of all files together."""
LINES = 200
"""Lines of a chat."""
RULEBOOK, TESTS = "rulebook.yaml", "tests.yaml"
READ = (".yaml", ".yml", ".txt", ".json", ".csv")
_NAME = re.compile(r"[\w-][\w.-]{0,99}(/[\w-][\w.-]{0,99}){0,3}")


class BundleError(GroundrulesError):
    """What was sent is no rulebook that the playground takes; `form` is its sentence among the console's words."""

    def __init__(self, form: str, **values: object) -> None:
        super().__init__(form)
        self.form = form
        self.values = values


class Bundle(msgspec.Struct, frozen=True):
    """Files by name, and the lines of a chat."""

    files: dict[str, str]
    chat: list[str] = []

    def checked(self) -> Bundle:
        """Return it if it may be taken. Raises BundleError."""
        if len(self.files) > MOST_FILES:
            raise BundleError("bundle_files", most=MOST_FILES)
        if sum(len(text.encode("utf-8", "replace")) for text in self.files.values()) > LARGEST:
            raise BundleError("bundle_large", most=LARGEST >> 10)
        for name in self.files:
            if not _NAME.fullmatch(name) or not name.endswith(READ):
                raise BundleError("bundle_name", name=name[:100])
        if len(self.chat) > LINES:
            raise BundleError("bundle_chat", most=LINES)
        return self

    def write(self, folder: Path) -> None:
        """Write the files into an empty folder. Raises BundleError where a name is a folder's, too."""
        for name, text in self.files.items():
            try:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8", errors="replace", newline="\n")
            except OSError:
                raise BundleError("bundle_name", name=name) from None


def read(data: bytes) -> Bundle:
    """Return what somebody opened: a bundle, or a rulebook in YAML. Raises BundleError."""
    if len(data) > 2 * LARGEST:
        raise BundleError("bundle_large", most=LARGEST >> 10)
    try:
        return msgspec.json.decode(data, type=Bundle).checked()
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Bundle({RULEBOOK: data.decode("utf-8", "replace")}).checked()


def of_folder(path: Path) -> Bundle:
    """Return the rulebook at a path of this machine, a file or a folder, as a bundle. Raises BundleError."""
    if not path.is_dir():
        return Bundle({RULEBOOK: path.read_text("utf-8")}).checked()
    files = (file for file in sorted(path.rglob("*")) if file.suffix in READ and file.is_file())
    names = {file.relative_to(path).as_posix(): file for file in files}
    kept = {name: file for name, file in names.items() if _NAME.fullmatch(name)}
    with confined.inside(path):
        return Bundle(
            {name: confined.read(file, LARGEST).decode("utf-8", "replace") for name, file in kept.items()}
        ).checked()


def shown(files: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return files in the order in which they are shown: the rulebook, its tests, the others."""
    first = {RULEBOOK: 0, TESTS: 1}
    return sorted(files.items(), key=lambda item: (first.get(item[0], 2), item[0]))
