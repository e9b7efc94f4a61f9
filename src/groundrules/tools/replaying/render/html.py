"""A report as one page of HTML: nothing is loaded from anywhere, and nothing in it runs.

It is read by moderators, on a phone as well: the outcome first, then the chart, rules, members and messages to read.
Whatever members wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from groundrules.display.safe import html as escape
from groundrules.tools.replaying.model import Example, Person, Report, RuleRow
from groundrules.tools.replaying.render import charts
from groundrules.tools.replaying.render.words import ReportSpeech

PEOPLE = 500
_SIGNS = {"gained": ("+", "up"), "lost": ("−", "down"), "changed": ("~", "")}

STYLE = """
:root{color-scheme:light dark;--back:#fff;--panel:#f6f7f9;--text:#1c2430;--soft:#5b6675;--line:#d9dee5;
--kept:#94a3b8;--gained:#c2570c;--lost:#2563a8;--mark:#ffe58a;--bad:#b3261e;--good:#1a7f4b}
@media(prefers-color-scheme:dark){:root{--back:#14181f;--panel:#1d232c;--text:#e6e9ee;--soft:#9aa6b5;--line:#323b48;
--kept:#64748b;--gained:#f59e55;--lost:#6aa9ec;--mark:#6b5300;--bad:#ff8a80;--good:#63c793}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;background:var(--back);color:var(--text);
font:16px/1.55 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2.25rem 0 .75rem}
h3{font-size:1rem;margin:1.25rem 0 .5rem}
p{margin:.25rem 0}.soft,small{color:var(--soft)}code{font:.9em ui-monospace,Menlo,Consolas,monospace}
.cards{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0}
.card{flex:1 1 9rem;background:var(--panel);border-radius:.6rem;padding:.75rem 1rem}
.card b{display:block;font-size:1.7rem;line-height:1.2}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--soft);font-size:.85rem}.n{text-align:right;font-variant-numeric:tabular-nums}
.up{color:var(--gained)}.down{color:var(--lost)}.bad{color:var(--bad);font-weight:600}.good{color:var(--good)}
svg{width:100%;height:auto;display:block}svg text{font-size:13px;fill:var(--soft)}
.grid{stroke:var(--line)}rect.kept,.key.kept{fill:var(--kept);background:var(--kept)}
rect.gained,.key.gained{fill:var(--gained);background:var(--gained)}rect.lost,.key.lost{fill:var(--lost);background:var(--lost)}
.key{display:inline-block;width:.8em;height:.8em;border-radius:.15em;margin:0 .35em 0 1em}
details{margin:.5rem 0}summary{cursor:pointer;font-weight:600}
.example{border-left:3px solid var(--line);padding:.4rem 0 .4rem .9rem;margin:.75rem 0}
.example.gained{border-color:var(--gained)}.example.lost{border-color:var(--lost)}
blockquote{margin:.35rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
mark{background:var(--mark);color:inherit;border-radius:.15em;padding:0 .1em}
.why{color:var(--soft);font-size:.9rem;margin:.15rem 0;overflow-wrap:anywhere}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.75rem}
"""


def render(report: Report, lang: str) -> str:
    """Return the page."""
    page = _Page(report, lang)
    heading = escape(page.say.heading(report))
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{page.say.lang}">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{heading}</title><style>{STYLE}</style></head>",
            f"<body><h1>{heading}</h1>",
            *page.parts(),
            "</body></html>",
            "",
        ]
    )


class _Page:
    def __init__(self, report: Report, lang: str) -> None:
        self.report = report
        self.say = ReportSpeech(report, lang)
        self.compared = report.before is not None

    def parts(self) -> Iterator[str]:
        yield from self._top()
        yield from self._budget()
        yield from self._cards()
        yield from self._chart()
        yield from self._rules()
        if self.compared:
            yield from self._people("newly", self.report.newly)
            yield from self._people("spared", self.report.spared)
            yield from self._people("otherwise", self.report.otherwise)
        else:
            yield from self._people("people", self.report.people)
        yield from self._examples()
        yield from self._undecided()
        yield from self._foot()

    # --- the outcome ----------------------------------------------------------------------------

    def _top(self) -> Iterator[str]:
        report, say = self.report, self.say
        if report.before:
            yield f"<p>{escape(say('compared', old=report.before.shown, new=report.after.shown))}</p>"
        yield f"<p>{escape(say.period(report))}</p>"
        for line in [*say.readings(report), *say.refused(report.after)]:
            yield f'<p class="soft">{escape(line)}</p>'

    def _budget(self) -> Iterator[str]:
        if not self.report.budget:
            return
        yield f"<h2>{escape(self.say('budget'))}: {escape(self.say.outcome(self.report.budget))}</h2>"
        rows = [
            [
                _coloured("good" if verdict.ok else "bad", self.say("kept" if verdict.ok else "broken")),
                escape(self.say.verdict(verdict)),
            ]
            for verdict in self.report.budget
        ]
        yield _table(None, rows)

    def _cards(self) -> Iterator[str]:
        report, say = self.report, self.say
        total = sum(row.after for row in report.rules)
        cards = [(f"{total:,}", say("hits"), "")]
        if report.before:
            cards = [
                (f"{sum(row.before for row in report.rules):,} → {total:,}", say("hits"), ""),
                (f"+{sum(row.gained for row in report.rules):,}", say("gained"), "up"),
                (f"−{sum(row.lost for row in report.rules):,}", say("lost"), "down"),
                (f"{len(report.newly):,}", say("newly_short"), "up"),
                (f"{len(report.spared):,}", say("spared_short"), "down"),
            ]
        else:
            cards.append((f"{report.members:,}", say("people_short"), ""))
        shown = (f'<div class="card"><b class="{kind}">{value}</b>{escape(name)}</div>' for value, name, kind in cards)
        yield f'<div class="cards">{"".join(shown)}</div>'
        if not report.rules:
            yield f"<p>{escape(say('nothing'))}</p>"
        elif report.before and not any(row.gained or row.lost or row.changed for row in report.rules):
            yield f"<p>{escape(say('same'))}</p>"

    def _chart(self) -> Iterator[str]:
        if not any(week.before or week.after for week in self.report.weeks):
            return
        yield f"<h2>{escape(self.say('by_week'))}</h2>"
        yield charts.weeks(self.report.weeks, self.say, self.compared)
        if self.compared:
            keys = (("kept", "unchanged"), ("gained", "gained"), ("lost", "lost"))
            named = (f'<span class="key {kind}"></span>{escape(self.say(name))}' for kind, name in keys)
            yield f'<p class="soft">{"".join(named)}</p>'

    # --- rules and members ----------------------------------------------------------------------

    def _rules(self) -> Iterator[str]:
        if not self.report.rules:
            return
        say = self.say
        yield f"<h2>{escape(say('by_rule'))}</h2>"
        head = [say("rule"), say("acts"), say("members")]
        if self.compared:
            head = [say(name) for name in ("rule", "before", "after", *self._moves, "members")]
        head += map(say, self._asides)
        yield _table([escape(name) for name in head], [self._rule(row) for row in self.report.rules])
        if "away" in self._asides:
            yield f'<p class="soft">{escape(say("away_help"))}</p>'

    @property
    def _moves(self) -> list[str]:
        """The ways in which some rule differs."""
        return [name for name in _SIGNS if any(getattr(row, name) for row in self.report.rules)]

    @property
    def _asides(self) -> list[str]:
        """What is counted beside, where there is any."""
        rows = self.report.rules
        return [
            name
            for name in ("shadow", "away")
            if any(getattr(row, f"{name}_before") or getattr(row, f"{name}_after") for row in rows)
        ]

    def _rule(self, row: RuleRow) -> list[str]:
        title, was = self.say.title(row), f" ({self.say('renamed', was=row.was)})" if row.was else ""
        name = f"<code>{escape(row.rule)}</code>{escape(was)}" + (
            f"<br><small>{escape(title)}</small>" if title else ""
        )
        cells = [name]
        if self.compared:
            cells += [f"{row.before:,}", f"{row.after:,}"]
            cells += [_signed(getattr(row, name), *_SIGNS[name]) for name in self._moves]
        else:
            cells.append(f"{row.after:,}")
        cells.append(self._moved(row.members_before, row.members_after))
        asides = [(getattr(row, f"{name}_before"), getattr(row, f"{name}_after")) for name in self._asides]
        return cells + [self._moved(before, after) for before, after in asides]

    def _moved(self, before: int, after: int) -> str:
        return f"{before:,} → {after:,}" if self.compared and before != after else f"{after:,}"

    def _people(self, name: str, people: Sequence[Person]) -> Iterator[str]:
        if not people:
            return
        say = self.say
        yield f"<details{' open' if len(people) <= 12 else ''}><summary>{escape(say(name))} ({len(people):,})</summary>"
        rows = [
            [escape(say.person(person)), self._moved(person.before, person.after), escape(", ".join(person.rules))]
            for person in people[:PEOPLE]
        ]
        yield _table([escape(say("member")), escape(say("hits")), escape(say("rules"))], rows, numbers=(1,))
        if len(people) > PEOPLE:
            yield f"<p>{escape(say('more', count=len(people) - PEOPLE))}</p>"
        yield "</details>"

    # --- messages -------------------------------------------------------------------------------

    def _examples(self) -> Iterator[str]:
        if not self.report.examples:
            return
        yield f"<h2>{escape(self.say('examples'))}</h2>"
        for (rule, side), group in groupby(self.report.examples, lambda example: (example.rule, example.side)):
            yield f"<h3><code>{escape(rule)}</code>: {escape(self.say(f'side_{side}'))}</h3>"
            yield from map(self._example, group)

    def _example(self, example: Example) -> str:
        say = self.say
        place = f" {say('in', channel=example.channel)}" if example.channel else ""
        when = f"{say.second(example.at)} · {say.who(example)}{place}"
        text = f"<blockquote>{_marked(example)}</blockquote>" if example.text else ""
        effects = "".join(f"<p>→ {escape(line)}</p>" for line in say.doing(example))
        why = "".join(f'<p class="why">{escape(line)}</p>' for line in say.reasons(example))
        return f'<div class="example {example.side}"><small>{escape(when)}</small>{text}{effects}{why}</div>'

    # --- the rest -------------------------------------------------------------------------------

    def _undecided(self) -> Iterator[str]:
        if not self.report.undecided:
            return
        yield f"<h2>{escape(self.say('undecided'))}</h2><ul>"
        for row in self.report.undecided:
            missing = ", ".join(row.missing)
            text = self.say("undecided_row", rule=row.rule, count=row.count, events=row.events, missing=missing)
            yield f"<li>{escape(text)}</li>"
        yield f'</ul><p class="soft">{escape(self.say("undecided_help"))}</p>'

    def _foot(self) -> Iterator[str]:
        readings = [reading for reading in (self.report.before, self.report.after) if reading]
        names = "<br>".join(f"<code>{escape(reading.shown)}</code> {escape(reading.name)}" for reading in readings)
        texts = f"<p>{escape(self.say('texts'))}</p>" if self.report.examples or self.report.people else ""
        yield f'<footer class="soft">{texts}<small>{names}</small></footer>'


def _signed(count: int, sign: str, kind: str) -> str:
    return _coloured(kind, f"{sign}{count:,}") if count else ""


def _coloured(kind: str, text: str) -> str:
    return f'<span class="{kind}">{escape(text)}</span>'


def _table(head: Sequence[str] | None, rows: Iterable[Sequence[str]], numbers: Sequence[int] | None = None) -> str:
    """Return a table of HTML cells; with a head, all columns but the first are numeric by default."""

    def cell(tag: str, column: int, content: str) -> str:
        numeric = head is not None and (column > 0 if numbers is None else column in numbers)
        return f"<{tag}{' class=n' if numeric else ''}>{content}</{tag}>"

    lines = [("th", row) for row in ([head] if head else [])] + [("td", row) for row in rows]
    shown = ("".join(cell(tag, column, content) for column, content in enumerate(row)) for tag, row in lines)
    return f'<div class="table"><table>{"".join(f"<tr>{row}</tr>" for row in shown)}</table></div>'


def _marked(example: Example) -> str:
    pieces, at = [], 0
    for mark in example.marks:
        pieces.append(escape(example.text[at : mark.start]))
        pieces.append(f'<mark title="{escape(mark.pattern)}">{escape(example.text[mark.start : mark.end])}</mark>')
        at = mark.end
    return "".join(pieces) + escape(example.text[at:])
