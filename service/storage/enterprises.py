"""Enterprises and the versions of their profiles. A version is never changed; every change of a fact is a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, func, insert, or_, select, update
from sqlalchemy.orm import Session

from policies.problems import Problems
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader, profile_data
from policies.reference import Reference
from service.errors import Invalid, NotFound
from service.storage import tables
from service.storage.content import check_storable, content_hash
from service.storage.failures import UnreadableContent

BATCH = 500
COUNTY_DIGITS = 6  # GB/T 2260; a town's code begins with its county's


class ProfileVersion(NamedTuple):
    profile: EnterpriseProfile
    version: int


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """The version a profile is stored as; `is_new` False when the same content was there already."""

    version: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class EnterpriseSummary:
    code: str
    name: str | None
    county: str | None
    version: int
    is_sample: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class EnterprisePage:
    """Enterprises by code; `after` is the cursor of the next page, None on the last one."""

    enterprises: tuple[EnterpriseSummary, ...]
    after: str | None


def save_profile(session: Session, profile: EnterpriseProfile, now: datetime) -> StoredProfile:
    """Store a profile; content equal to the current version makes no new one.

    Savers of one enterprise take turns on its row. Raises Invalid for a profile without a code.
    """
    if profile.code is None:
        raise Invalid("企业信息缺少统一社会信用代码，无法保存。")
    check_storable(profile.name or "", "企业名称")
    content = profile_data(profile)
    digest = content_hash(content)
    current = _held_version(session, profile, now)
    if current and digest == _hash_of(session, profile.code, current):
        return StoredProfile(current, is_new=False)
    version = current + 1
    session.execute(
        update(tables.enterprises)
        .where(tables.enterprises.c.code == profile.code)
        .values(current_version=version, **_columns(profile, now))
    )
    session.execute(
        insert(tables.profile_versions).values(
            enterprise=profile.code, version=version, content=content, content_hash=digest, stored_at=now
        )
    )
    return StoredProfile(version, is_new=True)


def current_profile(session: Session, reference: Reference, code: str) -> ProfileVersion:
    """Raises NotFound, and UnreadableContent when a fact does not fit the reference tables."""
    row = session.execute(_current().where(tables.enterprises.c.code == code)).one_or_none()
    if row is None:
        raise NotFound(f"没有统一社会信用代码为 {code} 的企业。")
    return ProfileVersion(_readable(row, reference), row.version)


def current_profiles(
    session: Session, reference: Reference, unreadable: list[UnreadableContent] | None = None
) -> Iterator[ProfileVersion]:
    """Every enterprise's current profile, by code, read from the database as they are asked for.

    Those that do not fit the reference tables are noted in `unreadable`; without it they raise UnreadableContent.
    """
    rows = session.execute(_current().order_by(tables.enterprises.c.code).execution_options(yield_per=BATCH))
    for row in rows:
        try:
            profile = _readable(row, reference)
        except UnreadableContent as error:
            if unreadable is None:
                raise
            unreadable.append(error)
        else:
            yield ProfileVersion(profile, row.version)


def profile_version(session: Session, reference: Reference, code: str, version: int) -> EnterpriseProfile:
    """Raises NotFound, and UnreadableContent when a fact does not fit the reference tables."""
    stored = tables.profile_versions
    wanted = (stored.c.enterprise == code) & (stored.c.version == version)
    row = session.execute(select(stored).where(wanted)).one_or_none()
    if row is None:
        raise NotFound(f"没有企业 {code} 的第 {version} 版信息。")
    return _readable(row, reference)


def list_enterprises(
    session: Session, *, limit: int, after: str | None = None, search: str | None = None
) -> EnterprisePage:
    """At most `limit` enterprises after the cursor, by code; `search` is a part of the name or the code."""
    table = tables.enterprises
    columns = (table.c.code, table.c.name, table.c.county, table.c.current_version, table.c.is_sample)
    query = select(*columns, table.c.updated_at).where(*_found_by(search)).order_by(table.c.code).limit(limit + 1)
    if after is not None:
        query = query.where(table.c.code > after)
    found = [EnterpriseSummary(*row) for row in session.execute(query)]
    shown = tuple(found[:limit])
    return EnterprisePage(shown, shown[-1].code if len(found) > limit else None)


def count_enterprises(session: Session, search: str | None = None) -> int:
    query = select(func.count()).select_from(tables.enterprises).where(*_found_by(search))
    return session.scalars(query).one()


def _current() -> Select[Any]:
    stored, owner = tables.profile_versions, tables.enterprises
    is_current = (owner.c.code == stored.c.enterprise) & (owner.c.current_version == stored.c.version)
    return select(stored).join(owner, is_current)


def _found_by(search: str | None) -> list[ColumnElement[bool]]:
    if not search:
        return []
    table = tables.enterprises
    return [or_(table.c.name.icontains(search, autoescape=True), table.c.code.icontains(search, autoescape=True))]


def _held_version(session: Session, profile: EnterpriseProfile, now: datetime) -> int:
    """The current version, 0 for a new enterprise; its row is held until the transaction ends."""
    table = tables.enterprises
    tables.insert_absent(session, table, {"code": profile.code, "current_version": 0, **_columns(profile, now)})
    held = select(table.c.current_version).where(table.c.code == profile.code).with_for_update()
    return int(session.scalars(held).one())


def _columns(profile: EnterpriseProfile, now: datetime) -> dict[str, Any]:
    region = profile.known("region")
    return {
        "name": profile.name,
        "county": str(region.value)[:COUNTY_DIGITS] if region else None,
        "is_sample": profile.is_sample,
        "updated_at": now,
    }


def _hash_of(session: Session, code: str, version: int) -> str:
    stored = tables.profile_versions
    wanted = (stored.c.enterprise == code) & (stored.c.version == version)
    return str(session.scalars(select(stored.c.content_hash).where(wanted)).one())


def _readable(row: Row[Any], reference: Reference) -> EnterpriseProfile:
    # Checks against the day were made when it came in; what is stored is read the same on any day.
    problems = Problems()
    profile = ProfileReader(reference, problems, date.max).read(row.content)
    if profile is None or problems.errors:
        # A fact left out silently would turn into another verdict.
        name = f"企业 {row.enterprise} 第 {row.version} 版信息"
        raise UnreadableContent(name, problems.errors, count=len(problems.errors))
    return profile
