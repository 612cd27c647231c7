from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from policies.reference import fingerprint_of
from service.errors import NotFound
from service.storage.database import Database
from service.storage.matches import is_recorded, match, record_matches
from service.storage.references import kept_reference
from tests.contracts.builders import (
    FINGERPRINT,
    NOW,
    OTHER_CODE,
    TEXTS,
    TODAY,
    a_match,
    a_run,
    changed_texts,
    store_versions,
)
from tests.contracts.racing import race


def test_a_match_comes_back_equal(database: Database) -> None:
    store_versions(database)

    with database.writing() as session:
        assert record_matches(session, [a_match(), a_match("award")], a_run(), TEXTS, NOW)

    with database.reading() as session:
        assert match(session, a_match().id) == a_match()
        assert match(session, a_match("award").id) == a_match("award")


def test_a_list_is_recorded_once(database: Database) -> None:
    store_versions(database)
    with database.writing() as session:
        record_matches(session, [a_match()], a_run(), TEXTS, NOW)

    with database.writing() as session:
        assert not record_matches(session, [a_match(outcome="near_miss")], a_run(), TEXTS, NOW)

    with database.reading() as session:
        assert match(session, a_match().id).outcome == "eligible"


def test_whether_a_list_is_recorded_can_be_asked_without_writing(database: Database) -> None:
    store_versions(database)
    with database.reading() as session:
        assert not is_recorded(session, a_run())

    with database.writing() as session:
        record_matches(session, [], a_run(), TEXTS, NOW)

    with database.reading() as session:
        assert is_recorded(session, a_run())
        for change in (
            {"enterprise": OTHER_CODE},
            {"profile_version": 2},
            {"catalogue_revision": 2},
            {"day": TODAY + timedelta(days=1)},
            {"fingerprint": "elsewhere"},
        ):
            assert not is_recorded(session, a_run(**change))


def test_a_list_after_another_policy_changed_keeps_the_matches_of_the_day(database: Database) -> None:
    store_versions(database)
    with database.writing() as session:
        record_matches(session, [a_match()], a_run(), TEXTS, NOW)

    with database.writing() as session:
        assert record_matches(session, [a_match(), a_match("award")], a_run(catalogue_revision=2), TEXTS, NOW)

    with database.reading() as session:
        assert match(session, a_match().id) == a_match()
        assert match(session, a_match("award").id) == a_match("award")


def test_an_empty_list_is_recorded_too(database: Database) -> None:
    store_versions(database)

    with database.writing() as session:
        assert record_matches(session, [], a_run(day=TODAY + timedelta(days=1)), TEXTS, NOW)
        assert not record_matches(session, [], a_run(day=TODAY + timedelta(days=1)), TEXTS, NOW)


def test_a_list_under_other_tables_is_recorded_anew(database: Database) -> None:
    store_versions(database)
    other = changed_texts()
    run = a_run(fingerprint=fingerprint_of(other))

    with database.writing() as session:
        record_matches(session, [a_match()], a_run(), TEXTS, NOW)
        assert record_matches(session, [a_match()], run, other, NOW)
        assert not record_matches(session, [a_match()], run, other, NOW)


def test_a_list_is_recorded_with_its_tables_or_not_at_all(database: Database) -> None:
    store_versions(database)
    with pytest.raises(IntegrityError), database.writing() as session:
        record_matches(session, [a_match(policy_version=2)], a_run(), TEXTS, NOW)
    with pytest.raises(NotFound), database.reading() as session:
        kept_reference(session, FINGERPRINT)

    with database.writing() as session:
        record_matches(session, [a_match()], a_run(), TEXTS, NOW)

    with database.reading() as session:
        assert kept_reference(session, FINGERPRINT) == TEXTS


def test_a_match_on_tables_that_are_not_kept_is_refused(database: Database) -> None:
    store_versions(database)

    with pytest.raises(IntegrityError), database.writing() as session:
        record_matches(session, [a_match(fingerprint="elsewhere")], a_run(), TEXTS, NOW)


def test_a_match_on_versions_that_are_not_stored_is_refused(database: Database) -> None:
    store_versions(database)

    with pytest.raises(IntegrityError), database.writing() as session:
        record_matches(session, [a_match(policy_version=2)], a_run(), TEXTS, NOW)


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
        return record_matches(session, [a_match()], a_run(), TEXTS, NOW)


def _record_overlapping(database: Database, worker: int) -> bool:
    items = [f"item-{number}" for number in range(200)]
    rows = [a_match(item) for item in (items if worker % 2 else reversed(items))]
    with database.writing() as session:
        return record_matches(session, rows, a_run(catalogue_revision=worker), TEXTS, NOW)
