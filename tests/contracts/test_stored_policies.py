from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import update

from policies.document import Policy, PolicyVersion
from policies.files import read_catalogue
from policies.reference import load_reference
from service.errors import NotFound
from service.storage import tables
from service.storage.database import Database
from service.storage.failures import UnreadableContent
from service.storage.policies import (
    StoredPolicy,
    catalogue_revision,
    current_policies,
    current_policy,
    list_policies,
    policy_version,
    save_policy,
)
from tests.builders import SHIPPED
from tests.contracts.builders import NOW, a_policy
from tests.contracts.racing import race


def test_a_policy_comes_back_equal(database: Database) -> None:
    policy = a_policy()

    assert save(database, policy) == StoredPolicy(version=1, is_new=True)

    with database.reading() as session:
        assert current_policy(session, load_reference(), policy.id) == PolicyVersion(policy, 1)
        assert policy_version(session, load_reference(), policy.id, 1) == policy


def test_every_shipped_policy_comes_back_equal(database: Database) -> None:
    shipped = [report.policy for report in read_catalogue(load_reference(), SHIPPED) if report.policy is not None]
    with database.writing() as session:
        for policy in shipped:
            save_policy(session, policy, NOW)

    with database.reading() as session:
        found = current_policies(session, load_reference())
    assert found.unreadable == ()
    assert [stored.policy for stored in found.policies] == sorted(shipped, key=lambda policy: policy.id)


def test_the_same_content_again_makes_no_version_and_moves_no_revision(database: Database) -> None:
    save(database, a_policy())

    assert save(database, a_policy()) == StoredPolicy(version=1, is_new=False)

    with database.reading() as session:
        assert catalogue_revision(session) == 1


def test_the_catalogue_revision_grows_exactly_when_content_changes(database: Database) -> None:
    seen = []
    for title in ("甲", "甲", "乙", "乙", "甲"):
        save(database, a_policy(title=title))
        with database.reading() as session:
            seen.append(catalogue_revision(session))

    assert seen == [1, 1, 2, 2, 3]


def test_old_versions_stay_readable_after_a_change(database: Database) -> None:
    first, second = a_policy(title="旧标题"), a_policy(title="新标题")
    save(database, first)

    assert save(database, second) == StoredPolicy(version=2, is_new=True)

    with database.reading() as session:
        assert policy_version(session, load_reference(), first.id, 1) == first
        assert policy_version(session, load_reference(), first.id, 2) == second
        assert current_policy(session, load_reference(), first.id) == PolicyVersion(second, 2)


def test_a_policy_or_version_that_was_never_stored_is_not_found(database: Database) -> None:
    save(database, a_policy())

    with database.reading() as session:
        with pytest.raises(NotFound, match="没有政策“nothing”"):
            current_policy(session, load_reference(), "nothing")
        with pytest.raises(NotFound, match="第 2 版"):
            policy_version(session, load_reference(), a_policy().id, 2)


def test_policies_are_listed_by_id_with_the_instant_of_their_last_change(database: Database) -> None:
    save(database, a_policy("b-policy"))
    save(database, a_policy("a-policy"))
    with database.writing() as session:
        save_policy(session, a_policy("b-policy", title="改过"), NOW + timedelta(days=1))

    with database.reading() as session:
        listed = list_policies(session)
    assert [(row.id, row.version, row.title) for row in listed] == [
        ("a-policy", 1, "示例：支持企业技术改造"),
        ("b-policy", 2, "改过"),
    ]
    assert listed[1].updated_at == NOW + timedelta(days=1)
    assert listed[1].updated_at.tzinfo is UTC
    assert listed[1].is_sample


def test_one_policy_that_cannot_be_read_stops_no_other(database: Database) -> None:
    save(database, a_policy("bad-policy"))
    save(database, a_policy("good-policy"))
    with database.writing() as session:
        spoilt = tables.policy_versions.c.policy_id == "bad-policy"
        session.execute(update(tables.policy_versions).where(spoilt).values(content={"format": 2}))

    with database.reading() as session:
        found = current_policies(session, load_reference())
        with pytest.raises(UnreadableContent, match=r"bad-policy.*无法按本程序的信息项读出") as refused:
            current_policy(session, load_reference(), "bad-policy")
    assert [stored.policy.id for stored in found.policies] == ["good-policy"]
    assert [(bad.id, bad.version) for bad in found.unreadable] == [("bad-policy", 1)]
    assert refused.value.problems == found.unreadable[0].problems != ()


def test_processes_changing_one_policy_lose_no_version(database: Database, database_url: str) -> None:
    versions = race(_save_five, database_url)

    assert sorted(version for got in versions for version in got) == list(range(1, 16))
    with database.reading() as session:
        assert catalogue_revision(session) == 15
        titles = {policy_version(session, load_reference(), a_policy().id, number).title for number in range(1, 16)}
    assert len(titles) == 15


def test_processes_storing_the_same_policy_make_one_version(database: Database, database_url: str) -> None:
    assert sorted(race(_save_same, database_url)) == [(1, False), (1, False), (1, True)]

    with database.reading() as session:
        assert catalogue_revision(session) == 1


def save(database: Database, policy: Policy) -> StoredPolicy:
    with database.writing() as session:
        return save_policy(session, policy, NOW)


def _save_five(database: Database, worker: int) -> list[int]:
    return [save(database, a_policy(title=f"第 {worker} 个进程第 {number} 次")).version for number in range(5)]


def _save_same(database: Database, _worker: int) -> tuple[int, bool]:
    stored = save(database, a_policy())
    return stored.version, stored.is_new
