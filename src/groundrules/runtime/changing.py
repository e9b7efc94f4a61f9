"""Changing what communities run: their settings, and the rulebook itself.

A change is checked, and can be previewed before it takes effect: what the recorded events would have led to, before and
after. Communities change one by one, each in its own transaction, so that none waits for the others.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import ExitStack, suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TypeVar

import msgspec

from groundrules import confined
from groundrules.runtime.books import PLAIN, Edition, Source, Sources, canonical, edition
from groundrules.runtime.core import Core
from groundrules.runtime.errors import HubError
from groundrules.runtime.keeping import Keep
from groundrules.runtime.previews import OverBudgetError, Previews, broken, has_budget
from groundrules.stores import OwnedError, Store, StoreError
from groundrules.time_units import DAY
from groundrules.tools.diffing.compare import diff
from groundrules.tools.diffing.model import Diff
from groundrules.tools.replaying.model import Report
from groundrules.tools.replaying.run import Settings, replayed
from groundrules.tools.replaying.sampling import Preview
from groundrules.tools.revisions import RevisionError, head_of, on_disk, spot
from groundrules.tools.testing.read import find_tests
from groundrules.tools.versions import is_plan_file

T = TypeVar("T")

BUDGETED = 30.0
"""Days of recorded events that a budget is checked against."""
LOOKED_EVERY = 10.0
"""Seconds between two looks at a Git revision."""
TRIAL_SECONDS = 300
TRIAL_BYTES = 4 << 30
"""Memory that a rulebook's own tests may use, in their own process."""


log = logging.getLogger("groundrules.hub")


class Candidate(msgspec.Struct, frozen=True):
    """A rulebook, by its path, that has run alongside the one in force since an instant (ms)."""

    path: str
    since: int


_encode = msgspec.json.encode
_candidate = msgspec.json.Decoder(Candidate | None).decode


@dataclass(frozen=True)
class Trial:
    """The result of a rulebook's lint and tests, before it is in force; `said` is what they printed."""

    passed: bool
    output: str = ""


