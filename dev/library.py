"""The pages of the shipped library, one per pack and language: `python -m dev.library`.

Everything on them is read from the rulebook and its tests, so a page can't promise what the pack doesn't do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from groundrules.checker.model import Checked
from groundrules.checker.people import filled
from groundrules.frontend import check_path
from groundrules.lower import lower
from groundrules.narrate.localised import pick
from groundrules.plan import ir
from groundrules.resources import shipped
from groundrules.rulebook import model as authored
from groundrules.tools.handbook.document import Block, Code, Document, Heading, Item, Items, Paragraph, Table, one_line
from groundrules.tools.handbook.guide import Guide
from groundrules.tools.handbook.markdown import markdown
from groundrules.tools.handbook.phrases import Phrases
from groundrules.tools.handbook.sections import sections
from groundrules.tools.testing.read import find_tests, read_tests

ENDINGS = {"en": ".md", "zh": ".zh.md"}
COMMAND = "python -m dev.library"

_WHO = ("role", "list", "ledger")  # types of parameters that most communities leave unchanged

_WORDS: Mapping[str, tuple[str, str]] = {
    "use": ("Use it", "使用方法"),
    "parameters": ("Parameters", "参数"),
    "lists": ("Lists", "词表"),
    "ledgers": ("Ledgers", "账本"),
    "needs": ("What it needs from the adapter", "需要适配器提供"),
    "acts": ("Actions that it asks for", "会请求的动作"),
    "tests": ("Tests", "测试"),
    "parameter": ("Parameter", "参数"),
    "type": ("Type", "类型"),
    "default": ("Default", "默认值"),
    "range": ("Range", "范围"),
    "meaning": ("Meaning", "含义"),
    "list": ("List", "词表"),
    "match": ("Matched", "匹配方式"),
    "entries": ("Entries", "条目数"),
    "ledger": ("Ledger", "账本"),
    "per": ("Per", "对象"),
    "fades": ("Fades", "衰减"),
    "share": ("To share it", "共用写法"),
    "event": ("Event", "事件"),
    "reads": ("Fields read", "读取的字段"),
    "facts": ("Facts about members: {facts}", "成员资料：{facts}"),
    "none": ("—", "—"),
    "from": ("from {limit}", "不小于 {limit}"),
    "to": ("to {limit}", "不大于 {limit}"),
    "footer": (
        f"Made from the rulebook by `{COMMAND}`; do not edit.",
        f"由 `{COMMAND}` 根据规则文件生成，请勿手工修改。",
    ),
    "source": (
        "The rulebook: [policies/{name}](../../policies/{name}). How packs are used: [the library](README.md).",
        "规则文件：[policies/{name}](../../policies/{name})。规则包的用法见[规则库](README.zh.md)。",
    ),
    "library": ("The library", "规则库"),
    "pack": ("Pack", "规则包"),
    "what": ("What it is for", "用途"),
}


_OPENING = {
    "en": """\
These packs ship with groundrules. A rulebook takes one up by a line under `use`, and everything in it applies:

```yaml
use:
  - std/chat
  - {rulebook: std/flood, mode: shadow}
  - rulebook: std/respect
    with: {short_mute: 30m, staff: our_staff}
  - rulebook: std/adverts
    as: ads
    with: {strikes: respect.strikes}

lists:
  our_staff: [owner, admin, helper]
```

- **`use`** names the pack. `std/chat` makes the event types known; what else is wanted stands beside it.
- **`with`** gives values to its parameters; what is left out keeps its default. Each page below lists them with their
  types, ranges and defaults.
- **`as`** is the name it goes by here, the pack's own unless said: the first rule of the last pack above is
  `ads.advert-phrases`, the ledger of the one before it `respect.strikes`. The same pack may be used twice under two
  names.
- **Sharing a ledger.** Each pack keeps ledgers of its own. Where its parameter of type `ledger` is given the ledger of
  another, both count into that one: above, adverts add to the strikes of `respect`, and its ladder acts on them.
- **`mode: shadow`**, `rollout: 10%` and `ends: 2027-01-31` hold a whole pack back: it is tried before it acts.
- A pack that does nearly what is wanted is copied: its folder is a rulebook like any other, `use: [./our-flood]`.

`groundrules lint` tells parameters that a pack does not have and values out of range. All that may stand in a rulebook
is in [rulebook.md](../rulebook.md).
""",
    "zh": """\
这些规则包随 groundrules 附带。在 `use` 下写一行即可启用，其中的规则全部生效：

