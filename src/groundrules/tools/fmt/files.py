"""Which files of a folder are rulebooks or tests of rulebooks.

A file that is not valid YAML is ours if one of its lines begins as a rulebook or a tests file begins: whoever broke it
wants to know.
"""

from __future__ import annotations

import re
from pathlib import Path

from groundrules.diagnostics.model import Report
from groundrules.rulebook.files import MAX_YAML, read_file
from groundrules.rulebook.yaml import YMapping, read_yaml
from groundrules.tools.fmt.shapes import ROOT

_SUFFIXES = frozenset({".yaml", ".yml"})
_HEADS = frozenset({"rulebook", "tests"})
_HEAD = re.compile(rf"^(?:{'|'.join((*sorted(_HEADS), 'rules'))})\s*[:：]", re.MULTILINE)


def files_below(folder: Path) -> list[Path]:
    """Return the rulebook and test files below a folder, sorted; what is hidden is passed over."""
    yaml_files = [path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file()]
    visible = [path for path in yaml_files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    return sorted(path for path in visible if _is_ours(path))


def _is_ours(path: Path) -> bool:
    """Whether a file begins like one of ours: it names a rulebook, holds tests, or only sections of a rulebook."""
    file = read_file(path, path.as_posix(), Report(), most=MAX_YAML)
    if file is None:
        return False
    report = Report()
    root = read_yaml(file, report)
    if report.has_errors:
        return _HEAD.search(file.text) is not None
    if not isinstance(root, YMapping):
        return False
    keys = {key.text for key, _ in root.items}
    return bool(keys & _HEADS) or (bool(keys) and keys <= ROOT.keys.keys() | {"events", "title"})
