"""Bringing enterprises into the store: rows from files, or generated samples. One bad row never stops the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from policies.problems import Problem, Problems
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader
from service.domain.sample_enterprises import generate
from service.errors import HuiqiError, NotFound
from service.storage.enterprises import (
    EnterprisePage,
    count_enterprises,
    current_profile,
    list_enterprises,
    save_profile,
)
from service.usecases.services import Services
from service.usecases.tables import Row

BATCH = 500
SAMPLE_SEED = 2026


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was not stored, or a fact of it that was left out."""

    row: int
    code: str | None
    problem: Problem
    stored: bool


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """Rows read, enterprises new, changed and unchanged, and every problem by row."""

    rows: int
    new: int
    changed: int
    unchanged: int
    refused: int
    problems: tuple[RowProblem, ...]


def import_enterprises(services: Services, rows: Iterable[Row]) -> ImportSummary:
    """Store every row that names an enterprise. A fact that cannot be read is left out and reported; the rest is kept."""
    problems: list[RowProblem] = []
    counts = {"rows": 0, "new": 0, "changed": 0, "unchanged": 0, "refused": 0}
    for row in rows:
        counts["rows"] += 1
        counts[_import_row(services, row, problems)] += 1
    return ImportSummary(**counts, problems=tuple(problems))


def _import_row(services: Services, row: Row, problems: list[RowProblem]) -> str:
    noted = Problems(list(row.problems))
    profile = None
    if not noted.errors or row.data:
        profile = ProfileReader(services.reference, noted, services.clock.today()).read(row.data)
    code = None if profile is None else profile.code
    stored = "refused"
    if profile is not None and code is None and not any(each.where == "code" for each in noted):
        noted.add("code", "没有填写", "每行应有统一社会信用代码")
    if profile is not None and code is not None:
        try:
            with services.database.writing() as session:
                saved = save_profile(session, profile, services.clock.now())
            stored = "unchanged" if not saved.is_new else "new" if saved.version == 1 else "changed"
        except HuiqiError as error:
            noted.add("", error.message, "请处理后重新导入这一行")
    problems += [RowProblem(row.number, code, each, stored != "refused") for each in noted]
    return stored


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
