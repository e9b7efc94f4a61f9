"""Logs with a structure, by the standard library: a record's fields as JSON or as `key=value`, under one request id."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

from groundrules.diagnostics.translation import refused
from groundrules.display import safe

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered."""

_USABLE = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def request_name(given: str) -> str:
    """Return the id that a client gave its request if it can be used, else a new one."""
    return given if _USABLE.fullmatch(given) else secrets.token_hex(8)


class Formatter(logging.Formatter):
    """Writes a record on one line, whatever stands in it."""

    def __init__(self, form: Literal["json", "text"], lang: str = "en") -> None:
        super().__init__()
        self._form, self._lang = form, lang

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields: dict[str, Any] = {"time": at, "level": record.levelname.lower(), "logger": record.name}
        message = record.getMessage()
        fields["message"] = refused(message, self._lang) if self._form == "text" else message
        if request_id.get():
            fields["request"] = request_id.get()
        fields |= getattr(record, "fields", {})
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False) if self._form == "json" else self._text(fields)

    def _text(self, fields: dict[str, Any]) -> str:
        head = " ".join(fields.pop(name) for name in ("time", "level", "logger", "message"))
        error = fields.pop("error", None)
        line = " ".join([head, *(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())])
        return "\n".join(map(safe.terminal, [line, *(error or "").splitlines()]))


def set_up(form: Literal["json", "text"], level: str = "INFO", lang: str = "en") -> None:
    """Write the logs of groundrules and of the server to standard error, as text in a language."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(form, lang))
    for name, at in (("groundrules", level), ("uvicorn", "WARNING")):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(at)
