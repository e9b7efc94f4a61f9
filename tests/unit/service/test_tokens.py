"""Who may do what: roles, hashes in the file, revoked tokens, and nothing without one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from groundrules.service import TokenError, TokenFile, Tokens, tokens
from groundrules.service.endpoints import ENDPOINTS
from groundrules.service.tokens import ROLES, Role
from strategies.serving import bearer, run, serving

MAY = {
    "observe": {"observe"},
    "moderate": {"observe", "moderate"},
    "administer": {"observe", "moderate", "administer", "bot"},
    "bot": {"bot"},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_is_its_own(book: Path, role: Role) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            for endpoint in ENDPOINTS:
                path = endpoint.path.replace("{community}", "c").replace("{key}", "k").replace("{id}", "1")
                client = getattr(clients, role)
                answer = await client.request(endpoint.method, path)
                let_in = endpoint.role is None or endpoint.role in MAY[role]
                assert (answer.status_code != 403) is let_in, (endpoint.path, answer.text)
                answer = await clients.nobody.request(endpoint.method, path)
                assert (answer.status_code == 401) is (endpoint.role is not None), endpoint.path

    run(go())


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer ", "Bearer x", "Basic {}", "{}", "Bearer {}x", "Bearer ✓"])
def test_what_is_no_token(book: Path, shown: str) -> None:
    async def go() -> None:
        async with serving(book) as clients:
            headers = {"authorization": shown.format(clients.secrets["administer"]).encode()}
            answer = await clients.nobody.get("/v1/decisions", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"

    run(go())


def test_the_file_has_hashes_only_and_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    secret = TokenFile(path, missing_ok=True).new("me", "bot")
    assert secret not in path.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = TokenFile(path).holder(secret)
    assert found is not None
    assert (found.name, found.role) == ("me", "bot")


def test_who_is_revoked_is_out_without_a_restart(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "LOOKED_AT_EVERY", 0)
    path = tmp_path / "tokens.json"
    edited = TokenFile(path, missing_ok=True)
    secret = edited.new("me", "observe")

    async def go() -> None:
        async with serving(book) as clients:
            clients.service.tokens = TokenFile(path)
            get = clients.nobody.get
            assert (await get("/v1/decisions", headers=bearer(secret))).status_code == 200
            edited.revoke("me")
            assert (await get("/v1/decisions", headers=bearer(secret))).status_code == 401
            other = edited.new("you", "observe")
            assert (await get("/v1/decisions", headers=bearer(other))).status_code == 200
            path.write_text("nonsense", encoding="utf-8")
            assert (await get("/v1/decisions", headers=bearer(other))).status_code == 401

    run(go())


def test_every_hash_is_compared_and_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Tokens()
    secrets = [known.new(str(number), "bot") for number in range(3)]
    compared: list[str] = []
    real = tokens.hmac.compare_digest
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda one, other: compared.append(one) or real(one, other))
    for shown in (*secrets, "nonsense"):
        compared.clear()
        known.holder(shown)
        assert compared == [token.hash for token in known.known]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b'[{"name": 1}]', b"\xff", b'[{"name":"a","role":"b","hash":"c"}]']
)
def test_what_is_no_file_of_tokens(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokens.json"
    path.write_bytes(content)
    with pytest.raises(TokenError, match="not a token file"):
        TokenFile(path)


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    known = TokenFile(tmp_path / "tokens.json", missing_ok=True)
    known.new("me", "bot")
    with pytest.raises(TokenError, match="already"):
        known.new("me", "bot")
    with pytest.raises(TokenError, match="there is no token"):
        known.revoke("you")
    with pytest.raises(TokenError, match="can't be read"):
        TokenFile(tmp_path / "missing.json")
