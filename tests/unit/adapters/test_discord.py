"""Discord: every event that an adapter makes is valid, says what its table says, and actions become requests."""

from __future__ import annotations

from typing import Any

import pytest

import groundrules
from groundrules.adapters import Context, UnsupportedError, discord
from groundrules.outcomes import Done, Failed, Retry

from .valid import compared

NOW = 1_767_600_000_000
GUILD, CHANNEL, MESSAGE, LI, WANG, BOT = (
    "900",
    "800",
    "1457654321000000000",
    "175928847299117063",
    "222",
    "175928847299117064",
)
SERVER = {
    "id": GUILD,
    "owner_id": LI,
    "roles": [
        {"id": GUILD, "name": "@everyone", "position": 0, "permissions": "3072"},
        {"id": "901", "name": "helper", "position": 1, "permissions": "0"},
        {"id": "902", "name": "admin", "position": 5, "permissions": "8"},
    ],
}
ROOM = {"id": CHANNEL, "guild_id": GUILD, "name": "lobby", "topic": "be kind", "type": 0, "parent_id": "700"}
POLL = {
    "question": {"text": "pizza?"},
    "answers": [{"answer_id": 1, "poll_media": {"text": "yes"}}, {"answer_id": 2, "poll_media": {"text": "no"}}],
    "expiry": "2026-01-06T08:00:00+00:00",
}
CONTEXT = Context(
    now=NOW,
    own=BOT,
    state={GUILD: SERVER, CHANNEL: ROOM, "802": {**ROOM, "id": "802"}},
    voice={BOT: CHANNEL},
    authors={f"{CHANNEL}/{MESSAGE}": WANG},
    polls={f"{CHANNEL}/{MESSAGE}": {"question": "pizza?", "options": ["yes", "no"]}},
)
USER = {"id": LI, "username": "lilei", "global_name": "Li Lei"}
ITSELF = {"id": BOT, "username": "rules", "bot": True}
MEMBER = {"nick": "Li", "roles": ["901", "902"], "joined_at": "2020-01-01T00:00:00+00:00"}


def dispatch(t: str, s: int = 1, **data: Any) -> dict[str, Any]:
    return {"op": 0, "t": t, "s": s, "d": {"guild_id": GUILD, **data}}


def written(t: str = "MESSAGE_CREATE", **data: Any) -> dict[str, Any]:
    base = {
        "id": MESSAGE,
        "channel_id": CHANNEL,
        "author": USER,
        "member": MEMBER,
        "type": 0,
        "content": "hello",
        "timestamp": "2026-01-05T08:00:00.000000+00:00",
    }
    return dispatch(t, **{**base, **data})


def audited(kind: int, **data: Any) -> dict[str, Any]:
    base = {"id": "1457654321000000001", "user_id": BOT, "target_id": BOT, "action_type": kind}
    return dispatch("GUILD_AUDIT_LOG_ENTRY_CREATE", **{**base, **data})


def about(t: str, **data: Any) -> dict[str, Any]:
    return dispatch(t, **{"channel_id": CHANNEL, "message_id": MESSAGE, "user_id": LI, **data})


def timeout(until: str | None) -> dict[str, Any]:
    return audited(24, changes=[{"key": "communication_disabled_until", "new_value": until}], reason="spam")


