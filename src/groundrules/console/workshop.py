"""Work in a process of its own, with limits on time, memory and size: what others wrote is read there, not here.

A process that has everything loaded waits and is copied for each piece of work, so that one begins in milliseconds.
Where the system can't copy processes, a new one is started. What takes too long is killed.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from groundrules import confined
from groundrules.console.texts import sentence
from groundrules.errors import GroundrulesError

AT_ONCE = 2
WAITS = 4
XCPU = getattr(signal, "SIGXCPU", 0)
OUT_OF_MEMORY = {getattr(signal, name, 0) for name in ("SIGKILL", "SIGABRT", "SIGSEGV", "SIGBUS")} - {0}
"""What ends a process that gets no memory: the system, or a library that knows no other way."""
DONE, TIME, MEMORY, SIZE, NESTED, REFUSED, DEFECT = b".", b"t", b"m", b"s", b"n", b"-", b"?"
"""What an answer begins with."""
LOADED = ("groundrules.console.playground.evaluate", "groundrules.console.looking")
"""Modules that the waiting process has ready."""

log = logging.getLogger("groundrules.console")


class WorkshopError(GroundrulesError):
    """A piece of work came to nothing."""


class OverLimitError(WorkshopError):
    """The work took too long, too much memory, or its result is too large."""


class RefusedError(WorkshopError):
    """What was to be worked on can't be used: a rulebook that does not check, a file that can't be read."""


class DefectError(WorkshopError):
    """The work has a defect, which stands in the log."""


@dataclass(frozen=True)
class Limits:
    """seconds: of work; of the clock, four times as many. memory: bytes of address space. answer, file: bytes."""

    seconds: float = 10.0
    memory: int = 2 << 30
    answer: int = 4 << 20
    file: int = 16 << 20


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
        self._threads.submit(self._do, _nothing, (), Limits(), ())

    def close(self) -> None:
        """Begin nothing new."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def do(
        self, work: Callable[..., bytes], *arguments: Any, limits: Limits = Limits(), roots: Iterable[Path] = ()
    ) -> bytes:
        """Return what `work` returns, a function of a module, which is called elsewhere. Raises WorkshopError.

        A rulebook may be read there in its folder and in the `roots`.
        """
        call = partial(self._do, work, arguments, limits, tuple(roots))
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _do(
        self, work: Callable[..., bytes], arguments: tuple[Any, ...], limits: Limits, roots: tuple[Path, ...]
    ) -> bytes:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_work, args=(theirs, work, arguments, limits, roots), daemon=True)
        process.start()
        theirs.close()
        try:
            answer = ours.recv_bytes(limits.answer + 1) if ours.poll(limits.seconds * WAITS) else TIME
        except EOFError:
            process.join(1)
            answer = _ended(process.exitcode)
        except OSError:
            answer = SIZE
        finally:
            ours.close()
            process.kill()
            process.join()
        return _read(answer, limits, work.__name__)


def _ended(code: int | None) -> bytes:
    """Say why a process has ended without an answer."""
    if code == -XCPU:
        return TIME
    if code is not None and -code in OUT_OF_MEMORY:
        return MEMORY
    return DEFECT + f"its process has ended with {code}".encode()


def _read(answer: bytes, limits: Limits, name: str) -> bytes:
    """Return what came of the work. Raises WorkshopError."""
    text = answer[1:].decode(errors="replace") if answer[:1] in (REFUSED, DEFECT) else ""
    match answer[:1]:
        case b"t":
            raise OverLimitError(f"it took more than {limits.seconds:.0f} seconds")
        case b"m":
            raise OverLimitError("it took too much memory")
        case b"s":
            raise OverLimitError("what it writes is too large")
        case b"n":
            raise OverLimitError("it is nested too deeply")
        case b"-":
            raise RefusedError(text)
        case b"?":
            log.error("an internal error while %s was done: %s", name, text)
            raise DefectError("this is a bug in groundrules, and the service's log says more")
    return answer[1:]


def _nothing() -> bytes:
    return b""


def _work(
    theirs: Connection,
    work: Callable[..., bytes],
    arguments: tuple[Any, ...],
    limits: Limits,
    roots: tuple[Path, ...],
) -> None:
    """Do the work, in the other process."""
    _limit(limits)
    answer = _answer(work, arguments, roots)
    with suppress(OSError):
        theirs.send_bytes(answer if len(answer) <= limits.answer else SIZE)
    sys.stdout.flush()
    os._exit(0)


def _answer(work: Callable[..., bytes], arguments: tuple[Any, ...], roots: tuple[Path, ...]) -> bytes:
    """Return what came of it, behind a letter that says what that is."""
    try:
        with confined.roots(roots):
            return DONE + work(*arguments)
    except MemoryError:
        return MEMORY
    except RecursionError:
        return NESTED
    except (GroundrulesError, OSError) as error:
        return SIZE if isinstance(error, OSError) and error.errno == errno.EFBIG else REFUSED + sentence(error).encode()
    except Exception:
        return DEFECT + traceback.format_exc().encode(errors="replace")


def _limit(limits: Limits) -> None:
    try:
        import resource
    except ImportError:
        return
    seconds = max(1, round(limits.seconds))
    wanted = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
