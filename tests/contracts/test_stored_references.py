from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from policies.reference import build_reference, fingerprint_of
from service.errors import NotFound
from service.storage.database import Database
from service.storage.references import DamagedReference, keep_reference, kept_reference
from service.storage.tables import reference_tables
from tests.contracts.builders import FINGERPRINT, NOW, TEXTS, changed_texts
from tests.contracts.racing import race


def test_tables_come_back_to_the_letter_and_are_built_again(database: Database) -> None:
    with database.writing() as session:
        keep_reference(session, FINGERPRINT, TEXTS, NOW)

    with database.reading() as session:
        kept = kept_reference(session, FINGERPRINT)
    assert kept == TEXTS
    assert build_reference(kept).fingerprint == FINGERPRINT


def test_tables_that_are_there_stay_as_they_are(database: Database) -> None:
    with database.writing() as session:
        keep_reference(session, FINGERPRINT, TEXTS, NOW)

    with database.writing() as session:
        keep_reference(session, FINGERPRINT, TEXTS, NOW + timedelta(days=1))

    with database.reading() as session:
        assert session.scalars(select(reference_tables.c.stored_at)).all() == [NOW]


def test_tables_of_several_times_stand_beside_each_other(database: Database) -> None:
    later = changed_texts()

    with database.writing() as session:
        keep_reference(session, FINGERPRINT, TEXTS, NOW)
        keep_reference(session, fingerprint_of(later), later, NOW)

    with database.reading() as session:
        assert kept_reference(session, FINGERPRINT) == TEXTS
        assert kept_reference(session, fingerprint_of(later)) == later


def test_tables_under_the_fingerprint_of_others_are_refused(database: Database) -> None:
    for texts in (changed_texts(), {}):
        with pytest.raises(ValueError, match=FINGERPRINT), database.writing() as session:
            keep_reference(session, FINGERPRINT, texts, NOW)


def test_tables_that_are_not_kept_are_not_found(database: Database) -> None:
    with (
        pytest.raises(NotFound, match=r"没有保存判定时用的词表和代码表（0123456789ab）"),
        database.reading() as session,
    ):
        kept_reference(session, "0123456789ab")


@pytest.mark.parametrize("content", [b"", b"no tables", b"x\x9c\xabV*I\xadQ\xb2R\xaaV\x02"])
def test_tables_that_are_damaged_are_named_and_never_used(database: Database, content: bytes) -> None:
    with database.writing() as session:
        keep_reference(session, FINGERPRINT, TEXTS, NOW)
        session.execute(text("UPDATE reference_tables SET content = :content"), {"content": content})

    with pytest.raises(DamagedReference, match=f"{FINGERPRINT}.*已损坏"), database.reading() as session:
        kept_reference(session, FINGERPRINT)


def test_altered_tables_are_noticed(database: Database) -> None:
    altered = changed_texts()
    with database.writing() as session:
        keep_reference(session, fingerprint_of(altered), altered, NOW)
        session.execute(text("UPDATE reference_tables SET fingerprint = :name"), {"name": FINGERPRINT})

    with pytest.raises(DamagedReference), database.reading() as session:
        kept_reference(session, FINGERPRINT)


def test_processes_that_keep_the_same_tables_never_stop_each_other(database: Database, database_url: str) -> None:
    assert race(_keep, database_url) == [True, True, True]


def _keep(database: Database, _worker: int) -> bool:
    with database.writing() as session:
        keep_reference(session, FINGERPRINT, TEXTS, NOW)
        return kept_reference(session, FINGERPRINT) == TEXTS