PIN = {"options": {"channel_id": CHANNEL, "message_id": MESSAGE}}
ROLE = [{"id": "901", "name": "helper"}]
THREAD = {"id": "801", "parent_id": CHANNEL, "name": "help", "owner_id": LI, "type": 11}
RESULT = [
    {"name": "poll_question_text", "value": "pizza?"},
    {"name": "victor_answer_text", "value": "yes"},
    {"name": "total_votes", "value": "3"},
]
RAW = [
    written(content="see https://example.org/a"),
    written(author=ITSELF, mention_everyone=True, mentions=[{"id": WANG, "username": "wang"}], content=f"<@{WANG}> hi"),
    written(type=19, message_reference={"message_id": "5"}, referenced_message={"author": ITSELF}, position=2),
    written(message_reference={"type": 1}, content="", message_snapshots=[{"message": {"content": "forwarded words"}}]),
    written(attachments=[{"id": "1", "filename": "a.exe", "content_type": "application/x-msdownload", "size": 9}]),
    written(poll=POLL),
    written(author=ITSELF, poll=POLL),
    written("MESSAGE_UPDATE", author=ITSELF, content="better", edited_timestamp="2026-01-05T08:01:00+00:00"),
    dispatch("MESSAGE_DELETE", id=MESSAGE, channel_id=CHANNEL),
    dispatch("MESSAGE_DELETE_BULK", ids=["1", "2"], channel_id=CHANNEL),
    about("MESSAGE_REACTION_ADD", emoji={"id": None, "name": "👍"}, member={**MEMBER, "user": ITSELF}),
    about("MESSAGE_REACTION_REMOVE", emoji={"id": "7", "name": "wave"}, user_id=BOT),
    about("MESSAGE_POLL_VOTE_ADD", answer_id=2, user_id=BOT),
    about("MESSAGE_POLL_VOTE_REMOVE", answer_id=2, user_id=BOT),
    written(
        type=46,
        author=ITSELF,
        message_reference={"message_id": MESSAGE},
        embeds=[{"type": "poll_result", "fields": RESULT}],
    ),
    dispatch("GUILD_MEMBER_ADD", user=ITSELF, **MEMBER),
    dispatch("GUILD_MEMBER_UPDATE", user=ITSELF, **MEMBER),
    dispatch("GUILD_MEMBER_REMOVE", user=ITSELF),
    *(audited(kind, reason="spam") for kind in (20, 22, 23)),
    timeout("2026-01-06T08:00:00+00:00"),
    timeout(None),
    audited(25, changes=[{"key": "$add", "new_value": ROLE}, {"key": "$remove", "new_value": ROLE}], reason="spam"),
    audited(74, **PIN),
    audited(75, **PIN),
    dispatch("THREAD_CREATE", **{**THREAD, "owner_id": BOT}, newly_created=True),
    dispatch("THREAD_UPDATE", **THREAD, thread_metadata={"archived": True}),
    dispatch("VOICE_STATE_UPDATE", channel_id="802", user_id=BOT, member={**MEMBER, "user": ITSELF}),
    *(dispatch(f"CHANNEL_{what}", **ROOM) for what in ("CREATE", "UPDATE", "DELETE")),
    {"op": 0, "t": "GUILD_CREATE", "s": 2, "d": {**SERVER, "members": [{**MEMBER, "user": ITSELF}]}},
]


def only(raw: dict[str, Any], context: Context = CONTEXT) -> dict[str, Any]:
    (found,) = discord.events(raw, context)
    return found


def test_every_event_is_valid_and_says_what_the_table_says() -> None:
    made = [event for raw in RAW for event in discord.events(raw, CONTEXT)]
    assert compared(made, discord.SUPPLIES) == ([], [])


def test_a_message() -> None:
    assert only(RAW[0]) == {
        "id": f"{CHANNEL}/{MESSAGE}",
        "type": "message",
        "time": "2026-01-05T08:00:00.000Z",
        "community": {"id": GUILD},
        "channel": {"id": CHANNEL, "name": "lobby", "topic": "be kind", "kind": "text", "parent": "700"},
        "actor": {
            "id": LI,
            "name": "Li",
            "created": "2016-04-30T11:18:25.796Z",
            "joined": "2020-01-01T00:00:00.000Z",
            "roles": ["owner", "admin", "helper"],
        },
        "text": "see https://example.org/a",
        "links": [{"url": "https://example.org/a", "domain": "example.org"}],
        "mentions": [],
        "mentions_everyone": False,
        "attachments": [],
    }


def test_texts_are_as_members_see_them() -> None:
    marked = f"<@{WANG}> <@&902> <#{CHANNEL}> <:wave:1457654321000000000> [my bank](https://evil.example/x)"
    found = only(written(content=marked, mentions=[{"id": WANG, "username": "wang"}]))
    assert found["text"] == "@wang @admin #lobby :wave: [my bank](https://evil.example/x)"
    assert found["mentions"] == [{"id": WANG, "name": "wang"}]
    assert found["links"] == [{"url": "https://evil.example/x", "text": "my bank", "domain": "evil.example"}]


