"""A rulebook of the playground as one file: names and texts, and the chat that was tried on it, in JSON.

What comes from outside is checked here: names lead nowhere but below the folder that they are written into, and there
are not too many files, nor too large ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from groundrules import confined
from groundrules.errors import GroundrulesError
from groundrules.frontend import RulebookError
from groundrules.rulebook.files import MAX_BYTES
from groundrules.tools.revisions import Spot
from groundrules.tools.testing.read import find_tests
from groundrules.tools.versions import load_version

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


def of_rulebook(path: str) -> bytes:
    """Return the rulebook at a path of this machine, a file or a folder, as JSON of a bundle that is not checked yet.

    It holds what the rulebook reads in its own folder, and its tests; nothing else that stands there.
    """
    place = Path(path)
    home = confined.home_of(place).resolve()
    with confined.inside(home):
        with confined.noting() as files_read, suppress(RulebookError):  # what is wrong is told in the playground
            load_version(Spot(path))
        tests = find_tests(place).get(place, [])
        files = {*files_read, *(test.resolve() for test in tests)}
        texts = {file: confined.read(file, MAX_BYTES) for file in sorted(files) if file.is_relative_to(home)}
    return msgspec.json.encode(Bundle(_named(texts, home, place, tests)))


def _named(texts: Mapping[Path, bytes], home: Path, place: Path, tests: Sequence[Path]) -> dict[str, str]:
    """Return files as the playground calls them: a rulebook of one file and its tests have names of their own there."""
    own = {} if place.is_dir() else {place.resolve(): RULEBOOK} | {test.resolve(): TESTS for test in tests[:1]}
    names = {file: own.get(file) or file.relative_to(home).as_posix() for file in texts}
    fitting = {file: name for file, name in names.items() if _NAME.fullmatch(name) and name.endswith(READ)}
    return {name: texts[file].decode("utf-8", "replace")[: LARGEST + 1] for file, name in fitting.items()}


def shown(files: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return files in the order in which they are shown: the rulebook, its tests, the others."""
    first = {RULEBOOK: 0, TESTS: 1}
    return sorted(files.items(), key=lambda item: (first.get(item[0], 2), item[0]))
