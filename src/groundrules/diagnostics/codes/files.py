"""GR0xx: files, YAML and imports."""

from groundrules.diagnostics.code import Code
from groundrules.diagnostics.model import Severity

NO_SUCH_FILE = Code(
    "GR001",
    "no-such-file",
    Severity.ERROR,
    "a file or folder does not exist",
    """A rulebook, an import or the file of a list is not where it was said to be. Paths in a rulebook begin at the
folder of the file that names them.

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
    """The file exists but is no ordinary file, may not be read, or is too large: a file of words may have 64 MB, the
YAML of a rulebook, all that it uses included, 16 MB. A rulebook and the files that it names are ordinary text files; a
path that begins with `/` is refused, because it would mean something else on the next machine.
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
    "a control character stands in the file",
    """YAML allows no control characters but tab and line breaks. They usually come from copying out of a terminal or
a word processor; in a text they can be written as an escape, `"\\u0007"`.
""",
)

YAML_SYNTAX = Code(
    "GR005",
    "yaml-syntax",
    Severity.ERROR,
    "the file is not YAML",
    """The file can't be read as YAML, so nothing behind the mistake was looked at.

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
    "a tab where YAML wants blanks",
    """YAML indents with blanks only. Set the editor to insert blanks for the tab key.
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
`!!str`, `!!seq` and `!!map` are understood. Files are joined by putting them into one folder or by `use`.
""",
)

ALIAS = Code(
    "GR009",
    "alias",
    Severity.ERROR,
    "an alias that can't be followed",
    """An alias `*name` repeats what `&name` marked. It must be marked before, may not contain itself, and all aliases
of a file together may repeat at most 10,000 values.
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
    """A line `---` begins a new document. A file holds one; put the other into a file of its own in the same folder.
""",
)

EMPTY_FILE = Code(
    "GR012",
    "empty-rulebook",
    Severity.ERROR,
    "there is no rulebook in the file or folder",
    """The file holds nothing but comments, or the folder has no `.yaml` file. `groundrules init` writes a rulebook to
start from.
""",
)

MERGE_KEY = Code(
    "GR013",
    "merge-key",
    Severity.ERROR,
    "the merge key `<<`",
    """`<<: *name` belongs to an older YAML and hides where a key comes from. Write the keys out, or share what
repeats through `define`, `parameters` or an imported rulebook.
""",
)

ODD_KEY = Code(
    "GR014",
    "odd-key",
    Severity.ERROR,
    "a key that is neither text nor a whole number",
    """Keys are names, and whole numbers in `times`. A key that YAML reads as something else (`true`, `null`, `1.5`,
a list) must be put in quotes if it is meant as a name.
""",
)

CUT_EXPRESSION = Code(
    "GR015",
    "cut-expression",
    Severity.ERROR,
    "YAML cuts an expression short",
    """YAML has its own use for ` #` (a comment), `: ` (a key) and, inside braces, for `,`. An expression that contains
one of them would be cut there. Below `when: >` nothing is cut:

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
    "full-width punctuation where YAML wants ASCII",
    """Chinese input methods type `：` for `:`, `，` for `,` and a wide blank (U+3000) for a blank. In a text they are
welcome; where YAML or a name is meant, only the ASCII character counts.

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
    """Outside of quotes ` #` begins a comment, so the end of this text would never be sent. Put the text in quotes, or
a blank behind `#` if it is a comment.

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
    """All words that texts are searched for are put into one automaton, which takes a tenth of a millisecond for each.
So the lists of a rulebook may have 200,000 entries; those with `match: domain` or `match: exact`, which are looked up,
a million. A list of everything finds everything: keep the words that were met.
""",
)

TOO_MANY_VALUES = Code(
    "GR019",
    "too-many-values",
    Severity.ERROR,
    "a file has too many keys and values",
    """A YAML file may have 1,000,000 keys, values, lists and mappings; fifty thousand rules have half a million. Words
belong into the file of a list, one a line, which takes a tenth of the time and needs no quotes.
""",
)

OUTSIDE = Code(
    "GR026",
    "outside-file",
    Severity.ERROR,
    "a file lies outside of the rulebook's folder",
    """A rulebook may come from a stranger, so it reads what stands in its own folder and below, links followed to what
they lead to. Whoever runs it may name further folders: `groundrules lint teams/help --root teams` lets the rulebook use
`../shared`. A folder of rulebooks that is linted or tested as a whole is such a root.

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
and `limits` stand beside the name. Put a second rulebook into a folder of its own.
""",
)

UNKNOWN_IMPORT = Code(
    "GR022",
    "unknown-import",
    Severity.ERROR,
    "the rulebook to use does not exist",
    """`use` names a rulebook that ships with groundrules (`std/flood`) or one beside this file (`./packs/quiet`,
`../shared/adverts.yaml`).
""",
)

IMPORT_CYCLE = Code(
    "GR023",
    "import-cycle",
    Severity.ERROR,
    "rulebooks use each other in a circle",
    """A rulebook can't use itself, directly or through others. Move what both need into a third one.
""",
)

DUPLICATE_ALIAS = Code(
    "GR024",
    "duplicate-alias",
    Severity.ERROR,
    "two imports have one name",
    """What an import declares is reached under its alias (`flood.points`), the last part of its path unless `as:` says
otherwise. Give one of the two another: `{rulebook: std/flood, as: burst}`.
""",
)

IMPORTS_TOO_DEEP = Code(
    "GR025",
    "imports-too-deep",
    Severity.ERROR,
    "rulebooks use each other too deeply",
    """A rulebook that uses another that uses a third, and so on, may go 32 deep. Nobody finds what a rule means through
more than a few; let the rulebook at the top use what it needs itself.
""",
)
