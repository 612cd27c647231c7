from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from policies.credit_code import check_character
from policies.profile import EnterpriseProfile
from policies.reference import load_reference
from service.errors import Invalid, NotFound
from service.storage import tables
from service.storage.database import Database
from service.storage.enterprises import (
    EnterprisePage,
    StoredProfile,
    count_enterprises,
    current_profile,
    current_profiles,
    list_enterprises,
    profile_version,
    save_profile,
)
from service.storage.failures import UnreadableContent
from tests.contracts.builders import CODE, NOW, OTHER_CODE, a_profile
from tests.contracts.racing import race


def test_a_profile_comes_back_equal(database: Database) -> None:
    profile = a_profile(high_tech_enterprise={"held": True, "obtained": "2024-11-01", "valid_until": "2027-10-31"})

    assert save(database, profile) == StoredProfile(version=1, is_new=True)

    with database.reading() as session:
        assert current_profile(session, load_reference(), CODE) == (profile, 1)
        assert profile_version(session, load_reference(), CODE, 1) == profile


def test_the_same_facts_again_make_no_version(database: Database) -> None:
    save(database, a_profile())

    assert save(database, a_profile()) == StoredProfile(version=1, is_new=False)


def test_old_versions_stay_readable_after_a_change(database: Database) -> None:
    first, second = a_profile(), a_profile(registered_capital=37)
    save(database, first)

    assert save(database, second) == StoredProfile(version=2, is_new=True)

    with database.reading() as session:
        assert profile_version(session, load_reference(), CODE, 1) == first
        assert current_profile(session, load_reference(), CODE) == (second, 2)


def test_going_back_to_earlier_facts_is_a_new_version(database: Database) -> None:
    save(database, a_profile())
    save(database, a_profile(registered_capital=37))

    assert save(database, a_profile()) == StoredProfile(version=3, is_new=True)


def test_a_profile_without_a_code_cannot_be_stored(database: Database) -> None:
    with pytest.raises(Invalid, match="缺少统一社会信用代码"):
        save(database, EnterpriseProfile(name="无名"))


def test_an_enterprise_or_version_that_was_never_stored_is_not_found(database: Database) -> None:
    save(database, a_profile())

    with database.reading() as session:
        with pytest.raises(NotFound, match=OTHER_CODE):
            current_profile(session, load_reference(), OTHER_CODE)
        with pytest.raises(NotFound, match="第 2 版"):
            profile_version(session, load_reference(), CODE, 2)


def test_a_fact_that_no_longer_exists_is_never_left_out_silently(database: Database) -> None:
    save(database, a_profile())
    with database.writing() as session:
        session.execute(update(tables.profile_versions).values(content={"code": CODE, "facts": {"no_such_fact": 1}}))

    with pytest.raises(UnreadableContent, match="1 处不符") as refused, database.reading() as session:
        current_profile(session, load_reference(), CODE)

    assert [problem.where for problem in refused.value.problems] == ["facts.no_such_fact"]


def test_every_current_profile_is_read_by_code_and_a_bad_one_stops_no_other(database: Database) -> None:
    codes = sorted(first + check_character(first) for first in (f"91371600MA00{number:05}" for number in range(1_203)))
    with database.writing() as session:
        for code in codes:
            save_profile(session, EnterpriseProfile(code=code), NOW)
        save_profile(session, EnterpriseProfile(code=codes[5], name="改过"), NOW)
        spoilt = tables.profile_versions.c.enterprise == codes[700]
        session.execute(update(tables.profile_versions).where(spoilt).values(content={"facts": {"no_such_fact": 1}}))

    unreadable: list[UnreadableContent] = []
    with database.reading() as session:
        found = list(current_profiles(session, load_reference(), unreadable))
        with pytest.raises(UnreadableContent, match=codes[700]):
            list(current_profiles(session, load_reference()))
    assert [stored.profile.code for stored in found] == [code for code in codes if code != codes[700]]
    assert found[5] == (EnterpriseProfile(code=codes[5], name="改过"), 2)
    assert [codes[700] in error.message for error in unreadable] == [True]


def test_the_listing_carries_county_and_whether_it_is_a_sample(database: Database) -> None:
    save(database, a_profile(name="滨州机械有限公司（示例）", region="371602001"))

    (row,) = page(database, limit=10).enterprises

    assert (row.code, row.county, row.version, row.is_sample, row.updated_at) == (CODE, "371602", 1, True, NOW)


def test_pages_follow_each_other_by_code_without_gap_or_repeat(database: Database) -> None:
    codes = [f"9137160000000{number:05}" for number in range(7)]
    with database.writing() as session:
        for code in reversed(codes):
            save_profile(session, EnterpriseProfile(code=code), NOW)

    first = page(database, limit=3)
    second = page(database, limit=3, after=first.after)
    third = page(database, limit=3, after=second.after)

    listed = [row.code for part in (first, second, third) for row in part.enterprises]
    assert listed == codes
    assert third.after is None
    assert page(database, limit=7).after is None


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("机械", [CODE]),
        ("示例", [CODE, OTHER_CODE]),
        ("371625ma", [OTHER_CODE]),
        ("100%", [OTHER_CODE]),
        ("%", [OTHER_CODE]),
        ("_", []),
        ("没有的名字", []),
        ("", [CODE, OTHER_CODE]),
    ],
)
def test_a_search_finds_parts_of_names_and_codes_literally(database: Database, search: str, found: list[str]) -> None:
    save(database, a_profile())
    save(database, a_profile(OTHER_CODE, "博兴示例 100% 商贸有限公司"))

    assert [row.code for row in page(database, limit=10, search=search).enterprises] == found
    with database.reading() as session:
        assert count_enterprises(session, search) == len(found)


def test_processes_changing_one_profile_lose_no_version(database: Database, database_url: str) -> None:
    versions = race(_save_five, database_url)

    assert sorted(version for got in versions for version in got) == list(range(1, 16))
    with database.reading() as session:
        kept = {
            profile_version(session, load_reference(), CODE, number).facts["registered_capital", None]
            for number in range(1, 16)
        }
        assert current_profile(session, load_reference(), CODE).version == 15
    assert len(kept) == 15


def test_threads_storing_the_same_profile_make_one_version(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(lambda _: save(database, a_profile()), range(8)))

    assert sorted((kept.version, kept.is_new) for kept in stored) == [(1, False)] * 7 + [(1, True)]


def save(database: Database, profile: EnterpriseProfile) -> StoredProfile:
    with database.writing() as session:
        return save_profile(session, profile, NOW)


def page(database: Database, *, limit: int, after: str | None = None, search: str | None = None) -> EnterprisePage:
    with database.reading() as session:
        return list_enterprises(session, limit=limit, after=after, search=search)


def _save_five(database: Database, worker: int) -> list[int]:
    return [save(database, a_profile(registered_capital=worker * 5 + number + 1)).version for number in range(5)]
