"""Decoding: what is accepted, what is cleaned, and how refusals are explained."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from groundrules.diagnostics.model import Report
from groundrules.engine.intake.decode import (
    Decoder,
    InvalidEventError,
    attribute,
    explain,
    milliseconds,
    read_path,
    to_plain,
)
from groundrules.types.catalog import Catalog, shipped_catalog

HEAD: dict[str, Any] = {"id": "1", "time": "2026-03-01T09:00:00.123Z", "community": {"id": "c"}}
DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder(shipped_catalog().schemas)


def message(**more: Any) -> dict[str, Any]:
    return {**HEAD, "type": "message", "actor": {"id": "li"}, **more}


def refusal(decoder: Decoder, raw: Any) -> tuple[str, str, str]:
    with pytest.raises(InvalidEventError) as caught:
        decoder.decode(raw)
    rejection = caught.value.rejection
    return rejection.code, rejection.path, rejection.reason


# --- what is taken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", [dict, json.dumps, lambda event: json.dumps(event).encode(), lambda e: bytearray(json.dumps(e).encode())]
)
def test_every_form_gives_the_same_event(decoder: Decoder, form: Any) -> None:
    event = decoder.decode(
        form(message(text="你好", mentions=[{"id": "w", "roles": ["admin"]}], meta={"ignored": [1]}))
    )
    assert event.type == "message"
    assert event.text == "你好"
    assert event.mentions[0].roles == ["admin"]
    assert read_path(event, ("time",)) == 1_772_355_600_123
    assert read_path(event, ("actor",)) == "li"
    assert read_path(event, ("mentions",)) == ["w"]
    assert read_path(event, ("channel", "name")) is None
    assert read_path(event, ("no", "such")) is None


def test_defaults_stand_in_for_absent_and_null_fields(decoder: Decoder) -> None:
    for event in (decoder.decode(message()), decoder.decode(message(text=None, links=None, reply_to=None))):
        assert (event.text, event.links, event.reply_to, event.actor.roles) == ("", [], None, None)


@pytest.mark.parametrize("time", [1700000000, 1700000000000, "1700000000"])
def test_a_time_that_is_a_number_is_told_as_the_moment_that_it_means(decoder: Decoder, time: Any) -> None:
    code, path, reason = refusal(decoder, message(actor={"id": "li", "joined": time}))
    assert (code, path) == ("GR707" if isinstance(time, str) else "GR705", "actor.joined")
    assert reason.endswith(f"found `{time}`; as a Unix time that is `2023-11-14T22:13:20.000Z`")


def test_a_link_has_the_domain_of_its_url_where_the_event_does_not_say(decoder: Decoder) -> None:
    links = [{"url": "https://GitHub.com/x"}, {"url": "u", "domain": "Said.example"}, {"url": "mailto:li@a.example"}]
    event = decoder.decode(message(links=links))
    assert [link.domain for link in event.links] == ["github.com", "Said.example", None]
    assert to_plain(decoder.decode(to_plain(event))) == to_plain(event)


def test_events_do_not_share_their_defaults(decoder: Decoder) -> None:
    assert decoder.decode(message()).links is not decoder.decode(message()).links


def test_lone_surrogates_become_replacement_characters(decoder: Decoder) -> None:
    raw = json.dumps(message(text="TEXT")).replace("TEXT", r"a\ud800b\udc00\ud83d\ude00")
    assert decoder.decode(raw).text == "a\ufffdb\ufffd😀"
    assert decoder.decode(message(text="a\ud800b", links=[{"url": "\udfff"}])).text == "a\ufffdb"
    assert decoder.decode(json.dumps(message(text="x\ud800"), ensure_ascii=False)).text == "x\ufffd"


def test_a_byte_order_mark_and_repeated_keys(decoder: Decoder) -> None:
    raw = json.dumps(message(text="b"))
    assert decoder.decode(b"\xef\xbb\xbf" + raw.encode()).text == "b"
    assert decoder.decode("\ufeff" + raw).text == "b"
    assert decoder.decode('{"text": 5,' + raw[1:]).text == "b"
    assert decoder.decode('{"type": "tick",' + raw[1:]).type == "message"


def test_numbers_out_of_range_are_harmless_where_nobody_declared_them(decoder: Decoder) -> None:
    for number in ("1e400", "1" * 30, "1" * 5000):
        raw = json.dumps(message(meta="N", text=None)).replace('"N"', number)
        assert decoder.decode(raw).text == ""


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00", "2026-03-01t09:00:00.5z"])
def test_milliseconds_of_any_instant(decoder: Decoder, time: str) -> None:
    event = decoder.decode(message(time=time))
    assert isinstance(milliseconds(event.time), int)


def test_names_that_are_no_identifiers() -> None:
    names = ["odd-name", "class", "_id", "名", "ﬁ", "", "type", "a b"]
    properties = {name: {"type": "integer"} for name in names}
    schema = {
        "properties": {"type": {"const": "x"}, "deep": {"type": "object", "properties": properties}},
        "required": [],
    }
    decoder = Decoder({"x": schema})
    values = {name: index for index, name in enumerate(names)}
    event = decoder.decode({"type": "x", "deep": values})
    assert [read_path(event, ("deep", name)) for name in names] == list(range(len(names)))
    assert to_plain(event) == {"type": "x", "deep": values}
    assert len({attribute(name) for name in (*names, "_6f64642d6e616d65")}) == len(names) + 1


def test_an_event_with_many_optional_fields() -> None:
    properties = {f"field_{index}": {"type": "integer"} for index in range(300)}
    event = Decoder({"x": {"properties": properties}}).decode({"type": "x", "field_7": 7})
    assert (event.field_7, event.field_8) == (7, None)


# --- what is refused ----------------------------------------------------------------------------

REFUSED = {
    "empty line": (b"", "GR701", "", "an empty line is not an event"),
    "blank line": (" \n", "GR701", "", "an empty line is not an event"),
    "cut short": ('{"id": "1"', "GR701", "", "not JSON: expecting ',' delimiter at character 11"),
    "a list": ("[]", "GR701", "", "an event must be an object, found a list"),
    "null": ("null", "GR701", "", "an event must be an object, found null"),
    "not even text": (None, "GR701", "", "an event must be an object, found null"),
    "bytes": (b'{"id": "\xff"}', "GR702", "", "not UTF-8 at byte 8"),
    "encoded surrogate": (b'{"id": "\xed\xa0\x80"}', "GR702", "", "not UTF-8 at byte 8"),
    "no type": ({}, "GR704", "type", "`type` is missing"),
    "type null": ({"type": None}, "GR704", "type", "`type` is missing"),
    "type a number": ({"type": 5}, "GR705", "type", "`type` must be a text, found `5`"),
    "unknown type": (
        {"type": "reaction.add"},
        "GR703",
        "type",
        "the type `reaction.add` is not known, did you mean `reaction.added`?",
    ),
    "missing": (message(actor=None), "GR704", "actor", "`actor` is missing"),
    "missing below": (message(actor={}), "GR704", "actor.id", "`actor.id` is missing"),
    "missing in a list": (message(links=[{"url": "a"}, {}]), "GR704", "links[1].url", "`links[1].url` is missing"),
    "null in a list": (message(links=[None]), "GR705", "links[0]", "`links[0]` must be an object, found null"),
    "wrong type": (message(text=5), "GR705", "text", "`text` must be a text, found `5`"),
    "text for a number": (
        message(actor={"id": "li", "level": "5"}),
        "GR705",
        "actor.level",
        "`actor.level` must be a whole number, found `5`",
    ),
    "fraction": (
        message(actor={"id": "li", "level": 1.0}),
        "GR705",
        "actor.level",
        "`actor.level` must be a whole number, found `1.0`",
    ),
    "bool for a number": (
        message(actor={"id": "li", "level": True}),
        "GR705",
        "actor.level",
        "`actor.level` must be a whole number, found `true`",
    ),
    "below": (
        message(actor={"id": "li", "level": -1}),
        "GR706",
        "actor.level",
        "`actor.level` must be at least 0, found `-1`",
    ),
    "beyond 64 bits": (
        message(actor={"id": "li", "level": 2**63}),
        "GR708",
        "actor.level",
        "`actor.level` must fit in 64 bits, found `9223372036854775808…`",
    ),
    "empty id": (message(id=""), "GR706", "id", "`id` must have at least 1 characters, found 0"),
    "not listed": (
        {**message(), "type": "report.resolved", "report": {"id": "r", "reporter": {"id": "w"}}, "outcome": "maybe"},
        "GR706",
        "outcome",
        "`outcome` must be one of `upheld`, `rejected`, found `maybe`",
    ),
    "time": (
        message(time="yesterday"),
        "GR707",
        "time",
        "`time` must be a time with its offset, like `2026-03-01T09:00:00+08:00`, found `yesterday`",
    ),
    "time without offset": (
        message(time="2026-03-01T09:00:00"),
        "GR707",
        "time",
        "`time` must be a time with its offset, like `2026-03-01T09:00:00+08:00`, found `2026-03-01T09:00:00`",
    ),
    "date": (
        message(actor={"id": "li", "birthday": "2001-02-29"}),
        "GR707",
        "actor.birthday",
        "`actor.birthday` must be a date, like `2026-03-01`, or `--03-01` without the year, found `2001-02-29`",
    ),
    "NaN": ('{"meta": NaN}', "GR708", "", "`NaN` is not a number in JSON"),
    "NaN in a dict": (message(meta=[float("nan")]), "GR708", "", "`nan` is not a number in JSON"),
    "infinity": ('{"meta": -Infinity}', "GR708", "", "`-Infinity` is not a number in JSON"),
    "too deep": (b'{"meta": ' + b"[" * 100_000, "GR709", "", "nested more than 200 deep"),
    "no JSON value": (message(meta=object()), "GR701", "", None),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refusals(decoder: Decoder, case: tuple[Any, str, str, str | None]) -> None:
    raw, code, path, reason = case
    found = refusal(decoder, raw)
    assert found[:2] == (code, path)
    assert reason is None or found[2] == reason


def test_nesting_is_limited_by_a_number_alone(decoder: Decoder) -> None:
    def nested(depth: int) -> str:
        return json.dumps(message(meta="M")).replace('"M"', "[" * depth + "]" * depth)

    assert decoder.decode(nested(199)).type == "message"
    assert refusal(decoder, nested(200))[0] == "GR709"
    assert decoder.decode(message(text="[{" * 500)).text == "[{" * 500
    circle: list[Any] = ["\ud800"]
    circle.append(circle)
    assert refusal(decoder, message(meta=circle))[0] == "GR709"


def test_a_decoder_of_nothing_knows_no_type() -> None:
    assert refusal(Decoder({}), message())[:2] == ("GR703", "type")
    assert refusal(Decoder({}), b"{")[0] == "GR701"


@pytest.mark.parametrize("others", [{}, {"y": {"properties": {}}}])
def test_every_event_says_its_type_even_if_only_one_is_known(others: dict[str, Any]) -> None:
    decoder = Decoder({"x": {"properties": {"number": {"type": "integer"}}}, **others})
    assert to_plain(decoder.decode({"type": "x", "number": 1})) == {"type": "x", "number": 1}
    for raw in ({}, {"number": 1}, b'{"number":1}', "{}"):
        assert refusal(decoder, raw)[:2] == ("GR704", "type")
    assert decoder.glance(b'{"number":1}') is None
    assert refusal(decoder, {"type": "__", "never": 0})[0] == "GR703"


def test_long_values_are_cut_in_reasons(decoder: Decoder) -> None:
    assert len(refusal(decoder, message(time="x" * 10_000))[2]) < 200
    assert len(refusal(decoder, {"type": "x" * 10_000})[2]) < 200


def test_the_same_reason_whatever_the_order_of_the_schema() -> None:
    schema = shipped_catalog().schemas["message"]
    turned = {
        **schema,
        "properties": dict(reversed(schema["properties"].items())),
        "required": schema["required"][::-1],
    }
    document = {"type": "message", "text": 5, "links": 7, "id": ""}
    assert explain(schema, document) == explain(turned, document)
    assert explain(schema, message()) is None


# --- there and back -----------------------------------------------------------------------------


def test_a_plain_event_decodes_to_the_same(decoder: Decoder) -> None:
    event = decoder.decode(message(text="a", actor={"id": "li", "joined": "2020-01-01T00:00:00+08:00"}, reply_to="z"))
    assert decoder.decode(to_plain(event)) == event
    assert decoder.decode(msgspec.json.encode(event)) == event
    assert "links" not in to_plain(event)


def test_pruning_keeps_the_header_what_is_wanted_and_what_is_required(decoder: Decoder) -> None:
    event = decoder.decode(
        message(
            text="secret",
            channel={"id": "help", "name": "Help"},
            actor={"id": "li", "name": "Li", "joined": "2020-01-01T00:00:00Z"},
            links=[{"url": "https://a.b", "domain": "a.b", "text": "here"}],
        )
    )
    pruned = decoder.prune(event, [("channel", "id"), ("actor", "joined"), ("links", "domain")])
    assert json.loads(pruned) == {
        "type": "message",
        "id": "1",
        "time": "2026-03-01T09:00:00.123000Z",
        "community": {"id": "c"},
        "channel": {"id": "help"},
        "actor": {"id": "li", "joined": "2020-01-01T00:00:00Z"},
        "links": [{"url": "https://a.b", "domain": "a.b"}],
    }
    assert decoder.decode(pruned).text == ""
    assert (
        decoder.prune(decoder.decode(pruned), [("channel",), ("channel", "id"), ("actor", "joined"), ("links",)])
        == pruned
    )


def test_pruning_keeps_a_required_list_but_empties_it(decoder: Decoder) -> None:
    roster = decoder.decode({**HEAD, "type": "roster", "members": [{"id": "li"}, {"id": "wang"}]})
    assert decoder.decode(decoder.prune(roster, [])).members == []
    assert len(decoder.decode(decoder.prune(roster, [("members", "id")])).members) == 2


# --- other people's data ------------------------------------------------------------------------


@pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real data is absent")
@pytest.mark.parametrize(
    "name", ["streams/ubuntu-irc", "streams/gitter", "labelled/cold-zh", "labelled/sms-spam", "labelled/telegram-spam"]
)
def test_real_streams_are_valid(decoder: Decoder, name: str) -> None:
    with (DATA / f"{name}.jsonl").open("rb") as lines:
        assert all(decoder.decode(line).type for line in lines)


@pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real data is absent")
def test_hostile_strings_survive(decoder: Decoder) -> None:
    for text in json.loads((DATA / "text" / "naughty-strings.json").read_text(encoding="utf-8")):
        assert decoder.decode(message(text=text)).text == text


@pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real data is absent")
def test_a_stream_of_own_event_types(tmp_path: Path) -> None:
    post = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "parent": {"type": "string"}},
        "required": ["id"],
    }
    schema = {
        "type": "object",
        "properties": {"post": post, "target": {"$ref": "../entities/member.json"}},
        "required": ["post"],
    }
    (tmp_path / "events").mkdir()
    for name in ("vote.up", "vote.down", "vote.accept", "post.question", "post.answer"):
        (tmp_path / "events" / f"{name}.json").write_text(json.dumps(schema), encoding="utf-8")
    report = Report()
    decoder = Decoder(Catalog.load([tmp_path], report).schemas)
    assert report.sorted == []
    with (DATA / "streams" / "stackexchange-votes.jsonl").open("rb") as lines:
        events = [decoder.decode(line) for line in lines]
    assert any(event.post.parent is None for event in events if event.type == "vote.up")
