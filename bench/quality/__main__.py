"""`python -m bench.quality`: precision and recall of the shipped packs, and false alarms on ordinary messages.

Prints Markdown. Each labelled source is measured against the packs that are meant for it; ordinary messages (whole
chats, and what the labelled sets call ham) against all packs together, as a group would have them that switched
everything on. Both halves are shown: the packs were tuned on `dev`, nobody read `held-out`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence

from bench.quality.data import HALVES, LABELLED, STREAMS, Half, Source, rows
from bench.quality.measure import PACKS, REGULAR, Tallies, acted, engines, tallies

LEAST_RECALL = 0.6
MOST_ALARMS = 1.5
AGAINST_SPAM = ("adverts", "safety", "flood")


class Findings:
    """`labelled`: source → pack or packs → tallies; `ordinary`: source → tallies of all packs together."""

    def __init__(self) -> None:
        self.labelled: dict[str, dict[str, Tallies]] = {}
        self.ordinary: dict[str, Tallies] = {}

    def alarm_rate(self, half: Half) -> float:
        """False alarms per thousand ordinary messages of all sources."""
        of_half = [halves[half] for halves in self.ordinary.values()]
        messages = sum(tally.others for tally in of_half)
        return 1000 * sum(tally.alarms for tally in of_half) / messages if messages else 0.0

    def recall(self, half: Half) -> float:
        """The share of telegram-spam's spam that the packs against spam found."""
        return self.labelled["telegram-spam"][" + ".join(AGAINST_SPAM)][half].recall


def measure(sources: Sequence[Source] = (*LABELLED, *STREAMS), most: int | None = None) -> Findings:
    """Feed each source, at most `most` rows of it, to its own engines."""
    findings = Findings()
    for source in sources:
        _measure(source, most, findings)
    return findings


def _measure(source: Source, most: int | None, findings: Findings) -> None:
    together = " + ".join(source.packs)
    by_pack = {name: tallies() for name in dict.fromkeys((*source.packs, together)) if name}
    everything = tallies()
    written: Counter[str] = Counter()
    for row, fired in acted(engines(), rows(source, most)):
        assert row.wanted is not None
        member = row.event["actor"]["id"]
        written[member] += 1
        for name, tally in by_pack.items():
            tally[row.half].add(row.wanted, [rule for pack in name.split(" + ") for rule in fired[pack]])
        if not row.wanted:
            rules = [f"{pack}.{rule}" for pack in PACKS for rule in fired[pack]]
            everything[row.half].add(False, rules, member, written[member] > REGULAR)
    if by_pack:
        findings.labelled[source.name] = by_pack
    if source.is_ordinary:
        findings.ordinary[source.name] = everything


def lines(findings: Findings) -> Iterator[str]:
    yield "| labelled | packs | half | recall | precision | found | false |"
    yield "|---|---|---|---|---|---|---|"
    for source, packs in findings.labelled.items():
        for pack, halves in packs.items():
            for half in HALVES:
                tally = halves[half]
                counts = f"{tally.found} of {tally.wanted} | {tally.alarms} of {tally.others}"
                yield f"| {source} | {pack} | {half} | {tally.recall:.1%} | {tally.precision:.1%} | {counts} |"
    yield ""
    yield (
        "| ordinary messages, all packs | half | messages | false alarms | per thousand | members wronged "
        "| of them regulars | rules |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for source, halves in findings.ordinary.items():
        for half in HALVES:
            tally = halves[half]
            rules = ", ".join(f"{rule} {times}" for rule, times in sorted(tally.rules.items()))
            members = f"{len(tally.wronged)} of {len(tally.members)} | {len(tally.regulars)}"
            alarms = f"{tally.others} | {tally.alarms} | {tally.alarm_rate:.2f}"
            yield f"| {source} | {half} | {alarms} | {members} | {rules} |"
    yield ""
    yield "| target | dev | held-out | wanted |"
    yield "|---|---|---|---|"
    rates, recalls = ([ask(half) for half in HALVES] for ask in (findings.alarm_rate, findings.recall))
    yield f"| false alarms per thousand | {rates[0]:.2f} | {rates[1]:.2f} | ≤ {MOST_ALARMS:g} |"
    yield f"| telegram-spam found | {recalls[0]:.1%} | {recalls[1]:.1%} | ≥ {LEAST_RECALL:.0%} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("--most", type=int, metavar="ROWS", help="only so many rows of each source")
    arguments = parser.parse_args()
    missing = [source.path for source in (*LABELLED, *STREAMS) if not source.file.exists()]
    if missing:
        parser.exit(1, f"the data is not beside this checkout: {', '.join(missing)}\n")
    print("\n".join(lines(measure(most=arguments.most))))


if __name__ == "__main__":
    main()
