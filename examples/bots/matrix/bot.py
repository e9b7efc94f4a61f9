"""A Matrix bot that keeps a room's rules. Its account and where it lives stand in MATRIX_…."""

import asyncio
import os
from pathlib import Path

from nio import AsyncClient

from groundrules.bots import Options
from groundrules.bots.matrix import Groundrules

HERE = Path(__file__).parent


async def main() -> None:
    client = AsyncClient(os.environ["MATRIX_SERVER"], os.environ["MATRIX_USER"])
    await client.login(os.environ["MATRIX_PASSWORD"])
    options = Options(HERE / "rulebook.yaml", f"sqlite:{HERE / 'groundrules.db'}")
    async with Groundrules(client, options):  # your own callbacks go on as before
        await client.sync_forever(timeout=30_000, full_state=True)


if __name__ == "__main__":
    asyncio.run(main())