```yaml
use:
  - std/chat
  - {rulebook: std/flood, mode: shadow}
  - rulebook: std/respect
    with: {short_mute: 30m, staff: our_staff}
  - rulebook: std/adverts
    as: ads
    with: {strikes: respect.strikes}

lists:
  our_staff: [owner, admin, helper]
```

- **`use`** 写出规则包的名字。`std/chat` 让事件类型可用，需要的规则包写在它旁边。
- **`with`** 给参数赋值，没写的用默认值。每个规则包的页面列出参数的类型、范围和默认值。
- **`as`** 是它在这里的名字，不写就用规则包自己的名字：例如规则 `ads.advert-phrases`、账本 `respect.strikes`。\
同一个规则包可以用两个名字启用两次。
- **共用账本**：每个规则包有自己的账本。把别人的账本传给类型为 `ledger` 的参数，两者就记在同一本账上：\
上例中广告违规记入 `respect` 的违规账，由它的阶梯处理。
- **`mode: shadow`**、`rollout: 10%`、`ends: 2027-01-31` 控制整个规则包：先试行，再生效。
- 差一点才合用的规则包可以复制一份来改：它的文件夹就是普通的规则文件，写 `use: [./our-flood]`。

`groundrules lint` 会指出不存在的参数和超出范围的值。规则文件里能写的一切见 [rulebook.md](../rulebook.md)（英文）。
""",
}


def packs(folder: Path | None = None) -> list[str]:
    """Return the names of the packs, except those that only `init` copies."""
    root = folder or shipped("policies")
    return sorted(
        rulebook.parent.name for rulebook in root.glob("*/rulebook.yaml") if not rulebook.parent.name.startswith("_")
    )


def page(name: str, lang: str) -> str:
    """Return a pack's page in "en" or "zh". Raises ValueError if its rulebook or tests have mistakes."""
    folder = shipped("policies") / name
    result = check_path(folder)
    if result.checked is None or result.has_errors:
        raise ValueError(f"the pack {name} has errors: groundrules lint {folder}")
    plan = lower(result.checked)
    pack = _Pack(name, folder, result.checked, Phrases(plan, lang))
    root = result.checked.instances[0]
    title = f"{name} · {pack.phrases.title(filled(root.book.title, root), name)}"
    footer = "\n\n".join([pack.say("source", name=name), pack.say("footer")])
    return markdown(Document(lang, title, tuple(pack.blocks()), footer))


