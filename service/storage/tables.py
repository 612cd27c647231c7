"""The tables. Only types both databases have, no name over 30 characters; the migrations make the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    CursorResult,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept and given back in UTC. A naive one is a defect of the caller: ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant must be aware")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        # SQLite keeps no zone: what it gives back is the UTC that was put in.
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

# Counters that readers compare to learn whether something changed; a row per name, made by a migration.
revisions = Table(
    "revisions",
    METADATA,
    Column("name", String(30), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

policies = Table(
    "policies",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("current_version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("region", String(20), nullable=False),
    Column("is_sample", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

policy_versions = Table(
    "policy_versions",
    METADATA,
    Column("policy_id", String(80), ForeignKey("policies.id", name="fk_policy_versions_policy"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("stored_at", Instant, nullable=False),
)

enterprises = Table(
    "enterprises",
    METADATA,
    Column("code", String(18), primary_key=True),
    Column("name", Text),
    Column("county", String(6)),
    Column("current_version", Integer, nullable=False),
    Column("is_sample", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

profile_versions = Table(
    "profile_versions",
    METADATA,
    Column("enterprise", String(18), ForeignKey("enterprises.code", name="fk_profile_enterprise"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("stored_at", Instant, nullable=False),
)

# The tables that conditions were read and evaluated against, as they stood (service/storage/references.py).
reference_tables = Table(
    "reference_tables",
    METADATA,
    Column("fingerprint", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

# A match can be replayed for ever: the versions and the tables it rests on must be there.
matches = Table(
    "matches",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("enterprise", String(18), nullable=False),
    Column("profile_version", Integer, nullable=False),
    Column("policy_id", String(80), nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("item_id", String(80), nullable=False),
    Column("day", Date, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("window_state", String(20), nullable=False),  # WINDOW is a word of SQL
    Column("findings", JSON, nullable=False),
    Column(
        "fingerprint",
        String(64),
        ForeignKey("reference_tables.fingerprint", name="fk_matches_reference"),
        nullable=False,
    ),
    Column("stored_at", Instant, nullable=False),
    ForeignKeyConstraint(
        ["enterprise", "profile_version"],
        ["profile_versions.enterprise", "profile_versions.version"],
        name="fk_matches_profile",
    ),
    ForeignKeyConstraint(
        ["policy_id", "policy_version"],
        ["policy_versions.policy_id", "policy_versions.version"],
        name="fk_matches_policy",
    ),
)

match_runs = Table(
    "match_runs",
    METADATA,
    Column("enterprise", String(18), primary_key=True),
    Column("profile_version", Integer, primary_key=True, autoincrement=False),
    Column("catalogue_revision", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("stored_at", Instant, nullable=False),
    ForeignKeyConstraint(
        ["enterprise", "profile_version"],
        ["profile_versions.enterprise", "profile_versions.version"],
        name="fk_match_runs_profile",
    ),
)

vectors = Table(
    "vectors",
    METADATA,
    Column("encoder_id", String(200), primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)


def insert_absent(session: Session, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there already; True when it was inserted.

    Waits for a transaction that is inserting the same key.
    """
    insert = _insert_or_leave(session, table).values(dict(row)).execution_options(preserve_rowcount=True)
    result = session.execute(insert)
    assert isinstance(result, CursorResult)
    return bool(result.rowcount == 1)


def insert_missing(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose key is not there yet and leave the others as they are.

    Hand in the rows in the order of their key, else two such calls can wait for each other.
    """
    # How many were new is not told: PostgreSQL's driver does not count over many rows.
    if rows:
        session.execute(_insert_or_leave(session, table), [dict(row) for row in rows])


def _insert_or_leave(session: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