class Changing:
    """Changes rulebooks and settings of a hub. `do` does something in a community, `read` something off the loop.

    Only one preview and one longer replay run at a time: `read` has few threads, and lookups need them too.
    """

    def __init__(
        self,
        core: Core,
        store: Store,
        do: Callable[[str, Callable[[Core], Any]], Coroutine[Any, Any, Any]],
        read: Callable[[Callable[[], Any]], Coroutine[Any, Any, Any]],
        keep: Keep,
    ) -> None:
        self._core = core
        self._store = store
        self._do = do
        self._read = read
        self._keep = keep
        self._previews = Previews(store)
        self._previewing = asyncio.Lock()
        self._replaying = asyncio.Lock()

    # --- settings -------------------------------------------------------------------------------

    async def settings(self, community: str) -> dict[str, Any]:
        """Return the values that a community has set."""
        head = await self._read(lambda: self._store.head(community))
        settings: dict[str, Any] = msgspec.json.decode(PLAIN if head is None else head.settings)
        return settings

    async def schema(self, community: str, lang: str) -> dict[str, Any]:
        """Return the JSON Schema of a community's settings."""
        schema: dict[str, Any] = (await self._now(community)).settings_schema(lang)
        return schema

    async def change(self, community: str, values: Mapping[str, Any], by: str) -> None:
        """Put values in force, in addition to those set before; None unsets one."""
        await self._keep_budget(community, values, by)
        changed = False
        while not changed:  # until nobody else has changed them in the meantime
            set_before = await self.settings(community)
            settings = canonical({**set_before, **values})
            await self._read(partial(self._core.books.edition, community, settings))
            change = partial(Core.change, id=community, before=canonical(set_before), settings=settings, by=by)
            changed = await self._do(community, change)

    async def estimate(self, community: str, values: Mapping[str, Any], days: float) -> Preview:
        """Say within about two seconds what these values would have led to, exactly or estimated."""
        since = self._core.clock() - round(days * DAY)
        if why := self._keep.replayable(since, self._core.clock()):
            raise HubError(f"the preview failed: {why}", "texts_gone", "days")
        settings = canonical({**await self.settings(community), **values})
        return await self._previewed(community, await self._now(community), settings, since)

    async def _previewed(self, community: str, now: Edition, settings: bytes, since: int) -> Preview:
        path = self._core.books.path(community)
        async with self._previewing:
            preview: Preview = await self._read(partial(self._previews.look, community, now, path, settings, since))
        return preview

    async def _keep_budget(self, community: str, values: Mapping[str, Any], by: str) -> None:
        """Raise OverBudgetError for values under which the recorded past breaks the rulebook's budget.

        Only what can still be replayed counts; if that is nothing, there is a note.
        """
        path, now = self._core.books.path(community), self._core.clock()
        if path is None or not has_budget(path):
            return
        since = self._keep.replayable_since(now - round(BUDGETED * DAY), now)
        if since is None:
            await self._do(community, partial(Core.note, id=community, kind="budget_not_judged", by=by))
            return
        settings, running = canonical({**await self.settings(community), **values}), await self._now(community)
        preview = await self._previewed(community, running, settings, since)
        if not preview.exact:
            judged = partial(self._previews.judged, community, running, path, settings, since, preview)
            async with self._replaying:
                preview = await self._read(judged)
        if broken(preview):
            raise OverBudgetError(preview)

    async def preview(self, community: str, values: Mapping[str, Any], days: float) -> Report:
        """Say what the recorded events of the last days would have led to, under these values and the current ones."""
        settings = canonical({**await self.settings(community), **values})
        after = await self._read(lambda: self._core.books.edition(community, settings))
        return await self.compare(community, after, days)

    async def compare(self, community: str, after: Edition | Source, days: float) -> Report:
        """Say what the recorded events of the last days would have led to under another rulebook and under this one."""
        return await self._compared(community, after, self._core.clock() - round(days * DAY))

    async def changes(self, source: Source, community: str | None) -> Diff:
        """Say what would change in meaning if this rulebook came into force."""
        running = await (self._plain() if community is None else self._now(community))
        new = await (
            self._read(lambda: edition(source, PLAIN)) if community is None else self.candidate(community, source)
        )
        difference: Diff = await self._read(lambda: diff(running.version, new.version))
        return difference

    async def candidate(self, community: str, source: Source) -> Edition:
        """Return a rulebook with a community's settings, ready to run."""

        def ready() -> Edition:
            head = self._store.head(community)
            candidate = edition(source, PLAIN if head is None else head.settings)
            candidate.engine.warm()
            return candidate

        warmed: Edition = await self._read(ready)
        return warmed

    async def _plain(self) -> Edition:
        edition: Edition = await self._read(lambda: self._core.books.edition(""))
        return edition

    async def shadow(self, community: str, path: str | None) -> None:
        """Run a candidate alongside what runs, from now on and with its own state; None ends it."""
        if path is not None:
            await self._read(lambda: edition(path, PLAIN))
        candidate = _encode(None if path is None else Candidate(path, self._core.clock()))
        await self._do(community, lambda core: core.reached(f"candidate {community}", candidate))

    async def differences(self, community: str) -> Report:
        """Say what a candidate has decided differently since it began. Raises HubError if there is none."""
        kept = await self._read(lambda: self._store.source(f"candidate {community}"))
        candidate = _candidate(kept) if kept else None
        if candidate is None:
            raise HubError(f"no candidate runs in {community}", "no_candidate")
        return await self._compared(community, candidate.path, candidate.since)

    async def _compared(self, community: str, after: Edition | Source, since: int) -> Report:
        if why := self._keep.replayable(since, self._core.clock()):
            raise HubError(f"the preview failed: {why}", "texts_gone", "days")
        before = await self._now(community)

        def replay() -> Report:
            new = after if isinstance(after, Edition) else edition(after, PLAIN)
            with NamedTemporaryFile(suffix=".jsonl") as file:
                for segment in self._store.events(community, since):
                    file.write(segment.body + b"\n")
                file.flush()
                return replayed(new.version, [file.name], before.version, settings=Settings(jobs=2))

        async with self._replaying:
            report: Report = await self._read(replay)
        return report

    async def _now(self, community: str) -> Edition:
        edition: Edition = await self._do(community, lambda core: core.communities[community].edition)
        return edition

    # --- rulebooks ------------------------------------------------------------------------------

    async def install(self, sources: Sources, by: str) -> Trial:
        """Put another rulebook in force everywhere, if it lints and passes its own tests; otherwise the old one stays.

        Communities whose settings don't fit it keep the old one too, and this is noted.
        """
        trial = Trial(True) if callable(sources) else await tried(sources)
        if not trial.passed:
            return trial
        if not callable(sources):
            await self._read(lambda: edition(sources, PLAIN))
        self._core.books.replace(sources)
        after = ""
        while heads := await self._read(lambda after=after: self._store.heads(after)):  # type: ignore[misc]
            for head in heads:
                await self._upgrade(head.community, head.settings, by)
            after = heads[-1].community
        return trial

    async def admit(self) -> None:
        """A rulebook that changed while the hub was down must pass its tests too; otherwise the last one stays."""
        sources = self._core.books.sources
        if not isinstance(sources, str | os.PathLike):
            return
        with suppress(HubError):
            edition = await self._read(lambda: self._core.books.edition(""))
            known = await self._read(lambda: self._store.plan(edition.name) or not self._store.heads(limit=1))
            if not known and not (trial := await tried(sources)).passed:
                log.error("the rulebook at %s is not put in force: %s", sources, trial.output)
                self._core.books.refuse("it did not pass its lint and its tests")

    async def watch(self) -> None:
        """Reinstall the rulebook whenever it changes at its path or, for a Git revision, when that moves on."""
        sources = self._core.books.sources
        if not isinstance(sources, str | os.PathLike):
            raise HubError("only a rulebook at a path can be watched")
        async for _ in _changes(os.fspath(sources)):
            try:
                trial = await self.install(sources, "groundrules")
            except HubError as error:
                trial = Trial(False, str(error))
            except Exception:
                log.exception("an internal error while a rulebook was tried")
                continue
            if trial.passed:
                log.info("the rulebook at %s is in force as it is now", sources)
            else:
                log.error("the rulebook at %s is not put in force: %s", sources, trial.output)

    async def _upgrade(self, community: str, settings: bytes, by: str) -> None:
        try:
            await self._read(lambda: self._core.books.edition(community, settings))
            await self._do(community, lambda core: core.upgrade(community, by))
        except OwnedError:
            pass  # the hub that owns it will do it
        except (HubError, StoreError) as error:
            reason = str(error)
            await self._do(community, lambda core: core.note(community, "rulebook_refused", reason=reason))