def test_what_is_forwarded_embedded_and_behind_buttons_is_read() -> None:
    inner = {"content": "join https://evil.example/a", "sticker_items": [{"id": "1", "name": "hi"}]}
    found = only(written(message_reference={"type": 1}, content="", message_snapshots=[{"message": inner}]))
    assert (found["text"], found["forwarded"]) == ("join https://evil.example/a", True)
    assert found["attachments"] == [{"kind": "sticker", "id": "1", "name": "hi"}]
    embed = {
        "title": "Free nitro",
        "description": "click",
        "url": "https://evil.example/b",
        "fields": [{"name": "a", "value": "b"}],
    }
    button = {"type": 1, "components": [{"type": 2, "label": "go", "url": "https://evil.example/c"}]}
    found = only(written(embeds=[embed], components=[button], webhook_id="5"))
    assert [card.get("text") for card in found["attachments"]] == ["click\na\nb", None]
    assert [link["url"][-1] for link in found["links"]] == ["b", "c"]
    assert found["actor"]["bot"]


def test_what_discord_itself_says_or_adds_is_no_message() -> None:
    assert discord.events(written(type=7), CONTEXT) == []
    assert discord.events(written("MESSAGE_UPDATE", edited_timestamp=None), CONTEXT) == []
    assert discord.events({"op": 11}, CONTEXT) == []
    assert discord.events(written(guild_id=None), CONTEXT) == []


def test_what_moderators_did_by_hand() -> None:
    muted = only(timeout("2026-01-06T08:00:00+00:00"))
    assert (muted["type"], muted["reason"]) == ("member.muted", "spam")
    assert muted["duration"] == pytest.approx(86_400_000, abs=20 * 86_400_000)
    assert only(timeout(None))["type"] == "member.unmuted"
    added, removed = discord.events(next(raw for raw in RAW if raw["d"].get("action_type") == 25), CONTEXT)
    assert (added["type"], added["role"], removed["type"]) == ("role.added", "helper", "role.removed")
    assert added["id"] == removed["id"] or added["type"] != removed["type"]


def test_the_same_dispatch_again_is_the_same_event_and_another_one_is_another() -> None:
    first, again = (only(about("MESSAGE_REACTION_ADD", emoji={"name": "👍"})) for _ in range(2))
    later = only({**about("MESSAGE_REACTION_ADD", emoji={"name": "👍"}), "s": 9})
    assert first["id"] == again["id"] != later["id"]


def test_who_goes_from_one_voice_channel_to_another() -> None:
    def went(to: str | None, was: dict[str, str]) -> list[tuple[str, str | None]]:
        raw = dispatch("VOICE_STATE_UPDATE", channel_id=to, user_id=WANG)
        found = discord.events(raw, Context(now=NOW, voice=was))
        return [(one["type"], one.get("channel", {}).get("id")) for one in found]

    assert went("1", {}) == [("voice.joined", "1")]
    assert went("1", {WANG: "1"}) == []
    assert went("2", {WANG: "1"}) == [("voice.left", "1"), ("voice.joined", "2")]
    assert went(None, {WANG: "1"}) == [("voice.left", "1")]
    assert went(None, {}) == [("voice.left", None)]


def act(do: str, who: str | None = LI, **parameters: Any) -> groundrules.Action:
    return groundrules.Action(do=do, who=who, parameters=parameters, key="0385c2ef2b65677508108fd2", rules=("r",))


HERE = Context(now=NOW, decided=NOW, channel=CHANNEL, state={GUILD: SERVER, CHANNEL: {"permission_overwrites": []}})


