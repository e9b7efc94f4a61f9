"""GR0xx: files, YAML and imports."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

NO_SUCH_FILE = Code(
    "GR001",
    "no-such-file",
    Severity.ERROR,
    "a file or folder does not exist",
    """A rulebook, an import or a list's file is not where it should be. Paths in a rulebook are relative to the file
that contains them.

```yaml
lists:
  adverts: {file: lists/advert.txt, match: squeezed}   # the file is lists/adverts.txt
```
""",
)

UNREADABLE_FILE = Code(
    "GR002",
    "unreadable-file",
    Severity.ERROR,
    "a file can't be read",
    """The file exists but is not a regular file, can't be read, or is too large: a word-list file may have 64 MB, the
YAML of a rulebook, including everything it uses, 16 MB. A rulebook and its files are regular text files; a path that
begins with `/` is refused, because it would mean something else on another machine.
""",
)

NOT_UTF8 = Code(
    "GR003",
    "not-utf8",
    Severity.ERROR,
    "a file is not UTF-8",
    """All files are read as UTF-8, with or without a byte order mark. Editors on Windows may save as UTF-16 or in the
code page of the system; save the file again as UTF-8.
""",
)

FORBIDDEN_CHARACTER = Code(
    "GR004",
    "forbidden-character",
    Severity.ERROR,
    "the file contains a control character",
    """YAML allows no control characters except tab and line breaks. They usually come from copying from a terminal or a
word processor; in a text, write them as an escape, `"\\u0007"`.
""",
)

YAML_SYNTAX = Code(
    "GR005",
    "yaml-syntax",
    Severity.ERROR,
    "the file is not YAML",
    """The file can't be read as YAML, so nothing after the mistake was checked.

```yaml
rules:
  - id: no-adverts
   on: message          # should begin in the same column as `id`
```
""",
)

TAB = Code(
    "GR006",
    "tab-indentation",
    Severity.ERROR,
    "a tab where YAML requires spaces",
    """YAML indents only with spaces. Set the editor to insert spaces for the tab key.
""",
)

DUPLICATE_KEY = Code(
    "GR007",
    "duplicate-key",
    Severity.ERROR,
    "a key is given twice",
    """YAML tools silently keep the last of two equal keys, so one of the two would be lost.

```yaml
- id: no-adverts
  when: text contains "a"
  when: text contains "b"     # join them: text contains "a" or text contains "b"
```
""",
)

TAG = Code(
    "GR008",
    "yaml-tag",
    Severity.ERROR,
    "a YAML tag",
    """Tags such as `!python/name` or `!include` ask the reader to build something; a rulebook is plain data. Only
`!!str`, `!!seq` and `!!map` are understood. To combine files, put them into one folder or import them with `use`.
""",
)

ALIAS = Code(
    "GR009",
    "alias",
    Severity.ERROR,
    "an alias that can't be followed",
    """An alias `*name` repeats what `&name` marked. The anchor must come first, an alias may not contain itself, and
all aliases of a file together may repeat at most 10,000 values.
""",
)

TOO_DEEP = Code(
    "GR010",
    "too-deep",
    Severity.ERROR,
    "values are nested too deeply",
    """Lists and mappings may be nested 64 levels deep. No rulebook needs more than a dozen.
""",
)

SEVERAL_DOCUMENTS = Code(
    "GR011",
    "several-documents",
    Severity.ERROR,
    "a file holds several YAML documents",
    """A line `---` begins a new document. A file holds one; put the other into its own file in the same folder.
""",
)

EMPTY_FILE = Code(
    "GR012",
    "empty-rulebook",
    Severity.ERROR,
    "there is no rulebook in the file or folder",
    """The file contains only comments, or the folder has no `.yaml` file. `groundrules init` writes a rulebook to
start from.
""",
)

MERGE_KEY = Code(
    "GR013",
    "merge-key",
    Severity.ERROR,
    "the merge key `<<`",
    """`<<: *name` is from an older YAML version and hides where a key comes from. Write the keys out, or share what
