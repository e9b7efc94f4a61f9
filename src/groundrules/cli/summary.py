"""The end of a run: what was decided, what fired, and which guards stayed undecided for lack of facts."""

from __future__ import annotations

from collections import Counter

import click

from groundrules.plan import ir
from groundrules.tools.running.tally import Tally

WORDS = {
    "en": {
        "lines": "{lines:,} events: {decided:,} decided, {rejected:,} rejected, {duplicates:,} seen before",
        "late": "{late:,} late",
        "fired": "fired",
        "shadowed": "in shadow",
        "actions": "actions",
        "clamped": "clamped",
        "undecided": "undecided for lack of facts",
        "row": "`{rule}` undecided on {count:,} of {events:,}: {missing} missing",
        "help": "a bot must send these facts, or the rulebook must `assume` them",
        "none": "nothing fired",
    },
    "zh": {
        "lines": "{lines:,} 个事件：判定 {decided:,}，拒收 {rejected:,}，重复 {duplicates:,}",
        "late": "迟到 {late:,}",
        "fired": "触发",
        "shadowed": "试运行",
        "actions": "动作",
        "clamped": "受限",
        "undecided": "因缺少信息而无法判断",
        "row": "`{rule}` 在 {events:,} 次中有 {count:,} 次无法判断：缺少 {missing}",
        "help": "请让机器人提供这些信息，或在规则手册中用 `assume` 设定",
        "none": "没有规则触发",
    },
}


def print_summary(tally: Tally, plan: ir.Plan, lang: str) -> None:
    """Print the summary of a run on standard error."""
    words = WORDS[lang]
    counts = {name: getattr(tally, name) for name in ("lines", "decided", "rejected", "duplicates")}
    line = words["lines"].format(**counts)
    if tally.late:
        line += ", " + words["late"].format(late=tally.late)
    click.secho(line, bold=True, err=True)
    for name in ("fired", "shadowed", "actions", "clamped"):
        _print_counts(words[name], getattr(tally, name))
    if not tally.fired and not tally.shadowed:
        click.echo(f"  {words['none']}", err=True)
    table = tally.undecided(plan)
    if table:
        click.secho(f"  {words['undecided']}:", fg="yellow", err=True)
        for row in table:
            text = words["row"].format(
                rule=row.rule, count=row.count, events=row.events, missing=", ".join(f"`{m}`" for m in row.missing)
            )
            click.echo(f"    {text}", err=True)
        click.echo(f"    {words['help']}", err=True)


def _print_counts(name: str, counts: Counter[str]) -> None:
    if counts:
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        shown = ", ".join(f"{key} {count:,}" for key, count in ranked[:20])
        more = f" … (+{len(ranked) - 20})" if len(ranked) > 20 else ""
        click.echo(f"  {name}: {shown}{more}", err=True)
