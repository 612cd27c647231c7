from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from service.errors import NotFound
from service.storage.database import Database
from service.storage.matches import match, record_matches
from tests.contracts.builders import NOW, TODAY, a_match, a_run, store_versions
from tests.contracts.racing import race


def test_a_match_comes_back_equal(database: Database) -> None:
    store_versions(database)

    with database.writing() as session:
        assert record_matches(session, [a_match(), a_match("award")], a_run(), NOW)

    with database.reading() as session:
        assert match(session, a_match().id) == a_match()
        assert match(session, a_match("award").id) == a_match("award")


def test_a_list_is_recorded_once(database: Database) -> None:
    store_versions(database)
    with database.writing() as session:
        record_matches(session, [a_match()], a_run(), NOW)

    with database.writing() as session:
        assert not record_matches(session, [a_match(outcome="near_miss")], a_run(), NOW)

    with database.reading() as session:
        assert match(session, a_match().id).outcome == "eligible"


def test_a_list_after_another_policy_changed_keeps_the_matches_of_the_day(database: Database) -> None:
    store_versions(database)
    with database.writing() as session:
        record_matches(session, [a_match()], a_run(), NOW)

    with database.writing() as session:
        assert record_matches(session, [a_match(), a_match("award")], a_run(catalogue_revision=2), NOW)

    with database.reading() as session:
        assert match(session, a_match().id) == a_match()
        assert match(session, a_match("award").id) == a_match("award")


def test_an_empty_list_is_recorded_too(database: Database) -> None:
    store_versions(database)

    with database.writing() as session:
        assert record_matches(session, [], a_run(day=TODAY + timedelta(days=1)), NOW)
        assert not record_matches(session, [], a_run(day=TODAY + timedelta(days=1)), NOW)


def test_a_match_on_versions_that_are_not_stored_is_refused(database: Database) -> None:
    store_versions(database)

    with pytest.raises(IntegrityError), database.writing() as session:
        record_matches(session, [a_match(policy_version=2)], a_run(), NOW)


def test_an_unknown_match_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="MAAAA"), database.reading() as session:
        match(session, "MAAAA")


def test_of_processes_recording_one_list_exactly_one_does(database: Database, database_url: str) -> None:
    store_versions(database)

    assert sorted(race(_record, database_url)) == [False, False, True]


def test_processes_recording_lists_that_overlap_never_stop_each_other(database: Database, database_url: str) -> None:
    store_versions(database)

    assert race(_record_overlapping, database_url) == [True, True, True]


def _record(database: Database, _worker: int) -> bool:
    with database.writing() as session:
        return record_matches(session, [a_match()], a_run(), NOW)


def _record_overlapping(database: Database, worker: int) -> bool:
    items = [f"item-{number}" for number in range(200)]
    rows = [a_match(item) for item in (items if worker % 2 else reversed(items))]
    with database.writing() as session:
        return record_matches(session, rows, a_run(catalogue_revision=worker), NOW)