class _Pack:
    def __init__(self, name: str, folder: Path, checked: Checked, phrases: Phrases) -> None:
        self.name = name
        self.folder = folder
        self.checked = checked
        self.phrases = phrases
        self.book = checked.book
        self.plan = phrases.plan

    def say(self, word: str, **values: object) -> str:
        return _WORDS[word][self.phrases.lang == "zh"].format(**values)

    def blocks(self) -> Iterator[Block]:
        root = self.checked.instances[0]
        text = pick(filled(self.book.text, root), self.phrases.lang)
        if text:
            yield Paragraph(text)
        for heading, chapter in (
            ("use", [Code(self._use())]),
            ("parameters", self._parameters()),
            ("lists", self._lists()),
            ("", sections(Guide(self.checked, self.plan, self.phrases, ("enforce", "shadow"), ids=True), "", 2)),
            ("ledgers", self._ledgers()),
            ("needs", self._needs()),
            ("acts", self._acts()),
            ("tests", self._tests()),
        ):
            section = list(chapter)
            if section and heading:
                yield Heading(2, self.say(heading))
            yield from section

    def _table(self, head: str, rows: list[tuple[str, ...]]) -> Iterator[Block]:
        if rows:
            yield Table(tuple(map(self.say, head.split())), tuple(rows))

    def _use(self) -> str:
        lines = ["use:"]
        optional = [parameter for parameter in self.book.parameters if parameter.default is not None]
        shown = sorted(optional, key=lambda parameter: parameter.type.value in _WHO)[:3]
        if not shown:
            return f"use:\n  - std/{self.name}"
        lines += [f"  - rulebook: std/{self.name}", f"    as: {self.name}", "    with:"]
        lines += [
            f"      {parameter.name.value}: {parameter.default.span.text}" for parameter in shown if parameter.default
        ]
        return "\n".join(lines)

    def _parameters(self) -> Iterator[Block]:
        return self._table("parameter type default range meaning", [*map(self._parameter, self.book.parameters)])

    def _parameter(self, parameter: authored.Parameter) -> tuple[str, ...]:
        root = self.checked.instances[0]
        title, more = (
            pick(filled(texts, root), self.phrases.lang) for texts in (parameter.title, parameter.description)
        )
        limits = [self.say("from", limit=parameter.minimum.span.text)] if parameter.minimum else []
        limits += [self.say("to", limit=parameter.maximum.span.text)] if parameter.maximum else []
        default = parameter.default.span.text.strip("\"'") if parameter.default else self.say("none")
        meaning = self.phrases.join([title, more], "then")
        return (
            str(parameter.name.value),
            str(parameter.type.value),
            default,
            self.phrases.join(limits, "comma"),
            meaning,
        )

    def _lists(self) -> Iterator[Block]:
        return self._table(
            "list match entries",
            [(str(words.name.value), words.match, str(len(words.items))) for words in self.book.lists],
        )

    def _ledgers(self) -> Iterator[Block]:
        by_id = {ledger.id: ledger for ledger in self.plan.ledgers}
        declared = [
            by_id[str(declaration.name.value)]
            for declaration in self.book.ledgers
            if str(declaration.name.value) in by_id
        ]
        return self._table("ledger meaning per fades share", [*map(self._ledger, declared)])

    def _ledger(self, ledger: ir.Ledger) -> tuple[str, ...]:
        fade = ledger.fade
        length = self.phrases.length(fade.every) if fade else ""
        fades = self.phrases("ledger_fades", n=fade.amount, length=length) if fade else self.say("none")
        title = pick(ledger.title, self.phrases.lang)
        return ledger.id, title, ledger.per, fades, f"{self.name}.{ledger.id}"

    def _needs(self) -> Iterator[Block]:
        types = sorted({type for rule in self.plan.rules for type in _types(rule)} | self._ending() | self._counted())
        rows = [
            (type, self.phrases.event(type), self.phrases.join(self.plan.reads.get(type, ()), "comma"))
            for type in types
        ]
        yield from self._table("event meaning reads", list(rows))
        if self.plan.facts.get("member"):
            yield Paragraph(self.say("facts", facts=self.phrases.join(self.plan.facts["member"], "comma")))

    def _ending(self) -> set[str]:
        untils = [until for process in self.plan.processes for until in (*process.until, *process.restart)]
        untils += [item.event for process in self.plan.processes for item in process.until_all]
        untils += [until for state in self.plan.states for until in (*state.enter_on, *state.leave_on)]
        return {type for until in untils for type in until.types}

    def _counted(self) -> set[str]:
        return {window.type for window in self.plan.windows}

    def _acts(self) -> Iterator[Block]:
        names = [action.name for action in self.plan.actions]
        if names:
            yield Paragraph(self.phrases.join(names, "comma"))

    def _tests(self) -> Iterator[Block]:
        files = sorted(file for files_of_book in find_tests(self.folder).values() for file in files_of_book)
        names = [Item("", case.name) for file in files for case in read_tests(file, self.plan)]
        if names:
            yield Items(tuple(names))


def _types(rule: ir.Rule) -> tuple[str, ...]:
    undone = tuple(undo.type for undo in rule.undo)
    return (*rule.trigger.types, *undone) if isinstance(rule.trigger, ir.OnEvent) else undone


def index(lang: str) -> str:
    """Return the page that lists all packs; a pack with mistakes is left out."""
    rows = []
    for name in packs():
        checked = check_path(shipped("policies") / name).checked
        if checked is not None:
            root = checked.instances[0]
            texts = (pick(filled(text, root), lang) for text in (root.book.title, root.book.text))
            title, text = map(one_line, texts)
            rows.append((f"[{name}]({name}{ENDINGS[lang]})", title, text))
    head = tuple(_WORDS[word][lang == "zh"] for word in ("pack", "meaning", "what"))
    title, footer = (_WORDS[word][lang == "zh"] for word in ("library", "footer"))
    lines = [
        f"# {title}",
        "",
        *_OPENING[lang].splitlines(),
        "",
        *("| " + " | ".join(row) + " |" for row in (head, ("---",) * 3, *rows)),
    ]
    return "\n".join([*lines, "", "---", "", footer]) + "\n"


def write(folder: Path) -> list[str]:
    """Write the pages of all packs into `folder`; return what is wrong with packs that have none."""
    folder.mkdir(parents=True, exist_ok=True)
    problems = []
    for lang, ending in ENDINGS.items():
        (folder / f"README{ending}").write_text(index(lang), encoding="utf-8", newline="\n")
        for name in packs():
            try:
                (folder / f"{name}{ending}").write_text(page(name, lang), encoding="utf-8", newline="\n")
            except ValueError as error:
                problems.append(str(error))
    return list(dict.fromkeys(problems))


if __name__ == "__main__":
    wrong = write(Path("docs/library"))
    print(*wrong, sep="\n", file=sys.stderr)
    sys.exit(bool(wrong))