@pytest.mark.parametrize(
    ("action", "method", "path", "body"),
    [
        (act("kick"), "DELETE", f"/guilds/900/members/{LI}", None),
        (act("ban"), "PUT", f"/guilds/900/bans/{LI}", {"delete_message_seconds": 0}),
        (act("unban"), "DELETE", f"/guilds/900/bans/{LI}", None),
        (
            act("mute", duration=600_000),
            "PATCH",
            f"/guilds/900/members/{LI}",
            {"communication_disabled_until": "2026-01-05T08:10:00.000Z"},
        ),
        (
            act("mute", duration=10**11),
            "PATCH",
            f"/guilds/900/members/{LI}",
            {"communication_disabled_until": "2026-02-02T08:00:00.000Z"},
        ),
        (act("unmute"), "PATCH", f"/guilds/900/members/{LI}", {"communication_disabled_until": None}),
        (act("rename", name="x" * 40), "PATCH", f"/guilds/900/members/{LI}", {"nick": "x" * 31 + "…"}),
        (act("add_role", role="helper"), "PUT", f"/guilds/900/members/{LI}/roles/901", None),
        (act("remove_role", role="helper"), "DELETE", f"/guilds/900/members/{LI}/roles/901", None),
        (act("pin", who="800/5"), "PUT", "/channels/800/messages/pins/5", None),
        (act("delete", events=["800/5"]), "DELETE", "/channels/800/messages/5", None),
        (act("slow_mode", who="800", interval=10**9), "PATCH", "/channels/800", {"rate_limit_per_user": 21_600}),
        (act("lock_thread", who="800/5"), "PATCH", "/channels/5", {"locked": True, "archived": False}),
        (
            act("lock_channel", who="800"),
            "PUT",
            "/channels/800/permissions/900",
            {"type": 0, "allow": "0", "deny": "377957124160"},
        ),
        (act("lock", who="900"), "PATCH", "/guilds/900/roles/900", {"permissions": "1024"}),
        (
            act("close_joining", who="900"),
            "PUT",
            "/guilds/900/incident-actions",
            {"invites_disabled_until": "2026-01-06T08:00:00.000Z"},
        ),
    ],
)
def test_calls(action: groundrules.Action, method: str, path: str, body: Any) -> None:
    (call,) = discord.calls(action, GUILD, context=HERE)
    assert call[:3] == (method, path, body)
    assert call.headers == {"X-Audit-Log-Reason": "r"}


def test_what_stands_is_not_overwritten() -> None:
    standing = {"permission_overwrites": [{"id": GUILD, "type": 0, "allow": "2048", "deny": "1024"}]}
    (call,) = discord.calls(act("lock_channel", who="800"), GUILD, context=Context(state={"800": standing}))
    assert call.body is not None
    assert (call.body["allow"], int(call.body["deny"]) & 1024) == ("0", 1024)
    for do in ("lock_channel", "lock"):
        with pytest.raises(UnsupportedError, match="not known"):
            discord.calls(act(do, who="800"), GUILD)


def test_many_messages_go_at_once_where_discord_allows_it() -> None:
    fresh = [f"800/{(NOW - 1_420_070_400_000 - index << 22)}" for index in range(101)]
    old, elsewhere = "800/5", f"801/{(NOW - 1_420_070_400_000) << 22}"
    sent = discord.calls(act("delete", events=[*fresh, old, elsewhere]), GUILD, context=HERE)
    assert [call.method for call in sent] == ["POST", "DELETE", "DELETE", "DELETE"]
    assert sent[0].body is not None
    assert len(sent[0].body["messages"]) == 100
    assert sent[1].path == "/channels/800/messages/5"
    assert all(call.method == "DELETE" for call in discord.calls(act("delete", events=fresh[:2]), GUILD))


def test_a_reason_fits_the_audit_log() -> None:
    action = groundrules.Action(do="kick", who=LI, key="k", rules=("规则" * 99,))
    (call,) = discord.calls(action, GUILD)
    reason = call.headers["X-Audit-Log-Reason"]
    assert len(reason) <= 512
    assert len(reason) % 9 == 0


def test_a_message_calls_whom_it_names_and_forges_nothing() -> None:
    words = {"en": f"@everyone <@{WANG}> **x** [y](https://a.example/_z_) @{LI} # h"}
    (call,) = discord.calls(act("warn", text=words), GUILD, context=HERE)
    assert call.body is not None
    assert call.body["allowed_mentions"] == {"parse": [], "users": [LI], "roles": []}
    assert call.body["content"] == (
        rf"<@{LI}> \@everyone \<\@{WANG}\> \*\*x\*\* \[y\]\(https://a.example/_z_\) <@{LI}> \# h"
    )
    assert (call.body["enforce_nonce"], call.body["nonce"]) == (True, "0385c2ef2b65677508108fd2")