repeats through `define`, `parameters` or an imported rulebook.
""",
)

ODD_KEY = Code(
    "GR014",
    "odd-key",
    Severity.ERROR,
    "a key that is neither text nor a whole number",
    """Keys are names, and whole numbers in `times`. A key that YAML reads as something else (`true`, `null`, `1.5`,
a list) must be quoted if it is meant as a name.
""",
)

CUT_EXPRESSION = Code(
    "GR015",
    "cut-expression",
    Severity.ERROR,
    "YAML cuts an expression short",
    """YAML has its own use for ` #` (a comment), `: ` (a key) and, inside braces, `,`. An expression that contains one
of them would be cut off there. Below `when: >` nothing is cut:

```yaml
when: >
  text contains any of ["call me: now", "join #general"]
```
""",
)

FULL_WIDTH_YAML = Code(
    "GR016",
    "full-width-yaml",
    Severity.ERROR,
    "full-width punctuation where YAML requires ASCII",
    """Chinese input methods type `：` for `:`, `，` for `,` and a wide space (U+3000) for a space. In a text they are
fine; in YAML syntax and names, only the ASCII character works.

```yaml
- id：no-adverts          # - id: no-adverts
```
""",
)

CUT_TEXT = Code(
    "GR017",
    "cut-text",
    Severity.WARNING,
    "a text may have been cut by `#`",
    """Outside quotes, ` #` begins a comment, so the end of this text would never be sent. Quote the text, or put a
space after `#` if it is a comment.

```yaml
- reply: please ask in #help            # sends "please ask in"
- reply: "please ask in #help"
```
""",
)

LONG_LIST = Code(
    "GR018",
    "long-lists",
    Severity.ERROR,
    "the lists of a rulebook have too many words",
    """All words searched for in texts go into one automaton, which takes a tenth of a millisecond for each. So the
lists of a rulebook may have 200,000 entries; those with `match: domain` or `match: exact`, which are looked up, a
million. A list of everything matches everything: keep only words that actually occur.
""",
)

TOO_MANY_VALUES = Code(
    "GR019",
    "too-many-values",
    Severity.ERROR,
    "a file has too many keys and values",
    """A YAML file may have 1,000,000 keys, values, lists and mappings; fifty thousand rules have half a million. Put
words into a list's file, one per line, which takes a tenth of the time and needs no quotes.
""",
)

OUTSIDE = Code(
    "GR026",
    "outside-file",
    Severity.ERROR,
    "a file outside the rulebook's folder",
    """A rulebook may come from a stranger, so it can only read files in its own folder and below; links count as what
they point to. When you run it, you can allow more folders: `groundrules lint teams/help --root teams` lets the rulebook
use `../shared`. A folder of rulebooks that is linted or tested as a whole is such a root.

```yaml
use: [../shared]                                   # needs `--root`
lists:
  adverts: {file: ../../words/adverts.txt}         # so does this
```
""",
)

NO_HEADER = Code(
    "GR020",
    "no-header",
    Severity.ERROR,
    "no file says `rulebook:`",
    """Exactly one file of a rulebook names it with `rulebook: some-name`.
""",
)

TWO_HEADERS = Code(
    "GR021",
    "two-headers",
    Severity.ERROR,
    "two files of one folder say `rulebook:`",
    """All files of a folder are one rulebook, and one of them names it. `title`, `languages`, `timezone`, `partition`
and `limits` belong in the same file as the name. Put a second rulebook into its own folder.
""",
)

UNKNOWN_IMPORT = Code(
    "GR022",
    "unknown-import",
    Severity.ERROR,
    "the rulebook to use does not exist",
    """`use` names a rulebook that ships with groundrules (`std/flood`) or one relative to this file (`./packs/quiet`,
`../shared/adverts.yaml`).
""",
)

IMPORT_CYCLE = Code(
    "GR023",
    "import-cycle",
    Severity.ERROR,
    "rulebooks use each other in a cycle",
    """A rulebook can't use itself, directly or through others. Move what both need into a third one.
""",
)

DUPLICATE_ALIAS = Code(
    "GR024",
    "duplicate-alias",
    Severity.ERROR,
    "two imports have one name",
    """What an import declares is reached under its alias (`flood.points`), by default the last part of its path. Give
one of the two another alias: `{rulebook: std/flood, as: burst}`.
""",
)

IMPORTS_TOO_DEEP = Code(
    "GR025",
    "imports-too-deep",
    Severity.ERROR,
    "imports are nested too deeply",
    """Imports may be nested 32 deep. Nobody can follow a rule's meaning through more than a few; let the top rulebook
import what it needs directly.
""",
)
