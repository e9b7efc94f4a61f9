"""Lines of event files, and which partition each belongs to.

To divide a history among processes, each line's partition is read by a decoder that looks at nothing else; if it can't
read a line, the real decoder is asked. So every line goes to the partition in which the engine would handle it,
whatever it looks like.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import msgspec

from groundrules.engine.intake.decode import Decoder, InvalidEventError, attribute, read_path
from groundrules.plan import ir

NOWHERE = ""
"""The partition of lines that belong to none; an engine refuses them."""


def lines(paths: Iterable[str]) -> Iterator[bytes]:
    """Yield the lines of all files, in order."""
    for path in paths:
        with open(path, "rb") as file:
            yield from file


@contextmanager
def on_disk(paths: Sequence[str], stdin: IO[bytes]) -> Iterator[list[str]]:
    """Yield paths that can be read repeatedly; `-` is a temporary copy of standard input."""
    if "-" not in paths:
        yield list(paths)
        return
    kept = NamedTemporaryFile(prefix="groundrules-", suffix=".jsonl", delete=False)  # noqa: SIM115 - closed below
    try:
        with kept:
            shutil.copyfileobj(stdin, kept)
        yield [kept.name if path == "-" else path for path in paths]
    finally:
        Path(kept.name).unlink()


def partitioner(plan: ir.Plan) -> Callable[[bytes], str]:
    """Return a function from a line to the partition in which an engine of `plan` handles it."""
    quick, attributes = _quick(plan.partition)
    decoder = Decoder(plan.events)

    def partition(line: bytes) -> str:
        try:
            value: Any = quick(line)
            for name in attributes:
                value = getattr(value, name)
        except (msgspec.MsgspecError, UnicodeError, AttributeError):
            return slow(line)
        return value if isinstance(value, str) else slow(line)

    def slow(line: bytes) -> str:
        try:
            id = read_path(decoder.decode(line), plan.partition)
        except InvalidEventError:
            return NOWHERE
        return NOWHERE if id is None else str(id)

    return partition


def _quick(path: Sequence[str]) -> tuple[Callable[[bytes], Any], list[str]]:
    """Return a decoder for one field of an object, and the attributes that lead to it."""
    kind: Any = str
    for name in reversed(path):
        kind = msgspec.defstruct("At", [(attribute(name), kind)], rename={attribute(name): name})
    return msgspec.json.Decoder(kind).decode, [attribute(name) for name in path]


def count(paths: Iterable[str], partition: Callable[[bytes], str]) -> Counter[str]:
    """Count the lines of each partition."""
    return Counter(map(partition, lines(paths)))


def divide(counted: Counter[str], shares: int) -> list[frozenset[str]]:
    """Divide partitions among at most so many shares of like size; the same counts are divided the same way."""
    buckets: list[list[str]] = [[] for _ in range(min(shares, len(counted)))]
    sizes = [0] * len(buckets)
    for name, size in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        smallest = sizes.index(min(sizes))
        buckets[smallest].append(name)
        sizes[smallest] += size
    return [frozenset(bucket) for bucket in buckets]
