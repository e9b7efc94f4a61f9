"""A store in PostgreSQL, for several hubs on one database (`groundrules[postgres]`)."""

from __future__ import annotations

from groundrules.stores.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