async def _changes(path: str) -> AsyncIterator[object]:
    """Yield whenever a rulebook has changed."""
    place = spot(path)
    if place.revision is None:
        from watchfiles import awatch

        async for change in awatch(path):
            yield change
        return
    before = head_of(place)
    while True:
        await asyncio.sleep(LOOKED_EVERY)
        now = await asyncio.to_thread(head_of, place)
        if now != before:
            before = now
            yield now


async def tried(source: Source) -> Trial:
    """Lint a rulebook and run its own tests, in their own process with bounded time and memory.

    What was compiled elsewhere was tested there.
    """
    if not isinstance(source, str | os.PathLike):
        return Trial(True)
    around = copy_context()  # the overlay of files applies in one context, so every thread that does it needs that one
    stack = ExitStack()
    try:
        standing = await asyncio.to_thread(around.run, stack.enter_context, on_disk(spot(os.fspath(source))))
        if not standing.path.exists():
            return Trial(False, f"there is no rulebook {os.fspath(source)}")
        if is_plan_file(standing.path):
            return Trial(True)
        return await _tried(standing.path, around.run(confined.roots_now))
    except RevisionError as error:
        return Trial(False, str(error))
    finally:
        around.run(stack.close)


async def _tried(path: Path, roots: Iterable[Path]) -> Trial:
    options = [option for root in roots for option in ("--root", os.fspath(root))]
    for command in ("lint", "test"):
        if command == "test" and not any((await asyncio.to_thread(find_tests, path)).values()):
            continue
        output, code = await _run(command, *options, os.fspath(path))
        if code != 0:
            return Trial(False, output)
    return Trial(True)


async def _run(command: str, *arguments: str) -> tuple[str, int]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _LIMITED, str(TRIAL_BYTES), str(TRIAL_SECONDS), command, *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), TRIAL_SECONDS)
    except TimeoutError:
        return f"its {command} took more than {TRIAL_SECONDS} seconds", 1
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return output.decode(errors="replace"), process.returncode or 0


_LIMITED = """
import sys
_, size, seconds, *command = sys.argv
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(size), int(size)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
except (ImportError, ValueError, OSError):
    pass
from groundrules.cli.main import cli
cli(command)
"""
