"""Cells by themselves: rows in, answers and new rows out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groundrules.engine.cells import firings, labels
from groundrules.engine.cells.ladders import Crossing, LadderCell, Level
from groundrules.engine.cells.last_events import LastEventsWindow
from groundrules.engine.cells.ledgers import Balance, CapCell, LedgerCell
from groundrules.engine.cells.window_cells import cell
from groundrules.engine.cells.windows import Counted, WindowCell
from groundrules.engine.intake import clock
from groundrules.engine.state import keys, stamps
from groundrules.engine.state.partition import Meta, Partition
from groundrules.engine.state.space import SLACK, TURN, Space
from groundrules.engine.state.timers import Timers
from groundrules.plan import ir

DAY = 86_400_000
RETAIN = 400 * DAY


def window(kind: str, **more: object) -> WindowCell:
    return cell(ir.Window(id="w", kind=kind, type="message", **more), RETAIN, "Asia/Shanghai")  # type: ignore[arg-type]


def counted(cell: WindowCell, *times: int, value: object = None) -> bytes | None:
    row = None
    for seq, time in enumerate(times):
        row = cell.record(row, Counted(time, seq, f"e{seq}", value))
    return row


# --- keys and stamps ----------------------------------------------------------------------------


@given(st.lists(st.text(max_size=70), min_size=1), st.lists(st.text(max_size=70), min_size=1))
def test_different_keys_never_meet(one: list[str], other: list[str]) -> None:
    assert (keys.encode(one) == keys.encode(other)) == (one == other)


@given(st.lists(st.text(max_size=64), min_size=1))
@example(["\x1d"])
def test_a_key_tells_its_components(parts: list[str]) -> None:
    key = keys.encode(parts)
    assert keys.decode(key) == [keys.component(part) if part.startswith("\x1d") else part for part in parts]
    assert all(keys.mentions(key, part) for part in parts)


def test_components_of_other_types_are_text() -> None:
    assert keys.decode(keys.encode([1, 1.5, True, ["a", "b"]])) == ["1", "1.5", "true", "a,b"]


def test_a_long_component_is_bounded() -> None:
    assert len(keys.encode(["x" * 100_000])) <= keys.LONGEST


@given(st.integers(0, 2**47), st.integers(0, 2**47))
def test_stamps_compare_like_instants(one: int, other: int) -> None:
    assert (stamps.write(one) < stamps.write(other)) == (one < other)
    assert stamps.read(stamps.write(one)) == one


def test_instants_before_1970_are_written_as_1970() -> None:
    assert stamps.read(stamps.write(-5)) == 0


# --- windows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [False, True])
@given(data=st.data())
def test_a_count_is_what_lies_within(ids: bool, data: st.DataObject) -> None:
    times = sorted(data.draw(st.lists(st.integers(0, 50), max_size=12)))
    keep, within, now = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 30)), data.draw(st.integers(50, 60))
    ring = window("count", keep=keep, within=30, ids=ids)
    row = counted(ring, *times)
    held = min(sum(time > now - within for time in times), keep)
    assert ring.number(row, now, within) == held
    for bound in range(keep):
        assert ring.test(row, now, within, ">=", bound) == (held >= bound)
        assert ring.test(row, now, within, ">", bound) == (held > bound)
        assert ring.test(row, now, within, "<", bound) == (held < bound)
        assert ring.test(row, now, within, "<=", bound) == (held <= bound)
        assert ring.test(row, now, within, "==", bound) == (held == bound)
        assert ring.test(row, now, within, "!=", bound) == (held != bound)


def test_a_ring_keeps_no_more_than_it_needs() -> None:
    row = counted(window("count", keep=3, within=1000), *range(100))
    assert row is not None
    assert len(row) == 3 * stamps.SIZE


@pytest.mark.parametrize("ids", [False, True])
def test_a_count_without_a_time_looks_back_as_long_as_facts_are_kept(ids: bool) -> None:
    ring = window("count", keep=9, ids=ids)
    row = counted(ring, 0, 5, 10)
    assert [ring.number(row, now, 0) for now in (10, RETAIN, RETAIN + 5)] == [3, 2, 1]
    assert ring.changes(row, 11, 0, 1) == RETAIN + 5


def test_ids_come_newest_first() -> None:
    ring = window("count", keep=3, within=100, ids=True)
    assert ring.ids(counted(ring, 1, 50, 60, 70), 150, 100) == [(3, "e3"), (2, "e2")]


@pytest.mark.parametrize("ids", [False, True])
def test_a_comparison_changes_when_the_entry_it_depends_on_leaves(ids: bool) -> None:
    ring = window("count", keep=3, within=100, ids=ids)
    row = counted(ring, 10, 20, 30)
    assert ring.changes(row, 30, 100, 3) == 110
    assert ring.changes(row, 30, 100, 2) == 110, "the third entry decides between two and three"
    assert ring.changes(row, 110, 100, 2) == 120
    assert ring.changes(row, 200, 100, 2) is None


def test_distinct_counts_values_by_their_last_time() -> None:
    distinct, row = window("distinct", keep=3, within=100), None
    for time, value in [(0, "a"), (10, "b"), (20, "a"), (30, 5)]:
        row = distinct.record(row, Counted(time, time, "e", value))
    assert [distinct.number(row, now, 100) for now in (30, 105, 110, 120, 130)] == [3, 3, 2, 1, 0]


def test_distinct_forgets_the_value_seen_longest_ago() -> None:
    distinct, row = window("distinct", keep=2, within=100), None
    for time, value in [(0, "a"), (1, "b"), (2, "c")]:
        row = distinct.record(row, Counted(time, time, "e", value))
    assert distinct.number(row, 2, 100) == 2


def test_of_the_last_events_a_value_is_forgotten_and_the_others_stay() -> None:
    window = ir.Window(id="w", kind="distinct", type="message", within=3, keep=3, by_events=True)
    kept = cell(window, 1000, "UTC")
    held = None
    for number, value in enumerate(["li", None, "wang", "zhao"]):
        held = kept.record(held, Counted(number, number, str(number), value))
    assert kept.codec is not None
    assert isinstance(kept, LastEventsWindow)
    less = kept.codec.decode(kept.without(kept.codec.encode(held), "wang"))
    assert kept.values(less, 3, 3, 9) == ["zhao"]
    assert kept.values(less, 3, 4, 9) == ["zhao", "li"]
    assert kept.values(less, 1003, 4, 9) == []
    assert kept.without(kept.codec.encode((3, 1, None)), "li") == kept.codec.encode((3, 1, None))


def test_panes_of_a_sum_leave_as_a_whole() -> None:
    total, row = window("sum", within=60, pane=10), None
    for time, value in [(3, 1), (8, 2), (12, 4)]:
        row = total.record(row, Counted(time, time, "e", value))
    assert [total.number(row, now, 60) for now in (12, 69, 70, 79, 80)] == [7, 7, 4, 4, 0]
    assert total.changes(row, 12, 60, 5) == 70


def test_a_sum_beyond_all_numbers_is_missing() -> None:
    total = window("sum", within=60, pane=10)
    row = counted(total, 1, 2, value=1e308)
    assert total.number(row, 2, 60) is None
    assert total.test(row, 2, 60, ">", 0) is None


def test_a_sum_of_large_integers_keeps_its_row() -> None:
    total = window("sum", within=60, pane=10)
    assert total.number(counted(total, 1, 2, value=2**62), 2, 60) == 2.0**63


def test_a_streak_counts_local_days() -> None:
    streak = window("streak")
    evening = 15 * 3_600_000 + 30 * 60_000  # 23:30 in Shanghai
    row = counted(streak, evening, evening + 3_600_000, evening + DAY + 3_600_000)
    assert streak.number(row, evening + DAY + 3_600_000, 0) == 3
    assert streak.number(row, evening + 2 * DAY + 3_600_000, 0) == 3, "today may still come"
    assert streak.number(row, evening + 3 * DAY + 3_600_000, 0) == 0
    assert streak.changes(row, evening, 0, 3) == 16 * 3_600_000


def test_quiet_is_the_time_since() -> None:
    quiet = window("quiet")
    row = counted(quiet, 5, 40)
    assert quiet.number(row, 100, 0) == 60
    assert quiet.number(None, 100, 0) is None
    assert [quiet.changes(row, now, 0, 30) for now in (50, 70)] == [70, 71]
    assert quiet.changes(row, 71, 0, 30) == 41 + RETAIN, "then it is forgotten"


@pytest.mark.parametrize(("within", "kept"), [(1, RETAIN), (2 * RETAIN, 2 * RETAIN)])
def test_quiet_is_kept_as_long_as_facts_or_as_it_is_asked_for(within: int, kept: int) -> None:
    quiet = window("quiet", within=within)
    row = counted(quiet, 0)
    assert [quiet.number(row, now, 0) for now in (kept, kept + 1)] == [kept, None]
    assert quiet.lifetime == kept


# --- ledgers ------------------------------------------------------------------------------------


def ledger(**more: object) -> LedgerCell:
    return LedgerCell(ir.Ledger(id="l", **more))  # type: ignore[arg-type]


def space() -> Space:
    return Partition("p").space("s")


def test_fade_takes_whole_periods_and_stops_at_rest() -> None:
    strikes, held = ledger(fade=ir.Fade(amount=2, every=10)), space()
    strikes.write(held, "li", strikes.balance(None, 0), 5, 0)
    assert [strikes.balance(held.get("li"), now).value for now in (9, 10, 29, 30, 99)] == [5, 3, 1, 0, 0]


def test_a_change_does_not_move_the_periods_of_fade() -> None:
    strikes, held = ledger(fade=ir.Fade(amount=1, every=10)), space()
    strikes.write(held, "li", strikes.balance(None, 0), 1, 0)
    strikes.write(held, "li", strikes.balance(held.get("li"), 7), 2, 7)
    assert [strikes.balance(held.get("li"), now).value for now in (9, 10, 20)] == [2, 1, 0]


def test_fade_counts_from_leaving_rest() -> None:
    strikes, held = ledger(fade=ir.Fade(amount=1, every=10)), space()
    strikes.write(held, "li", strikes.balance(None, 0), 1, 0)
    strikes.write(held, "li", strikes.balance(held.get("li"), 25), 1, 25)
    assert strikes.balance(held.get("li"), 34) == Balance(1, 25)
    assert strikes.balance(held.get("li"), 35).value == 0


def test_what_is_below_rest_does_not_fade() -> None:
    trust, held = ledger(floor=None, fade=ir.Fade(amount=1, every=10)), space()
    trust.write(held, "li", trust.balance(None, 0), -3, 0)
    assert trust.balance(held.get("li"), 1000).value == -3


@given(st.integers(1, 30), st.integers(1, 4), st.integers(1, 30), st.integers(0, 200))
def test_falls_is_the_first_instant_below(value: int, amount: int, below: int, now: int) -> None:
    strikes, held = ledger(fade=ir.Fade(amount=amount, every=10)), space()
    strikes.write(held, "li", strikes.balance(None, 0), value, 0)
    row = held.get("li")
    later = [instant for instant in range(now, 500) if strikes.balance(row, instant).value < below]
    expected = None if strikes.balance(row, now).value < below else later[0]
    assert strikes.falls(row, below, now) == expected


def test_a_balance_at_rest_leaves_no_row() -> None:
    points, held = ledger(floor=5), space()
    points.write(held, "li", points.balance(None, 0), 9, 0)
    points.write(held, "li", points.balance(held.get("li"), 1), 5, 1)
    assert held.get("li") is None
    assert points.balance(None, 0).value == 5


def test_what_has_faded_is_swept_out_as_the_space_grows() -> None:
    cell = ledger(fade=ir.Fade(amount=1, every=10))
    held = Partition("p").space("ledger/l")
    for n in range(1000):
        cell.write(held, f"m{n}", cell.balance(None, n), 2, n)
        assert len(held) <= 2 * 20 + SLACK + 1
    assert len(cell.balances(held, 999)) == 20


def test_labels_that_expired_are_swept_out_as_the_space_grows() -> None:
    held = Partition("p").space("label")
    for n in range(1000):
        labels.store(held, labels.key("message", f"m{n}", "x"), labels.Mark(True, n + 20), n)
        assert len(held) <= 2 * 20 + SLACK + 1
    labels.store(held, labels.key("member", "li", "x"), labels.Mark(True), 1000)
    assert labels.key("member", "li", "x") in held.names()


@pytest.mark.parametrize(
    ("entity", "lasts", "kept"), [("member", None, None), ("channel", 5, 5), ("message", None, 9), ("task", 20, 9)]
)
def test_what_comes_and_goes_bears_no_label_for_good(entity: str, lasts: int | None, kept: int | None) -> None:
    assert labels.lasting(entity, lasts, 9) == kept


def test_levels_that_hold_nothing_are_swept_out_as_the_space_grows() -> None:
    cell = LadderCell(ir.Ladder(id="d", ledger="l", steps=(ir.Step(1, falls_below=1), ir.Step(2, cool_down=10))))
    held = Partition("p").space("ladder/d")
    for n in range(1000):
        cell.store(held, f"m{n}", Level([], {1: n}), n)
        assert len(held) <= 2 * 10 + SLACK + 1
    cell.store(held, "li", Level([0], {1: 0}), 1000)
    assert "li" in held.names()


def test_ranks_share_and_ties_go_by_id() -> None:
    points, held = ledger(), space()
    for who, value in {"b": 7, "a": 7, "c": 9, "d": 1}.items():
        points.write(held, who, points.balance(None, 0), value, 0)
    assert [points.rank(held, who, 0) for who in ("c", "a", "b", "d", "e")] == [1, 2, 2, 4, None]
    assert points.top(held, 3, 0) == ["c", "a", "b"]


def test_a_cap_counts_per_period() -> None:
    cap = CapCell(ir.Cap(id="c", amount=10, per="day"))
    _, row = cap.use(None, 7, 6)
    assert (cap.use(row, 7, 20)[0], cap.use(row, 8, 20)[0], cap.use(cap.use(row, 7, 4)[1], 7, 1)[0]) == (4, 10, 0)


# --- ladders ------------------------------------------------------------------------------------


def ladder(*steps: ir.Step, **more: object) -> LadderCell:
    return LadderCell(ir.Ladder(id="l", ledger="s", steps=steps, **more))  # type: ignore[arg-type]


PLAIN = (ir.Step(reaches=2), ir.Step(reaches=5))


def test_the_highest_step_crossed_fires_unless_all_do() -> None:
    assert ladder(*PLAIN).cross(Level(), 0, 6, 0) == [Crossing(1)]
    assert ladder(*PLAIN, fire="all").cross(Level(), 0, 6, 0) == [Crossing(0), Crossing(1)]
    assert ladder(*PLAIN).cross(Level(), 2, 4, 0) == []


def test_beyond_the_last_step_it_repeats() -> None:
    again = ladder(*PLAIN, beyond="repeat")
    assert again.cross(Level(), 5, 6, 0) == [Crossing(1)]
    assert again.cross(Level(), 6, 5, 0) == []
    assert ladder(*PLAIN).cross(Level(), 5, 6, 0) == []


def test_a_level_is_held_until_it_falls() -> None:
    core, level = ladder(ir.Step(reaches=5, falls_below=3)), Level()
    assert core.cross(level, 0, 6, 0) == [Crossing(0)]
    assert core.cross(level, 6, 4, 0) == []
    assert core.cross(level, 4, 7, 0) == [], "it is held already"
    assert core.cross(level, 7, 2, 0) == [Crossing(0, back=True)]
    assert core.cross(level, 2, 5, 0) == [Crossing(0)]


def test_levels_passed_without_firing_are_held() -> None:
    core, level = ladder(ir.Step(reaches=2, falls_below=1), ir.Step(reaches=5, falls_below=4)), Level()
    assert core.cross(level, 0, 6, 0) == [Crossing(1)]
    assert core.cross(level, 6, 0, 0) == [Crossing(1, back=True), Crossing(0, back=True)]


def test_a_step_cools_down() -> None:
    hot, level = ladder(ir.Step(reaches=2, cool_down=10)), Level()
    assert hot.cross(level, 0, 2, 0) == [Crossing(0)]
    assert hot.cross(level, 0, 2, 9) == [Crossing(0, cooling=True)]
    assert hot.cross(hot.read(hot.write(level), 10), 0, 2, 10) == [Crossing(0)]


# --- sets, labels, rows, timers -----------------------------------------------------------------


def test_firings_within() -> None:
    row = firings.fired(firings.fired(firings.fired(None, 0, 3), 5, 3), 9, 3)
    assert [firings.firings(row, now, 10) for now in (9, 10, 15, 19)] == [3, 2, 1, 0]
    assert firings.firings(firings.fired(row, 10, 3), 10, 100) == 3, "no more than the last step needs"


def test_a_rule_never_shortens_a_label() -> None:
    assert labels.set_by_rule(None, True, 10, 0) == labels.Mark(True, 10)
    held, key = space(), labels.key("member", "li", "x")
    labels.store(held, key, labels.Mark(True, 10), 0)
    row = held.get(key)
    assert labels.set_by_rule(row, True, 5, 0) is None
    assert labels.set_by_rule(row, True, None, 0) == labels.Mark(True)
    assert labels.read(row, 10) is None


def test_a_persons_word_outranks_a_rules() -> None:
    held, key = space(), labels.key("member", "li", "x")
    labels.store(held, key, labels.Mark(False, by_hand=True), 0)
    assert labels.set_by_rule(held.get(key), True, None, 0) is None


def test_idle_rows_leave_by_two_generations() -> None:
    held = Partition("p").space("s", 10 * TURN)
    held.put("old", b"1", 0)
    held.put("new", b"2", 10 * TURN)
    assert held.names() == ["new", "old"]
    held.put("new", b"3", 20 * TURN)
    assert held.names() == ["new"]
    assert (held.get("old"), held.get("new"), len(held)) == (None, b"3", 1)


def test_both_generations_leave_where_time_has_passed_over_both() -> None:
    held = Partition("p").space("s", 10 * TURN)
    held.put("old", b"1", 0)
    held.age(19 * TURN)
    assert held.names() == ["old"]
    held.put("new", b"2", 25 * TURN)
    held.age(60 * TURN)
    assert held.names() == []


def test_short_lives_turn_no_sooner_than_every_ten_minutes() -> None:
    held = Partition("p").space("s", 10)
    held.put("old", b"1", 0)
    held.put("new", b"2", TURN - 1)
    assert held.names() == ["new", "old"]
    held.put("newer", b"3", TURN)
    assert held.names() == ["new", "newer", "old"]
    held.put("newest", b"4", 2 * TURN)
    assert held.names() == ["newer", "newest"]


def test_rows_leave_though_nothing_more_is_written() -> None:
    partition = Partition("p", track=True)
    clock.admit(partition, 0, "e")
    partition.space("s", 10).put("k", b"1", 0)
    list(partition.drain())
    clock.move(partition, 3 * DAY)
    assert partition.spaces["s"].names() == []
    assert ("s", "k", None) in list(partition.drain())


def test_a_row_of_both_generations_counts_once() -> None:
    held = Partition("p").space("s", TURN)
    held.put("k", b"1", 0)
    held.put("k", b"2", TURN)
    assert (len(held), dict(held.items())) == (1, {"k": b"2"})
    held.drop("k")
    assert held.get("k") is None


def test_timers_go_by_due_then_id_then_key() -> None:
    timers = Timers()
    for kind, id, key, due in [("p", "b", "", 5), ("p", "a", "2", 5), ("p", "a", "1", 5), ("p", "z", "", 4)]:
        timers.arm(kind, id, key, due)
    assert timers.pop(3) is None
    assert [(timer.id, timer.key) for timer in iter(lambda: timers.pop(9), None)] == [
        ("z", ""),
        ("a", "1"),
        ("a", "2"),
        ("b", ""),
    ]


def test_an_armed_timer_is_replaced_or_cancelled() -> None:
    timers = Timers()
    timers.arm("p", "a", "", 5)
    timers.arm("p", "a", "", 9)
    timers.arm("p", "b", "", 7)
    timers.arm("p", "b", "", None)
    assert timers.next() == 9
    timers.arm("p", "a", "", 5)
    assert [timer.due for timer in iter(lambda: timers.pop(99), None)] == [5]


def test_stale_timers_do_not_pile_up() -> None:
    timers = Timers()
    for due in range(10_000):
        timers.arm("p", "a", "", 10_000 - due)
    assert len(timers._heap) < 200
    assert timers.next() == 1


@pytest.mark.parametrize("packed", [True, False])
def test_ids_seen_come_back_from_stamps_and_from_packs(packed: bool) -> None:
    partition = Partition("p", track=True)
    for number in range(3):
        clock.admit(partition, number * 1000, f"e{number}")
    stored = {(space, key): row for space, key, row in partition.drain()}
    assert [space for space, _ in stored].count("seen/packs") == 1
    assert {(space, key): row for space, key, row in partition.rows(packed=True)} == stored
    assert [row for space, _, row in partition.rows() if space == "seen"] == [stamps.write(n * 1000) for n in range(3)]
    again = Partition("p")
    for row in partition.rows(packed):
        again.load(*row)
    assert list(again.rows()) == list(partition.rows())
    assert clock.is_duplicate(again, DAY, 2000, "e1"), "handled before"
    assert not clock.is_duplicate(again, 2 * DAY, 2 * DAY, "e1"), "long ago"
    assert clock.is_duplicate(again, DAY, 2 * DAY, "e1"), "its time may be wrong"
    assert clock.admit(again, 2 * DAY, "e1") == 2 * DAY


def test_a_partition_that_begins_again_keeps_its_id_and_its_number_and_the_store_follows() -> None:
    partition, stored = Partition("p", track=True), {}
    clock.admit(partition, 300 * DAY, "e0")
    partition.space("label").put("a", b"row", 300 * DAY)
    stored = {(space, key): row for space, key, row in partition.drain()}
    assert clock.shows_wrong(partition, 298 * DAY, "e1")
    assert not clock.shows_wrong(partition, 298 * DAY, "e0"), "it was handled before"
    assert not clock.shows_wrong(partition, 299 * DAY, "e1"), "it is late, no more"
    clock.begin_again(partition, 0)
    stored.update({(space, key): row for space, key, row in partition.drain()})
    assert {name: row for name, row in stored.items() if row is not None} == {
        (space, key): row for space, key, row in partition.rows(packed=True)
    }
    assert partition.meta == Meta(0, 1, 0)
    assert [(space, key) for space, key, _ in partition.rows()] == [("meta", ""), ("seen", "e0")]
    partition.space("label").put("b", b"row", 0)
    clock.move(partition, 2 * DAY)
    assert partition.recent_ids.turn <= 3 * DAY, "generations turn by the new clock"


def test_packs_go_when_their_last_id_is_a_day_old() -> None:
    partition = Partition("p", track=True)
    stored: dict[tuple[str, str], bytes] = {}
    for number in range(50):
        clock.admit(partition, at := number * DAY // 10, f"e{number}")
        clock.move(partition, at)
        for space, key, row in partition.drain():
            stored.pop((space, key), None)
            if row is not None:
                stored[space, key] = row
        assert stored == {(space, key): row for space, key, row in partition.rows(packed=True)}
    assert sum(space == "seen/packs" for space, _ in stored) == 11
