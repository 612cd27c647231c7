"""Bringing enterprises into the store: rows from files, or generated samples. One bad row never stops the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from policies.credit_code import BadCreditCode, read_credit_code
from policies.problems import Problem, Problems
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader, years_before_founding
from service.domain.sample_enterprises import generate
from service.errors import Conflict, HuiqiError, NotFound, Unavailable
from service.storage.enterprises import (
    EnterprisePage,
    ProfileVersion,
    count_enterprises,
    current_profile,
    list_enterprises,
    save_profile,
)
from service.storage.failures import UnreadableContent
from service.usecases.services import Services
from service.usecases.tables import Row

BATCH = 500
SAMPLE_SEED = 2026


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was not stored, or what of it was left out or looks wrong. Row 1 is the header."""

    row: int
    code: str | None
    problem: Problem
    stored: bool


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """Rows dealt with, enterprises new, changed and unchanged, and every problem by row.

    When storage failed, `stopped` says why, and nothing was imported from row `stopped_at` on.
    """

    rows: int
    new: int
    changed: int
    unchanged: int
    refused: int
    problems: tuple[RowProblem, ...]
    stopped: Unavailable | None = None
    stopped_at: int | None = None


def import_enterprises(services: Services, rows: Iterable[Row]) -> ImportSummary:
    """Store what every row says of its enterprise; what it does not say, or says unreadably, stays as it was."""
    problems: list[RowProblem] = []
    done: Counter[str] = Counter()
    row_of: dict[str, int] = {}
    stopped, stopped_at = None, None
    for row in rows:
        try:
            done[_import_row(services, row, row_of, problems)] += 1
        except Unavailable as error:
            stopped, stopped_at = error, row.number
            break  # the next row would wait as long, and fail as well
    return ImportSummary(
        rows=done.total(),
        new=done["new"],
        changed=done["changed"],
        unchanged=done["unchanged"],
        refused=done["refused"],
        problems=tuple(problems),
        stopped=stopped,
        stopped_at=stopped_at,
    )


def _import_row(services: Services, row: Row, row_of: dict[str, int], problems: list[RowProblem]) -> str:
    """New, changed, unchanged or refused; `row_of` is where each code stood first. Raises Unavailable."""
    noted = Problems(list(row.problems))
    code = _code_of(row)
    if code is not None:
        first = row_of.setdefault(code, row.number)
        if first != row.number:
            noted.warn("code", f"与第 {first} 行是同一家企业", "两行已合并，不一致的以这一行为准")
        done = _store(services, row, code, noted)
    else:
        done = "refused"
        if row.data or not noted.errors:
            ProfileReader(services.reference, noted, services.clock.today()).read(row.data)
            if not any(each.where == "code" for each in noted):
                noted.add("code", "没有填写", "每行应有统一社会信用代码")
    for each in noted:
        is_own = each.line is None
        problems.append(RowProblem(each.line or row.number, code if is_own else None, each, done != "refused"))
    return done


def _code_of(row: Row) -> str | None:
    try:
        return read_credit_code(row.data.get("code", "")).text
    except BadCreditCode:
        return None


def _store(services: Services, row: Row, code: str, noted: Problems) -> str:
    former = _former(services, code, noted)
    before = former.profile if former else EnterpriseProfile()
    profile = ProfileReader(services.reference, noted, services.clock.today(), before).read(row.data)
    assert profile is not None  # the data of a row is an object
    noted.listed += years_before_founding(profile, services.reference.vocabulary)
    try:
        with services.database.writing() as session:
            saved = save_profile(session, profile, services.clock.now())
            if former and saved.is_new and saved.version > former.version + 1:
                raise Conflict("这家企业的信息刚在别处改动过")
    except Unavailable:
        raise
    except HuiqiError as error:
        noted.add("", error.message, "请处理后重新导入这一行")
        return "refused"
    return "unchanged" if not saved.is_new else "new" if saved.version == 1 else "changed"


def _former(services: Services, code: str, noted: Problems) -> ProfileVersion | None:
    """What is stored of an enterprise, version 0 when that is nothing, None when it cannot be read any more."""
    try:
        with services.database.reading() as session:
            return current_profile(session, services.reference, code)
    except NotFound:
        return ProfileVersion(EnterpriseProfile(), 0)
    except UnreadableContent as error:
        return noted.warn("", error.message, "只保存了这一行的信息，其余各项请补填")


def store_samples(services: Services, count: int, seed: int = SAMPLE_SEED) -> int:
    """Store `count` fictional enterprises, in batches of one transaction each; how many are new or changed."""
    made = generate(count, seed=seed, day=services.clock.today(), reference=services.reference)
    stored = 0
    for batch in _batches(made):
        with services.database.writing() as session:
            stored += sum(save_profile(session, profile, services.clock.now()).is_new for profile in batch)
    return stored


def shown_samples(services: Services, count: int, seed: int = SAMPLE_SEED) -> list[EnterpriseProfile]:
    """The first samples of a seed (the hand-shaped ones) as far as they are stored."""
    made = generate(count, seed=seed, day=services.clock.today(), reference=services.reference)
    codes = [profile.code for profile in made if profile.code is not None]
    found = []
    with services.database.reading() as session:
        for code in codes:
            with suppress(NotFound):
                found.append(current_profile(session, services.reference, code).profile)
    return found


def _batches(profiles: Iterator[EnterpriseProfile]) -> Iterator[list[EnterpriseProfile]]:
    while batch := list(islice(profiles, BATCH)):
        yield batch


def listed(services: Services, *, limit: int, after: str | None = None, search: str | None = None) -> EnterprisePage:
    with services.database.reading() as session:
        return list_enterprises(session, limit=limit, after=after, search=search)


def counted(services: Services) -> int:
    with services.database.reading() as session:
        return count_enterprises(session)
