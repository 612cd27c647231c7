"""What a transaction promises: all or nothing, one snapshot, no writing while reading."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import insert

from policies.reference import load_reference
from service.errors import Invalid, NotFound
from service.storage import tables
from service.storage.database import Database
from service.storage.enterprises import count_enterprises, current_profile, list_enterprises, save_profile
from service.storage.failures import ReadOnlyDatabase
from service.storage.policies import catalogue_revision, list_policies, save_policy
from tests.contracts.builders import CODE, NOW, a_policy, a_profile


class Interrupted(Exception):
    pass


def test_an_exception_leaves_nothing_half_written(database: Database) -> None:
    with pytest.raises(Interrupted), database.writing() as session:
        save_policy(session, a_policy(), NOW)
        save_profile(session, a_profile(), NOW)
        raise Interrupted

    with database.reading() as session:
        assert list_policies(session) == ()
        assert count_enterprises(session) == 0
        assert catalogue_revision(session) == 0


def test_what_was_written_is_there_for_the_next_transaction(database: Database) -> None:
    with database.writing() as session:
        save_profile(session, a_profile(), NOW)

    database.close()
    with database.reading() as session:
        assert current_profile(session, load_reference(), CODE).version == 1


def test_a_reader_sees_one_snapshot_while_others_write(database: Database) -> None:
    with database.reading() as reader:
        before = catalogue_revision(reader)
        with database.writing() as writer:
            save_policy(writer, a_policy(), NOW)
        assert (catalogue_revision(reader), list_policies(reader)) == (before, ())

    with database.reading() as reader:
        assert catalogue_revision(reader) == before + 1


def test_a_reading_transaction_cannot_write(database: Database) -> None:
    with pytest.raises(ReadOnlyDatabase, match="只能读"), database.reading() as session:
        session.execute(insert(tables.revisions).values(name="other", value=1))

    with database.writing() as session:
        save_policy(session, a_policy(), NOW)


def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="must be aware"), database.writing() as session:
        save_policy(session, a_policy(), NOW.replace(tzinfo=None))


def test_text_that_no_database_can_hold_is_refused_in_words(database: Database) -> None:
    with database.writing() as session:
        for name in ("甲\0乙", "甲\ud800乙"):
            with pytest.raises(Invalid, match="企业名称里有无法保存的字符"):
                save_profile(session, replace(a_profile(), name=name), NOW)
            with pytest.raises(Invalid, match="政策标题里有无法保存的字符"):
                save_policy(session, replace(a_policy(), title=name), NOW)
        save_profile(session, a_profile(), NOW)

    with pytest.raises(Invalid, match="无法处理的字符"), database.reading() as session:
        list_enterprises(session, limit=10, search="\ud800")
    with pytest.raises((Invalid, NotFound)), database.reading() as session:
        current_profile(session, load_reference(), "9137\0")


def test_threads_share_a_database(database: Database) -> None:
    def read(_number: int) -> int:
        with database.reading() as session:
            return catalogue_revision(session)

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(read, range(60))) == [0] * 60


def test_a_database_used_before_a_fork_serves_parent_and_child(database: Database) -> None:
    with database.writing() as session:
        save_policy(session, a_policy(), NOW)

    child = os.fork()
    if child == 0:
        os._exit(_save_in_child(database))

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with database.writing() as session:
        save_policy(session, a_policy("third-policy"), NOW)
        assert catalogue_revision(session) == 3


def _save_in_child(database: Database) -> int:
    try:
        with database.writing() as session:
            save_policy(session, a_policy("second-policy"), NOW)
        database.close()
    except BaseException:
        return 1
    return 0