def test_long_texts_are_parted_and_nonces_differ() -> None:
    sent = discord.calls(act("reply", who="800/5", text={"en": "All is well. " * 500}), GUILD, context=HERE)
    bodies = [call.body or {} for call in sent]
    assert all(len(body["content"]) <= 2_000 for body in bodies)
    assert len({body["nonce"] for body in bodies}) == len(bodies) == 4
    assert max(len(body["nonce"]) for body in bodies) <= 25
    assert ["message_reference" in body for body in bodies] == [True, False, False, False]


def test_where_messages_go() -> None:
    known = Context(
        channel="1", staff="2", announcements="3", channels={"lobby": "4"}, direct={"55": "5"}, state={GUILD: SERVER}
    )
    wants = [
        (act("announce", text={"en": "x"}), ["/channels/3/messages"]),
        (act("notify", who=None, role="helper", text={"en": "x"}), ["/channels/2/messages"]),
        (act("warn", text={"en": "x"}), ["/channels/1/messages"]),
        (act("send", who=None, to="lobby", text={"en": "x"}), ["/channels/4/messages"]),
        (act("send", who=None, to="55", text={"en": "x"}), ["/channels/5/messages"]),
        (act("send", who=None, to="56", text={"en": "x"}), ["/users/@me/channels", "/channels/{id}/messages"]),
    ]
    for action, paths in wants:
        assert [call.path for call in discord.calls(action, GUILD, context=known)] == paths
    (called,) = discord.calls(wants[1][0], GUILD, context=known)
    assert called.body is not None
    assert (called.body["content"], called.body["allowed_mentions"]["roles"]) == ("<@&901> x", ["901"])
    for action in (
        act("announce", text={"en": "x"}),
        act("send", who=None, to="no-such", text={"en": "x"}),
        act("warn"),
    ):
        with pytest.raises(UnsupportedError):
            discord.calls(action, GUILD)


def test_a_poll_keeps_to_what_discord_takes() -> None:
    asked = act("poll", who="900", question={"en": "q" * 400}, options=["a" * 60, "b"], closes=10**12)
    (call,) = discord.calls(asked, GUILD, context=HERE)
    assert call.body is not None
    poll = call.body["poll"]
    assert (len(poll["question"]["text"]), len(poll["answers"][0]["poll_media"]["text"]), poll["duration"]) == (
        300,
        55,
        768,
    )
    with pytest.raises(UnsupportedError, match="1 to 10"):
        discord.calls(act("poll", who="900", question={"en": "q"}, options=list("abcdefghijk")), GUILD, context=HERE)


@pytest.mark.parametrize(
    ("do", "status", "answer", "headers", "want"),
    [
        ("reply", 200, {"id": "9", "channel_id": "8"}, {}, Done({"id": "8/9"})),
        ("ban", 204, {}, {}, Done()),
        ("delete", 404, {"code": 10008, "message": "Unknown Message"}, {}, Done()),
        ("kick", 404, {"code": 10007, "message": "Unknown Member"}, {}, Done()),
        ("mute", 404, {"code": 10007, "message": "Unknown Member"}, {}, Failed("Unknown Member")),
        ("ban", 403, {"code": 50013, "message": "Missing Permissions"}, {}, Failed("Missing Permissions", rights=True)),
        (
            "send",
            403,
            {"code": 50007, "message": "Cannot send messages to this user"},
            {},
            Failed("Cannot send messages to this user"),
        ),
        ("warn", 429, {"message": "slow", "retry_after": 1.5}, {}, Retry(1.5, "slow")),
        ("warn", 429, {}, {"Retry-After": "60"}, Retry(60.0, "HTTP 429")),
        ("warn", 500, {}, {}, Retry(5.0, "HTTP 500")),
        ("warn", 401, {"message": "401: Unauthorized", "code": 0}, {}, Failed("401: Unauthorized")),
    ],
)
def test_answers(do: str, status: int, answer: dict[str, Any], headers: dict[str, str], want: object) -> None:
    assert discord.outcome(do, answer, status, headers) == want
