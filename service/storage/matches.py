"""Matches as they were shown: enough to replay each of them, recorded once."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.storage import tables
from service.storage.references import keep_reference

ID_CHARACTERS = 15  # 75 bits: no two of a thousand million matches share an id by chance

Findings: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MatchRun:
    """One whole list of matches: what it was computed from. `fingerprint` names the reference tables used."""

    enterprise: str
    profile_version: int
    catalogue_revision: int
    day: date
    fingerprint: str


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """One match as it was shown. `findings` is plain JSON data; `fingerprint` names the reference tables used."""

    id: str
    enterprise: str
    profile_version: int
    policy_id: str
    policy_version: int
    item_id: str
    day: date
    outcome: str
    window: str
    findings: Findings
    fingerprint: str


def match_id(
    enterprise: str,
    profile_version: int,
    policy_id: str,
    policy_version: int,
    item_id: str,
    day: date,
    fingerprint: str,
) -> str:
    """The id of a match: the same for the same versions, day and reference tables, in every process and for ever."""
    parts = [enterprise, profile_version, policy_id, policy_version, item_id, day.isoformat(), fingerprint]
    digest = hashlib.sha256(json.dumps(parts).encode("ascii")).digest()
    return "M" + base64.b32encode(digest).decode("ascii")[:ID_CHARACTERS]


def is_recorded(session: Session, run: MatchRun) -> bool:
    """Whether the list was recorded; writes nothing, so that a list seen again waits for no writer."""
    table = tables.match_runs
    key = [table.c[name] == value for name, value in asdict(run).items()]
    return session.scalar(select(table.c.stored_at).where(*key)) is not None


def record_matches(
    session: Session, rows: Iterable[StoredMatch], run: MatchRun, texts: Mapping[str, str], now: datetime
) -> bool:
    """Record a list of matches unless it was recorded before; True when this call recorded it.

    `texts` are the reference tables of the run, kept with it: without them no match could be replayed once the
    program's tables have changed. A match that an earlier list of the day holds already is left as it was shown.
    """
    if not tables.insert_absent(session, tables.match_runs, {**asdict(run), "stored_at": now}):
        return False
    keep_reference(session, run.fingerprint, texts, now)
    ordered = sorted(rows, key=lambda row: row.id)
    tables.insert_missing(session, tables.matches, [_columns(row, now) for row in ordered])
    return True


def match(session: Session, number: str) -> StoredMatch:
    """Raises NotFound."""
    row = session.execute(select(tables.matches).where(tables.matches.c.id == number)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {number} 的匹配记录。")
    kept = {key: value for key, value in row.items() if key not in ("stored_at", "window_state")}
    return StoredMatch(window=row["window_state"], **kept)


def _columns(row: StoredMatch, now: datetime) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in StoredMatch.__slots__ if name != "window"}
    return {**values, "window_state": row.window, "stored_at": now}
