"""Arrivals: an event's community and time, whoever reads it."""

from __future__ import annotations

import msgspec

from groundrules import Engine, load
from groundrules.runtime.arrivals import Arrival, arrival, recorded
from strategies.hubs import START, event


def test_events_are_read_alike_with_an_engine_at_hand_and_without(book: str, place: str) -> None:
    """What is odd takes the long way, and belongs to the same community with the same time."""
    path = ("id", "time", "community", "text", "type")
    plain = event("1", "hello", START)
    odd = [
        {**plain, "community": {"id": ""}},
        {**plain, "community": {"id": 7}},
        {**plain, "community": None},
        {**plain, "time": "2026-01-05T00:00:00.123999999+08:00"},
        {**plain, "time": "yesterday"},
        {**plain, "type": "no.such"},
        {**plain, "text": "[" * 300},
        {**plain, "text": "a\r\nb", "more": {"community": {"id": "other"}}},
        {name: plain[name] for name in path},
    ]
    decoder = Engine(load(book).plan).decoder
    for one in (plain, *odd):
        for line in (msgspec.json.encode(one), msgspec.json.format(msgspec.json.encode(one))):
            quick, slow = arrival(line, START + 1, decoder=decoder), arrival(line, START + 1)
            assert type(quick) is type(slow)
            if isinstance(quick, Arrival) and isinstance(slow, Arrival):
                assert (quick.community, quick.line, quick.at) == (slow.community, slow.line, slow.at)


def test_each_event_is_recorded_on_a_line_of_its_own() -> None:
    odd = [b'{"id":\r\n"1"}', b'{"id":"2"}', b'\n{"id":\n"3"}\n']
    assert recorded(odd) == b'{"id":  "1"}\n{"id":"2"}\n{"id": "3"}'
    assert recorded(odd[1:2]) == odd[1]
