from __future__ import annotations

from datetime import date

from service.storage.content import content_hash
from service.storage.matches import match_id
from service.storage.tables import METADATA

LONGEST_NAME = 30
TODAY = date(2026, 11, 21)
TABLES = "f1600d2dae53"


def test_no_name_in_the_database_is_over_thirty_characters() -> None:
    names = [table.name for table in METADATA.tables.values()]
    names += [column.name for table in METADATA.tables.values() for column in table.columns]
    names += [str(constraint.name) for table in METADATA.tables.values() for constraint in table.constraints]
    names += [str(index.name) for table in METADATA.tables.values() for index in table.indexes]

    assert [name for name in names if len(name) > LONGEST_NAME] == []


def test_a_match_keeps_its_id_for_ever() -> None:
    assert match_id("91371602MA0000007M", 3, "a-policy", 2, "an-item", TODAY, TABLES) == "MZ3JGFWB4J63JKVD"


def test_every_part_of_a_match_counts_in_its_id() -> None:
    ids = {
        match_id("91371602MA0000007M", 3, "a-policy", 2, "an-item", TODAY, TABLES),
        match_id("91371625MA0000023M", 3, "a-policy", 2, "an-item", TODAY, TABLES),
        match_id("91371602MA0000007M", 2, "a-policy", 3, "an-item", TODAY, TABLES),
        match_id("91371602MA0000007M", 3, "b-policy", 2, "an-item", TODAY, TABLES),
        match_id("91371602MA0000007M", 3, "a-policy", 2, "b-item", TODAY, TABLES),
        match_id("91371602MA0000007M", 3, "a-policy", 2, "an-item", date(2026, 11, 22), TABLES),
        match_id("91371602MA0000007M", 3, "a-policy", 2, "an-item", TODAY, "0123456789ab"),
    }

    assert len(ids) == 7
    assert all(len(number) == 16 and number.startswith("M") for number in ids)


def test_the_order_of_keys_does_not_change_content_but_that_of_a_list_does() -> None:
    assert content_hash({"a": 1, "b": [1, 2]}) == content_hash({"b": [1, 2], "a": 1})
    assert content_hash({"a": 1, "b": [1, 2]}) != content_hash({"a": 1, "b": [2, 1]})
