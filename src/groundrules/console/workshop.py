"""Work in a process of its own, with limits on time, memory and size: what others wrote is read there, not here.

A process that has everything loaded waits and is copied for each piece of work, so that one begins in milliseconds.
Where the system can't copy processes, a new one is started. What takes too long is killed.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from groundrules.errors import GroundrulesError

AT_ONCE = 2
WAITS = 4
XCPU = getattr(signal, "SIGXCPU", 0)
LOADED = ("groundrules.console.playground.evaluate", "groundrules.console.looking")
"""Modules that the waiting process has ready."""

log = logging.getLogger("groundrules.console")


class OverLimitError(GroundrulesError):
    """The work took too long, too much memory, or its result is too large."""


@dataclass(frozen=True)
class Limits:
    """seconds: of work; of the clock, four times as many. memory: bytes of address space. answer: bytes."""

    seconds: float = 10.0
    memory: int = 2 << 30
    answer: int = 4 << 20


class Workshop:
    """Does work in processes of their own, at most two at once."""

    def __init__(self) -> None:
        methods = multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            self._context.set_forkserver_preload(list(LOADED))
        self._threads = ThreadPoolExecutor(AT_ONCE, "groundrules-workshop")

    def warm(self) -> None:
        """Have the process that waits ready before somebody needs it."""
        self._threads.submit(self._do, _nothing, (), Limits())

    def close(self) -> None:
        """Begin nothing new."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def do(self, work: Callable[..., bytes], *arguments: Any, limits: Limits = Limits()) -> bytes:
        """Return what `work` returns, a function of a module, which is called elsewhere. Raises OverLimitError."""
        call = partial(self._do, work, arguments, limits)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _do(self, work: Callable[..., bytes], arguments: tuple[Any, ...], limits: Limits) -> bytes:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_work, args=(theirs, work, arguments, limits), daemon=True)
        process.start()
        theirs.close()
        try:
            if not ours.poll(limits.seconds * WAITS):
                raise OverLimitError(_too_long(limits))
            return _received(ours, limits)
        except EOFError:
            process.join(1)
            raise OverLimitError(
                _too_long(limits) if process.exitcode == -XCPU else "it took too much memory"
            ) from None
        finally:
            ours.close()
            process.kill()
            process.join()


def _too_long(limits: Limits) -> str:
    return f"it took more than {limits.seconds:.0f} seconds"


def _received(ours: Connection, limits: Limits) -> bytes:
    try:
        answer = ours.recv_bytes(limits.answer + 1)
    except OSError:
        raise OverLimitError("its result is too large") from None
    if answer[:1] == b"!":
        raise OverLimitError(answer[1:].decode(errors="replace"))
    return answer[1:]


def _nothing() -> bytes:
    return b""


def _work(theirs: Connection, work: Callable[..., bytes], arguments: tuple[Any, ...], limits: Limits) -> None:
    """Do the work, in the other process."""
    _limit(limits)
    try:
        answer = b"." + work(*arguments)
    except MemoryError:
        answer = b"!it took too much memory"
    except RecursionError:
        answer = b"!it is nested too deep"
    if len(answer) > limits.answer:
        answer = b"!its result is too large"
    with suppress(OSError):
        theirs.send_bytes(answer)
    sys.stdout.flush()
    os._exit(0)


def _limit(limits: Limits) -> None:
    try:
        import resource
    except ImportError:
        return
    seconds = max(1, round(limits.seconds))
    wanted = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: limits.answer,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
