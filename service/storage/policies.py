"""Policies and their versions. Every change of content is a new version and moves the catalogue's revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.orm import Session

from policies.document import Policy, PolicyVersion
from policies.document_data import policy_data
from policies.document_reader import PolicyReader
from policies.problems import Problem, Problems
from policies.reference import Reference
from service.errors import NotFound
from service.storage import tables
from service.storage.content import check_storable, content_hash
from service.storage.failures import UnreadableContent

CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """The version a policy is stored as; `is_new` False when the same content was there already."""

    version: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class UnreadablePolicy:
    """A stored policy that does not fit this program's reference tables."""

    id: str
    version: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class CurrentPolicies:
    """The current version of every policy, by id, at a revision of the catalogue. One bad row stops no other."""

    revision: int
    policies: tuple[PolicyVersion, ...]
    unreadable: tuple[UnreadablePolicy, ...]


@dataclass(frozen=True, slots=True)
class PolicySummary:
    id: str
    version: int
    title: str
    region: str
    is_sample: bool
    updated_at: datetime


def save_policy(session: Session, policy: Policy, now: datetime) -> StoredPolicy:
    """Store a policy; content equal to the current version makes no new one. Raises Invalid.

    Savers take turns on the catalogue's row: versions have no gaps, and a reader who sees a revision sees every policy
    stored up to it.
    """
    check_storable(policy.title, "政策标题")
    revision = int(session.scalars(_catalogue().with_for_update()).one())
    content = policy_data(policy)
    digest = content_hash(content)
    current = session.execute(_current(tables.policy_versions.c.content_hash).where(_is(policy.id))).one_or_none()
    if current is not None and current.content_hash == digest:
        return StoredPolicy(current.version, is_new=False)
    version = 1 if current is None else current.version + 1
    _write_policy(session, policy, version, now)
    session.execute(
        insert(tables.policy_versions).values(
            policy_id=policy.id, version=version, content=content, content_hash=digest, stored_at=now
        )
    )
    session.execute(update(tables.revisions).where(tables.revisions.c.name == CATALOGUE).values(value=revision + 1))
    return StoredPolicy(version, is_new=True)


def catalogue_revision(session: Session) -> int:
    """Grows by one whenever a policy version is stored."""
    return int(session.scalars(_catalogue()).one())


def current_policies(session: Session, reference: Reference) -> CurrentPolicies:
    """The current version of every policy, those that cannot be read apart."""
    readable: list[PolicyVersion] = []
    unreadable: list[UnreadablePolicy] = []
    rows = session.execute(_current(tables.policy_versions.c.content)).all()
    for row in sorted(rows, key=lambda row: str(row.policy_id)):
        policy, problems = _read(row.content, reference)
        if policy is None:
            unreadable.append(UnreadablePolicy(row.policy_id, row.version, problems))
        else:
            readable.append(PolicyVersion(policy, row.version))
    return CurrentPolicies(catalogue_revision(session), tuple(readable), tuple(unreadable))


def current_policy(session: Session, reference: Reference, policy_id: str) -> PolicyVersion:
    """Raises NotFound, and UnreadableContent when it does not fit the reference tables."""
    row = session.execute(_current(tables.policy_versions.c.content).where(_is(policy_id))).one_or_none()
    if row is None:
        raise NotFound(f"没有政策“{policy_id}”。")
    return _readable(row, reference)


def policy_version(session: Session, reference: Reference, policy_id: str, version: int) -> Policy:
    """Raises NotFound, and UnreadableContent when it does not fit the reference tables."""
    stored = tables.policy_versions
    row = session.execute(select(stored).where(_is(policy_id), stored.c.version == version)).one_or_none()
    if row is None:
        raise NotFound(f"没有政策“{policy_id}”的第 {version} 版。")
    return _readable(row, reference).policy


def list_policies(session: Session) -> tuple[PolicySummary, ...]:
    """Every policy, by id, without its content."""
    table = tables.policies
    rows = session.execute(
        select(
            table.c.id, table.c.current_version, table.c.title, table.c.region, table.c.is_sample, table.c.updated_at
        )
    )
    return tuple(sorted((PolicySummary(*row) for row in rows), key=lambda policy: policy.id))


def _write_policy(session: Session, policy: Policy, version: int, now: datetime) -> None:
    values = {
        "current_version": version,
        "title": policy.title,
        "region": policy.region,
        "is_sample": policy.is_sample,
        "updated_at": now,
    }
    if version == 1:
        session.execute(insert(tables.policies).values(id=policy.id, **values))
    else:
        session.execute(update(tables.policies).where(tables.policies.c.id == policy.id).values(values))


def _catalogue() -> Select[Any]:
    return select(tables.revisions.c.value).where(tables.revisions.c.name == CATALOGUE)


def _current(column: Any) -> Select[Any]:
    """One column of every policy's current version, with its id and version."""
    stored = tables.policy_versions
    joined = (tables.policies.c.id == stored.c.policy_id) & (tables.policies.c.current_version == stored.c.version)
    return select(stored.c.policy_id, stored.c.version, column).join(tables.policies, joined)


def _is(policy_id: str) -> Any:
    return tables.policy_versions.c.policy_id == policy_id


def _readable(row: Row[Any], reference: Reference) -> PolicyVersion:
    policy, problems = _read(row.content, reference)
    if policy is None:
        name = f"政策“{row.policy_id}”第 {row.version} 版"
        raise UnreadableContent(name, problems, count=len(problems))
    return PolicyVersion(policy, row.version)


def _read(content: object, reference: Reference) -> tuple[Policy | None, tuple[Problem, ...]]:
    # Checks against the day were made when it came in; what is stored is read the same on any day.
    problems = Problems()
    policy = PolicyReader(problems, reference, date.max).read(content)
    return policy, tuple(problems.errors)
