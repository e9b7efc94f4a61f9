"""From the hits of one or two versions to a report.

Two hits are the same if one rule answered one occasion (a line of the input, an instant) for one member; a rule that
was renamed (`was:`) is the same rule. A hit that only the new version has is gained, one that only the old version has
is lost, and where both act but differently it has changed. Rewards count by rule; nobody is *actioned* by a reward, nor
by a rule that only opens a path or exempts. What rules in shadow would have done is counted separately, and never as
gained or lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from groundrules.plan import ir
from groundrules.tools.replaying.model import Hit, Person, Reading, Report, RuleRow, Share, Undecided, Week
from groundrules.tools.replaying.share import Weeks
from groundrules.tools.versions import Version

Key = tuple[int, str, str, str, int]


@dataclass
class Difference:
    """Hits paired between two versions. `same` acts alike in both; `changed` pairs (old, new) act otherwise."""

    gained: list[Hit] = field(default_factory=list)
    lost: list[Hit] = field(default_factory=list)
    changed: list[tuple[Hit, Hit]] = field(default_factory=list)


def difference(before: Iterable[Hit], after: Iterable[Hit], renamed: dict[str, str]) -> Difference:
    """Pair the hits of two versions; `renamed` maps the old ids of rules to the new ones."""
    old, new = _keyed(before, renamed), _keyed(after, {})
    differing = Difference()
    for key, hit in new.items():
        other = old.get(key)
        if other is None:
            differing.gained.append(hit)
        elif other.does != hit.does:
            differing.changed.append((other, hit))
    differing.lost = [hit for key, hit in old.items() if key not in new]
    return differing


def _keyed(hits: Iterable[Hit], renamed: dict[str, str]) -> dict[Key, Hit]:
    """Name each acting hit by its occasion, rule and member; alike ones by number."""
    counts: Counter[tuple[int, str, str, str]] = Counter()
    keyed = {}
    for hit in hits:
        if not hit.shadow:
            name = (hit.line, hit.at, renamed.get(hit.rule, hit.rule), hit.member)
            keyed[*name, counts[name]] = hit
            counts[name] += 1
    return keyed


def renames(old: ir.Plan, new: ir.Plan) -> dict[str, str]:
    """Return the rules that have another id in the new plan, old id → new id."""
    known = {rule.id for rule in old.rules}
    return {rule.was: rule.id for rule in new.rules if rule.was in known and rule.id not in known and rule.was}


def report(new: Version, after: Share, old: Version | None = None, before: Share | None = None) -> Report:
    """Return what a replay found; examples and budgets are added by those who make them."""
    plan, past = new.plan, before or Share()
    renamed = renames(old.plan, plan) if old else {}
    differing = difference(past.hits, after.hits, renamed) if old else Difference()
    names = {member: name for member, (_, name) in {**past.names, **after.names}.items()}
    people = _People(names, rewards(plan) | (rewards(old.plan) if old else set()), past.hits, after.hits)
    return Report(
        rulebook=plan.rulebook,
        title=plan.title,
        after=_reading(new, after),
        before=_reading(old, past) if old else None,
        first=after.first or past.first,
        last=max(after.last, past.last),
        zone=plan.timezone,
        rules=tuple(_rules(plan, old.plan if old else None, past, after, differing, renamed)),
        weeks=tuple(_weeks(plan.timezone, past, after, differing)),
        members=len(people.now),
        members_before=len(people.then),
        people=() if old else people.those(people.now, after.hits),
        newly=people.those(people.now - people.then, differing.gained) if old else (),
        spared=people.those(people.then - people.now, differing.lost) if old else (),
        otherwise=people.those(
            people.now & people.then, [*differing.gained, *differing.lost, *(hit for _, hit in differing.changed)]
        ),
        undecided=tuple(
            Undecided(rule=row.rule, count=row.count, events=row.events, missing=row.missing)
            for row in after.tally.undecided(plan)
        ),
    )


def rewards(plan: ir.Plan) -> set[str]:
    """Return the rules that act on nobody."""
    return {rule.id for rule in plan.rules if rule.kind == "reward"}


def _reading(version: Version, share: Share) -> Reading:
    tally = share.tally
    return Reading(
        shown=version.shown,
        name=f"{version.plan.rulebook}@{version.digest}",
        events=tally.lines,
        decided=tally.decided,
        rejected=tally.rejected,
        duplicates=tally.duplicates,
        late=tally.late,
        codes=dict(sorted(share.rejected.items())),
        rejections=tuple(share.rejections),
    )


# --- by member ----------------------------------------------------------------------------------


class _People:
    def __init__(self, names: dict[str, str], rewards: set[str], before: Sequence[Hit], after: Sequence[Hit]) -> None:
        self._names = names
        self._rewards = rewards
        self._before, self._after = self._counted(before), self._counted(after)
        self.then, self.now = set(self._before), set(self._after)

    def _counted(self, hits: Iterable[Hit]) -> Counter[str]:
        return Counter(hit.member for hit in hits if self._acts(hit))

    def _acts(self, hit: Hit) -> bool:
        return bool(hit.member and hit.does) and not hit.shadow and hit.rule not in self._rewards

    def those(self, members: set[str], differing: Iterable[Hit]) -> tuple[Person, ...]:
        """Return the wanted members that have a hit among `differing`, those with most hits first."""
        rules: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for hit in differing:
            if hit.member in members and self._acts(hit):
                rules[hit.member][hit.rule] += 1
        people = [
            Person(
                member=member,
                name=self._names.get(member, ""),
                before=self._before[member],
                after=self._after[member],
                rules=tuple(sorted(counted)),
            )
            for member, counted in rules.items()
        ]
        return tuple(
            sorted(people, key=lambda person: (-abs(person.after - person.before), -person.after, person.member))
        )


# --- by rule ------------------------------------------------------------------------------------


def _rules(
    plan: ir.Plan,
    old: ir.Plan | None,
    before: Share,
    after: Share,
    differing: Difference,
    renamed: dict[str, str],
) -> Iterable[RuleRow]:
    ours = {rule.id: rule for rule in plan.rules}
    theirs = {renamed.get(rule.id, rule.id): rule for rule in (old.rules if old else ())}
    then, now = _Counted(before.hits, renamed), _Counted(after.hits, {})
    away = Counter({renamed.get(rule, rule): count for rule, count in before.away.items()})
    gained, lost = _Counted(differing.gained, {}), _Counted(differing.lost, renamed)
    changed = Counter(hit.rule for _, hit in differing.changed)
    was = {new: old for old, new in renamed.items()}
    for id in sorted({*then.ever, *now.ever, *away, *after.away}):
        rule = ours.get(id) or theirs[id]
        yield RuleRow(
            rule=id,
            title=rule.title,
            kind=rule.kind,
            was=was.get(id),
            before=then.acting[id],
            after=now.acting[id],
            gained=gained.acting[id],
            lost=lost.acting[id],
            changed=changed[id],
            shadow_before=then.shadow[id],
            shadow_after=now.shadow[id],
            away_before=away[id],
            away_after=after.away[id],
            members_before=len(then.members[id]),
            members_after=len(now.members[id]),
            members_gained=tuple(sorted(now.members[id] - then.members[id])) if old else (),
            members_lost=tuple(sorted(then.members[id] - now.members[id])) if old else (),
        )


class _Counted:
    """Hits and members by rule."""

    def __init__(self, hits: Iterable[Hit], renamed: dict[str, str]) -> None:
        self.acting: Counter[str] = Counter()
        self.shadow: Counter[str] = Counter()
        self.members: defaultdict[str, set[str]] = defaultdict(set)
        for hit in hits:
            rule = renamed.get(hit.rule, hit.rule)
            (self.shadow if hit.shadow else self.acting)[rule] += 1
            if hit.member and not hit.shadow:
                self.members[rule].add(hit.member)

    @property
    def ever(self) -> set[str]:
        return {*self.acting, *self.shadow}


# --- by week ------------------------------------------------------------------------------------


def _weeks(zone: str, before: Share, after: Share, differing: Difference) -> Iterable[Week]:
    """Yield every week from the first event to the last one, also those in which nothing happened."""
    weeks = Weeks(zone)
    then, now = _by_week(weeks, before.hits), _by_week(weeks, after.hits)
    gained, lost = _by_week(weeks, differing.gained), _by_week(weeks, differing.lost)
    events = after.weeks | before.weeks
    for week in sorted({*events, *then, *now}):
        yield Week(
            week=week,
            events=events[week],
            before=then[week],
            after=now[week],
            gained=gained[week],
            lost=lost[week],
        )


def _by_week(weeks: Weeks, hits: Iterable[Hit]) -> Counter[str]:
    return Counter(weeks.of(hit.at) for hit in hits if not hit.shadow)
