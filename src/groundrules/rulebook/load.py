"""From a path to a rulebook with everything that it uses.

A rulebook is one file, or all `.yaml` and `.yml` files of a folder; one of them names it. Files whose top level has
`tests:` belong to the test runner. What a rulebook uses is loaded in the same way, once per place; a rulebook that is
being loaded while it is asked for closes a circle.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from groundrules import confined
from groundrules.diagnostics.codes import files as codes
from groundrules.diagnostics.model import Label, Report
from groundrules.diagnostics.nearest import nearest
from groundrules.diagnostics.source import SourceFile, Span
from groundrules.resources import shipped
from groundrules.rulebook import model
from groundrules.rulebook.expressions import text
from groundrules.rulebook.files import MAX_YAML, nowhere, outside, read_file, shown_path, why_unreadable
from groundrules.rulebook.items import share
from groundrules.rulebook.lists import Place
from groundrules.rulebook.model import Located, Rulebook
from groundrules.rulebook.read import Part, Sections, read_rulebook
from groundrules.rulebook.validate import valid_part
from groundrules.rulebook.yaml import YMapping, YNode, YScalar, YSequence, read_yaml

SUFFIXES = (".yaml", ".yml")
DEEPEST = 32  # rulebooks that use each other in a row

_HEADER_KEYS = ("title", "text", "languages", "timezone", "partition", "limits")
_STANDARD = re.compile(r"std/([A-Za-z0-9_-]+)")
_TESTS_HELP = "this file has tests; the rulebook is in its own file, which begins with `rulebook:`"
_EMPTY_HELP = "`groundrules init` writes a rulebook to start from"


def load_rulebook(path: Path | str, report: Report) -> Rulebook | None:
    """Return the rulebook at `path`, a file or a folder, or None if it can't be read at all.

    Everything wrong is added to `report`; what was wrong is missing from the rulebook. Raises nothing.
    """
    loader, shown = _Loader(report), shown_path(Path(path))
    with suppress(OSError, ValueError, RuntimeError):  # a NUL, a circle of links: told when it is read
        loader.loading.append((Path(path).resolve(), shown))
    try:
        with confined.inside(confined.home_of(Path(path))):
            return loader.load(Path(path), shown, None)
    except ValueError as error:
        report.add(codes.UNREADABLE_FILE.at(nowhere(shown), f"`{shown}` can't be read: {why_unreadable(error)}"))
        return None


def load_text(text: str, report: Report, path: str = "rulebook.yaml") -> Rulebook | None:
    """Return the rulebook of a text; paths in it begin at the current folder."""
    file, folder = SourceFile(path, text.removeprefix("\ufeff")), Path(path).parent
    with confined.inside(folder):
        return _Loader(report).assemble([file], Place(folder, str(folder)), file.span(0, 0))


def is_tests(root: YNode | None) -> bool:
    """Whether a file holds tests and not a part of a rulebook."""
    return isinstance(root, YMapping) and root.key("tests") is not None and root.key("rulebook") is None


@dataclass(frozen=True)
class _Read:
    """A file with its tree, before it is validated."""

    file: SourceFile
    root: YNode

    @property
    def header(self) -> YScalar | None:
        return self.root.key("rulebook") if isinstance(self.root, YMapping) else None


@dataclass
class _Loader:
    report: Report
    loaded: dict[Path, Rulebook | None] = field(default_factory=dict)
    loading: list[tuple[Path, str]] = field(default_factory=list)
    size: int = 0  # characters of all YAML read

    def load(self, path: Path, shown: str, at: Span | None) -> Rulebook | None:
        """Load a file or folder; `at` is where it was named."""
        try:
            files, place = self._files(path, shown, at)
        except (OSError, ValueError) as error:
            message = f"`{shown}` can't be read: {why_unreadable(error)}"
            self.report.add(codes.UNREADABLE_FILE.at(at or nowhere(shown), message))
            return None
        if files is None:
            return None
        return self.assemble(files, place, at or nowhere(shown))

    def _files(self, path: Path, shown: str, at: Span | None) -> tuple[list[SourceFile] | None, Place]:
        if not path.is_dir():
            file = self._read(path, shown, at)
            return ([file] if file else None), Place(path.parent, shown.rpartition("/")[0])
        names = sorted(
            entry.name for entry in path.iterdir() if entry.suffix in SUFFIXES and not entry.name.startswith(".")
        )
        prefix = "" if shown == "." else f"{shown}/"
        read = [self._read(path / name, prefix + name, None) for name in names]
        readable = [file for file in read if file]
        return (readable if readable or not names else None), Place(path, "" if shown == "." else shown)

    def _read(self, path: Path, shown: str, at: Span | None) -> SourceFile | None:
        file = read_file(path, shown, self.report, at, MAX_YAML)
        if file is None or self.size > MAX_YAML:
            return None
        self.size += len(file.text)
        if self.size > MAX_YAML:
            message = f"with `{shown}` the YAML of this rulebook is larger than {MAX_YAML >> 20} MB"
            help = "put words into list files, and unrelated parts into separate rulebooks"
            self.report.add(codes.UNREADABLE_FILE.at(at or nowhere(shown), message, help))
            return None
        return file

    def assemble(self, files: list[SourceFile], place: Place, at: Span) -> Rulebook | None:
        """Make one rulebook of the files of a folder; `at` is told where there is nothing to point at."""
        trees = {file: read_yaml(file, self.report) for file in files}
        parts = [_Read(file, root) for file, root in trees.items() if root is not None and not is_tests(root)]
        if not parts:
            if all(root is not None or _is_blank(file) for file, root in trees.items()):
                span = files[0].span(0, 0) if files else at
                help = _TESTS_HELP if any(is_tests(root) for root in trees.values()) else _EMPTY_HELP
                self.report.add(codes.EMPTY_FILE.at(span, "there is no rulebook here", help))
            return None
        return self._build(parts, self._header(parts), place)

    def _header(self, parts: list[_Read]) -> _Read:
        """Return the one part that names the rulebook, or the first one where none does."""
        headers = [part for part in parts if part.header]
        if not headers:
            self._report_no_header([part for part in parts if isinstance(part.root, YMapping)])
            return parts[0]
        first = headers[0]
        for other in headers[1:]:
            self._report_second(other.header, first, "a second file names a rulebook")
        for part in parts:
            for key, _ in part.root.items if isinstance(part.root, YMapping) and not part.header else ():
                if key.text in _HEADER_KEYS:
                    self._report_second(key, first, f"`{key.text}` is in a file without `rulebook:`")
        return first

    def _report_no_header(self, mappings: list[_Read]) -> None:
        if mappings:
            file = mappings[0].file
            span = file.span(mappings[0].root.start, mappings[0].root.start)
            message = "the rulebook has no name"
            self.report.add(codes.NO_HEADER.at(span, message, "begin with `rulebook: some-name`"))

    def _report_second(self, key: YScalar | None, first: _Read, message: str) -> None:
        if key and first.header:
            labels = (Label(first.header.span, "named here"),)
            help = "keep one name, and beside it what describes the whole rulebook"
            self.report.add(codes.TWO_HEADERS.at(key.span, message, help, labels))

    def _build(self, parts: list[_Read], header: _Read, place: Place) -> Rulebook | None:
        loaded: list[Part] = []
        broken: set[str] = set()
        for part in parts:
            valid = valid_part(part.root, self.report)
            if valid:
                loaded.append(Part(part.file, valid[0], place))
                broken |= valid[1]
        chosen = next((part for part in loaded if part.file is header.file), None)
        if chosen is None:
            return None
        name = header.root.get("rulebook") if isinstance(header.root, YMapping) else None
        if chosen.content.get("rulebook") is None and header.header and name:
            chosen.content.items.insert(0, (header.header, name))
        sections = Sections(loaded, chosen, self.report, broken=broken)
        return read_rulebook(sections, str(place.folder), self._uses(loaded, broken), self._own_schemas(place))

    def _own_schemas(self, place: Place) -> tuple[str, ...]:
        """Return the folder of the rulebook's own schemas, if there is one."""
        own, shown = place.path("schemas")
        kinds = [own / kind for kind in ("events", "entities", "actions") if (own / kind).is_dir()]
        if not kinds or own.resolve() == shipped("schemas").resolve():
            return ()
        for folder in (folder for folder in kinds if not confined.holds(folder)):
            self.report.add(outside(f"{shown}/{folder.name}", nowhere(shown)))
        return (str(own),)

    # --- what it uses ---

    def _uses(self, parts: list[Part], broken: set[str]) -> tuple[model.Use, ...]:
        uses: dict[str, model.Use] = {}
        for part in parts:
            section = part.content.get("use")
            for node in section.items if isinstance(section, YSequence) else ():
                use = self._use(node, part, broken)
                if use:
                    self._keep(use, uses)
        return tuple(uses.values())

    def _keep(self, use: model.Use, uses: dict[str, model.Use]) -> None:
        alias = alias_of(use.path, use.alias)
        first = uses.setdefault(alias, use)
        if first is not use:
            labels = (Label(first.span, "first used here"),)
            help = f"give it a name of its own: `{{rulebook: {use.path.value}, as: …}}`"
            self.report.add(codes.DUPLICATE_ALIAS.at(use.span, f"`{alias}` is already in use", help, labels))

    def _use(self, node: YNode, part: Part, broken: set[str]) -> model.Use | None:
        keys = {key.text: value for key, value in node.items} if isinstance(node, YMapping) else {"rulebook": node}
        written, given = keys.get("rulebook"), keys.get("with")
        if not isinstance(written, YScalar):
            return None
        written_as = {key: text(keys[key]) for key in ("as", "mode", "rollout", "starts", "ends") if key in keys}
        named = written_as.get("as")
        book = self._imported(text(written), part.place)
        if book is None:
            broken.add(alias_of(text(written), named))
            return None
        return model.Use(
            path=text(written),
            alias=named,
            arguments={key.text: (key.span, value) for key, value in given.items}
            if isinstance(given, YMapping)
            else {},
            book=book,
            span=node.span,
            mode=str(written_as["mode"].value) if "mode" in written_as else "enforce",
            rollout=share(written_as.get("rollout")),
            ends=written_as.get("ends"),
            starts=written_as.get("starts"),
        )

    def _imported(self, written: Located, place: Place) -> Rulebook | None:
        target = self._target(written, place)
        if target is None:
            return None
        path, shown = target
        key = path.resolve()
        if key in [busy for busy, _ in self.loading]:
            self._report_cycle(key, written)
            return None
        if key not in self.loaded:
            if len(self.loading) >= DEEPEST:
                self._report_depth(written)
                return None
            self.loading.append((key, shown))
            self.loaded[key] = self.load(path, shown, written.span)
            self.loading.pop()
        return self.loaded[key]

    def _report_cycle(self, key: Path, written: Located) -> None:
        names = [shown for _, shown in self.loading]
        start = [busy for busy, _ in self.loading].index(key)
        circle = " → ".join(f"`{name}`" for name in [*names[start:], names[start]])
        self.report.add(
            codes.IMPORT_CYCLE.at(
                written.span, f"this closes a cycle: {circle}", "move what both need into a rulebook of its own"
            )
        )

    def _report_depth(self, written: Located) -> None:
        message = f"rulebooks use each other more than {DEEPEST} deep"
        self.report.add(codes.IMPORTS_TOO_DEEP.at(written.span, message, "use what is needed where it is needed"))

    def _target(self, written: Located, place: Place) -> tuple[Path, str] | None:
        """Return the file or folder that a `use` names, and how it is shown; None once it is reported."""
        name = str(written.value)
        standard = _STANDARD.fullmatch(name)
        if standard:
            base, shown = shipped("policies") / standard[1], name
        elif name.startswith(("./", "../")):
            base, shown = place.path(name)[0], shown_path(place.path(name)[0])
        else:
            self._report_unknown(
                written,
                f"`{name}` is not a rulebook",
                "`std/NAME` ships with groundrules, `./NAME` is beside this file",
            )
            return None
        if not _may_be_read(base):
            self.report.add(outside(name, written.span))
            return None
        for suffix in ("", *SUFFIXES):
            path = Path(f"{base}{suffix}")
            if _exists(path):
                return path, shown + suffix
        self._report_unknown(written, f"there is no rulebook `{name}`", _available(name, base))
        return None

    def _report_unknown(self, written: Located, message: str, help: str) -> None:
        self.report.add(codes.UNKNOWN_IMPORT.at(written.span, message, help))


def alias_of(path: Located, alias: Located | None) -> str:
    """Return the name under which an import is known: what `as` says, else the last part of its path."""
    if alias is not None:
        return str(alias.value)
    last = str(path.value).rstrip("/").rpartition("/")[2]
    return last.removesuffix(".yaml").removesuffix(".yml").replace("-", "_")


def _is_blank(file: SourceFile) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in file.text.splitlines())


def _may_be_read(path: Path) -> bool:
    """Whether a path lies inside; what is no path at all is told when it is looked for."""
    try:
        return confined.holds(path)
    except ValueError:
        return True


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _available(name: str, base: Path) -> str:
    prefix = name[: name.rfind("/") + 1]
    try:
        siblings = [sibling for sibling in base.parent.iterdir() if sibling.is_dir() or sibling.suffix in SUFFIXES]
        names = sorted({prefix + sibling.stem for sibling in siblings if sibling.name[0] not in "._"})
    except OSError:
        names = []
    closest = nearest(name, names)
    if closest:
        return f"did you mean `{closest}`?"
    shown = ", ".join(f"`{name}`" for name in names[:20])
    return f"there are {shown}" if names else "write the path from the folder of this file"
