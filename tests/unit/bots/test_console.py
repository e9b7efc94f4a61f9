"""A console inside a bot: its settings page and the command in chat have one schema and one set of values."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

httpx = pytest.importorskip("httpx")
pytest.importorskip("jinja2", reason="groundrules[console] is not installed")

from groundrules.console import Console  # noqa: E402  (skipped without it)
from groundrules.service import Service, application  # noqa: E402
from groundrules.service.server import Server, bound  # noqa: E402
from groundrules.service.tokens import Tokens  # noqa: E402
from unit.bots.stage import GROUP, hosted, message, settled  # noqa: E402


def test_what_is_set_on_the_page_is_said_in_chat_and_the_other_way_round(tmp_path: Path) -> None:
    async def go() -> None:
        async with hosted(tmp_path) as (host, kept):
            await host.hear(message(1, "/设置"))
            async with Service(host.hub, Tokens()) as service:
                pages = Console(host.hub, service.tokens, application(service))
                listening = bound("127.0.0.1", 0)
                server = Server(service, pages, signals=False)
                serving = asyncio.create_task(server.serve(sockets=[listening]))
                base = f"http://127.0.0.1:{listening.getsockname()[1]}"
                async with httpx.AsyncClient(base_url=base, follow_redirects=True) as client:
                    await client.post(f"/console/enter/{pages.sessions.link()}", data={"member": "1"})
                    page = (await client.get(f"/console/settings?community={GROUP}")).text
                    schema = await host.hub.settings_schema(GROUP, "zh")
                    assert set(re.findall(r'name="set\.(\w+)"', page)) == set(schema["properties"])
                    assert all(f"（{name}）" in kept.said()[0] for name in schema["properties"])
                    seal = re.findall(r'name="seal" value="([^"]+)"', page)[0]
                    form = {"what": "save", "set.mute_for": "2d", "seal": seal}
                    await client.post(f"/console/settings?community={GROUP}", data=form)
                    await host.hear(message(1, "/设置"))
                    assert "禁言时长（mute_for）：2d *" in kept.said()[-1]
                    await host.hear(message(1, "/设置 mute_for 3d"))
                    await settled(host)
                    assert '"3d"' in (await client.get(f"/console/settings?community={GROUP}")).text
                server.should_exit = True
                await serving

    asyncio.run(asyncio.wait_for(go(), 60))
