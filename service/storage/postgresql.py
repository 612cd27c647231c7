"""PostgreSQL as the durable store, by psycopg 3."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection as DriverConnection
from psycopg import DataError as DriverDataError
from psycopg import OperationalError as DriverOperationalError
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from service.errors import HuiqiError, Invalid
from service.storage.failures import (
    DatabaseLocked,
    DiskFull,
    ReadOnlyDatabase,
    ServerUnreachable,
    StorageFailure,
    TablesMissing,
)

DRIVER = "postgresql+psycopg"
CONNECT_SECONDS = 5
# Any number of ours: it only has to be the same in every process that upgrades.
UPGRADE_LOCK = 0x48554951
_KINDS: dict[str, type[StorageFailure]] = {
    "55P03": DatabaseLocked,  # lock_not_available: lock_timeout ran out
    "40P01": DatabaseLocked,  # deadlock_detected
    "53100": DiskFull,
    "25006": ReadOnlyDatabase,
    "42P01": TablesMissing,  # undefined_table
    "42703": TablesMissing,  # undefined_column
    "3F000": TablesMissing,  # invalid_schema_name
}


@dataclass(frozen=True, slots=True)
class OpenServer:
    """Connections to a server; that the database behind it is another one now shows when they are used."""

    reading: Engine
    writing: Engine

    def is_current(self) -> bool:
        return True

    def make_way(self) -> None:
        """Connections leave nothing behind."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A database on a server; a lock is waited for at most `busy_seconds`."""

    url: URL
    busy_seconds: float

    @property
    def place(self) -> str:
        """Host, port and database; never the account or its password."""
        return f"{self.url.host or '本机'}:{self.url.port or 5432}/{self.url.database or ''}"

    def open(self) -> OpenServer:
        """One pool, used for snapshots that can only be read and for transactions that write."""
        engine = create_engine(
            self.url.set(drivername=DRIVER),
            connect_args={"connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8"},
            pool_pre_ping=True,
            hide_parameters=True,
        )
        event.listen(engine, "connect", self._limit_waiting)
        reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return OpenServer(reading, engine)

    def create(self) -> None:
        """The database itself is made by whoever runs the server."""

    def take_turn(self, connection: Connection) -> None:
        """Wait for any other upgrade to end."""
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})

    def failure(self, error: DBAPIError) -> HuiqiError | None:
        state = getattr(error.orig, "sqlstate", None)
        if state is not None and (kind := _KINDS.get(state)):
            detail = self._without_password(str(error.orig).partition("\n")[0])
            return kind(self.place, detail=detail, seconds=self.busy_seconds)
        lost = isinstance(error.orig, DriverOperationalError) and (state is None or state[:2] in ("08", "28", "3D"))
        if lost or error.connection_invalidated or state == "53300":
            return ServerUnreachable(self.place, detail=self._without_password(str(error.orig)))
        if isinstance(error.orig, DriverDataError) and state is None:  # NUL in a text: refused before it is sent
            return Invalid("内容里有无法处理的字符，请检查后再试。")
        return None

    def _limit_waiting(self, connection: DriverConnection[object], _record: ConnectionPoolEntry) -> None:
        limit = sql.Literal(f"{round(self.busy_seconds * 1000)}ms")
        connection.execute(sql.SQL("SET lock_timeout = {}").format(limit))
        connection.commit()

    def _without_password(self, detail: str) -> str:
        line = " ".join(detail.split())[:300]
        secrets = [str(part) for part in (self.url.password, self.url.query.get("password")) if part]
        for secret in secrets:
            line = line.replace(secret, "***")
        return line
