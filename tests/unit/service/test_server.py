"""A real server: it stops gently, and slow, greedy and broken clients harm nobody."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from groundrules.cli.main import cli
from strategies.serving import BOOK, Process, lines, message, process

MANY = 10_000
NDJSON = {"content-type": "application/x-ndjson"}


@pytest.fixture
def server(tmp_path: Path, book: Path) -> Iterator[Process]:
    with process(tmp_path, book) as served:
        yield served


def connected(server: Process) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def works(server: Process, id: str) -> None:
    """The server decides on an event, and soon."""
    with server.client as client:
        began = time.monotonic()
        assert len(client.post("/v1/events", json=message(id, "banme")).json()["decisions"]) == 1
        assert time.monotonic() - began < 10


def memory(server: Process) -> int:
    """How much memory the process has at most had (MB)."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        pytest.skip("only Linux says how much memory a process has had")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="utf-8"))
    assert found
    return int(found[1]) // 1024


def head(server: Process, length: int) -> bytes:
    lines = ["POST /v1/events HTTP/1.1", "Host: x", f"Authorization: Bearer {server.secret}"]
    lines += ["Content-Type: application/x-ndjson", f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode()


def test_ten_thousand_idle_connections_harm_nobody(server: Process) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < MANY + 1000:
        pytest.skip("this system does not allow a process so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    open: list[socket.socket] = []
    try:
        for number in range(MANY):
            open.append(connected(server))
            if number % 3 == 1:
                open[-1].sendall(b"GET /livez HTTP/1.1\r\nHost:")
        works(server, "1")
        assert memory(server) < 1000
    finally:
        for one in open:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    works(server, "2")


def test_a_line_of_a_hundred_megabytes_is_refused_and_not_held(server: Process) -> None:
    works(server, "0")
    before, size, piece = memory(server), 100 << 20, b"x" * (1 << 20)
    last = b"\n" + lines(message("1", "banme"))
    with closing(connected(server)) as client:
        client.sendall(head(server, size + len(last)))
        for _ in range(100):
            client.sendall(piece)
        client.sendall(last)
        answer = client.makefile("rb").read1(1 << 16)
        while b'"line":2' not in answer:
            answer += client.recv(1 << 16)
    assert b'"too_large"' in answer
    assert memory(server) - before < 60
    works(server, "2")


def test_half_bodies_and_clients_that_go_away(server: Process) -> None:
    body = lines(message("1", "banme")) + b'{"id": "half'
    for cut in (10, len(body) - 3, len(body)):
        with closing(connected(server)) as client:
            client.sendall(head(server, len(body) + 100) + body[:cut])
    for garbage in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n\r\n", b"A" * 100_000):
        with closing(connected(server)) as client, suppress(OSError):
            client.sendall(garbage)
            client.recv(1000)
    works(server, "2")
    assert "Traceback" not in server.log


def test_who_sends_and_never_reads_loses_nothing_that_was_answered(server: Process) -> None:
    body = lines(*(message(str(number), "an advert", who=f"m{number}") for number in range(3000)))
    with closing(connected(server)) as client:
        client.sendall(head(server, len(body)) + body)
        works(server, "other")
    with server.client as client:
        client.post("/v1/events", content=body, headers=NDJSON).raise_for_status()
        found, after = 0, 0
        while after is not None:
            page = client.get("/v1/decisions", params={"limit": 1000, "after": after, "rule": "advert"}).json()
            found, after = found + len(page["decisions"]), page["next"]
    assert found == 3000


def test_a_stream_is_answered_while_it_goes_on(server: Process) -> None:
    with closing(connected(server)) as client:
        client.sendall(head(server, 1 << 20))
        answer = b""
        for id in ("1", "2"):
            client.sendall(lines(message(id, "banme")))
            while f'"event":"{id}"'.encode() not in answer:
                answer += client.recv(1 << 16)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_gently(server: Process, number: int) -> None:
    with server.client as client, closing(connected(server)) as idle, closing(connected(server)) as stream:
        client.post("/v1/events", json=message("1", "banme"))
        idle.sendall(b"GET")
        stream.sendall(head(server, 1 << 20) + lines(message("2", "banme")))
        while b'"event":"2"' not in stream.recv(1 << 16):
            pass
        waits = connected(server)
        asked = "GET /v1/actions?community=none&wait=60 HTTP/1.1\r\nHost: x\r\n"
        waits.sendall(f"{asked}Authorization: Bearer {server.secret}\r\n\r\n".encode())
        time.sleep(0.3)
        began = time.monotonic()
        assert server.kill(number) == 0
        assert time.monotonic() - began < 20
        assert b'"actions":[]' in waits.recv(1 << 16)
        waits.close()
    server.start()
    with server.client as client:
        assert len(client.get("/v1/decisions").json()["decisions"]) == 2


def test_logs_are_json_if_wanted(tmp_path: Path, book: Path) -> None:
    with process(tmp_path, book, "--log", "json") as server:
        works(server, "1")
        server.kill(signal.SIGTERM)
        [told] = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
        assert (told["path"], told["status"], told["events"]) == ("/v1/events", 200, 1)
        assert server.secret not in server.log


def test_several_rulebooks(tmp_path: Path, book: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(BOOK.replace("rulebook: shop", "rulebook: other"), encoding="utf-8")
    with process(tmp_path, f"d={other}", str(book)) as server, server.client as client:
        for community, name in (("c", "shop"), ("d", "other")):
            event = message("1", "banme", community=community)
            [decision] = client.post("/v1/events", json=event).json()["decisions"]
            assert decision["rulebook"].startswith(f"{name}@")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is no rulebook `nowhere`"),
        (["c=nowhere"], "there is no rulebook `nowhere`"),
        (["shop.yaml", "shop.yaml"], "two rulebooks for all communities"),
        (["shop.yaml", "--tokens", "none.json"], "can't be read"),
        (["shop.yaml", "--store", "nowhere://x"], "there is no store `nowhere`"),
        (["shop.yaml", "--host", "203.0.113.7"], "can't listen on"),
        (["shop.yaml", "--port", "99999"], "99999"),
        (["c=shop.yaml", "--watch"], "--watch is for one rulebook"),
        (["HEAD:shop.yaml"], "there is no rulebook `HEAD:shop.yaml`"),
        (["shop.yaml", "--keep", "texts=soon"], "--keep texts=soon: expected"),
        (["shop.yaml", "--keep", "log=nothing"], "--keep log=nothing: expected"),
        (["shop.yaml", "--keep", "more=1"], "--keep more=1: expected"),
    ],
)
def test_what_can_not_be_served(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given = ["serve", *arguments, *([] if "--store" in arguments else ["--store", "sqlite:x.db"])]
    result = CliRunner().invoke(cli, given if "--port" in arguments else [*given, "--port", "0"])
    assert result.exit_code in (1, 2)
    assert said in result.output


def test_the_rulebook_is_watched_and_only_hashes_are_kept(tmp_path: Path, book: Path) -> None:
    options = ("--watch", "--keep", "log=hashes", "--keep", "decisions=ever")
    with process(tmp_path, book, *options) as server, server.client as client:
        assert len(client.post("/v1/events", json=message("1", "an advert")).json()["decisions"]) == 1
        assert '"text":"sha256:' in client.get("/v1/decisions").text.replace(": ", ":")
        before = client.get("/v1/plan?community=c").headers["etag"]
        book.write_text(book.read_text(encoding="utf-8").replace('"advert"', '"offer"'), encoding="utf-8")
        ends = time.monotonic() + 120
        while client.get("/v1/plan?community=c").headers["etag"] == before:
            assert time.monotonic() < ends, server.log
            time.sleep(0.2)
        [decision] = client.post("/v1/events", json=message("2", "an offer")).json()["decisions"]
        assert decision["fired"][0]["rule"] == "advert"


def test_a_port_that_is_taken(server: Process, tmp_path: Path, book: Path) -> None:
    given = ["serve", str(book), "--store", f"sqlite:{tmp_path / 'other.db'}", "--port", str(server.port)]
    result = CliRunner().invoke(cli, given)
    assert result.exit_code == 1
    assert "--port 0" in result.output


def test_tokens_are_made_listed_and_revoked(tmp_path: Path) -> None:
    file = str(tmp_path / "tokens.json")
    call = CliRunner().invoke
    made = call(cli, ["token", file, "--name", "bot", "--role", "bot"])
    assert re.fullmatch(r"gr_[\w-]{43}\n", made.output)
    assert re.fullmatch(r"bot  bot  \d{4}-\d\d-\d\d\n", call(cli, ["token", file]).output)
    assert call(cli, ["token", file, "--revoke", "bot"]).exit_code == 0
    assert call(cli, ["token", file]).output == ""
    assert call(cli, ["token", file, "--revoke", "bot"]).exit_code == 1
    assert call(cli, ["token", file, "--name", "x"]).exit_code == 2


def test_it_decides_first_on_the_events_of_a_file_and_shows_them_in_the_console(tmp_path: Path, book: Path) -> None:
    recorded = tmp_path / "events.jsonl"
    recorded.write_bytes(lines(*(message(str(number), "an advert") for number in range(3))))
    with process(tmp_path, book, "--events", str(recorded)) as served:
        served.kill()
        recorded.write_bytes(recorded.read_bytes() + lines(message("3", "an advert")))
        served.start()
        with served.client as client:
            assert len(client.get("/v1/decisions").json()["decisions"]) == 4
            link = served.log.rpartition("/console/enter/")[2].split()[0]
            shown = client.post(f"/console/enter/{link}", data={"member": "li"}, follow_redirects=True)
            assert shown.status_code == 200
            assert '<a href="/console/rule/advert?community=c">' in shown.text
