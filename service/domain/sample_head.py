"""The first twelve sample enterprises, made by hand in sample_head.yaml and moved to the year they are made for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from policies.problems import InvalidData, Problems
from policies.profile import EnterpriseProfile, Known
from policies.profile_data import ProfileReader
from policies.reference import Reference
from service.domain.sample_codes_and_names import credit_code
from service.domain.sample_disclosure import as_of
from service.domain.sample_tables import Tables

HEAD_YEAR = 2026  # sample_head.yaml is written as of this year
_TOLD_DAYS_BEFORE = 20


def head(day: date, seed: int, reference: Reference, tables: Tables) -> Iterator[EnterpriseProfile]:
    """The twelve as they are known on `day`. Raises InvalidData if their file is broken."""
    for number, row in enumerate(tables.head):
        problems = Problems()
        profile = ProfileReader(reference, problems, day).read(_moved(row, day))
        if profile is None or problems.errors:
            raise InvalidData(problems)
        yield _attributed(profile, number, day, seed, reference)


def _moved(data: Any, day: date) -> Any:
    """The row with its years and dates as far before `day` as they were before the year it was written for."""
    ahead = day.year - HEAD_YEAR
    match data:
        case {"days_before": int(days)}:
            return day - timedelta(days)
        case dict():
            return {key + ahead if isinstance(key, int) else key: _moved(part, day) for key, part in data.items()}
        case str() if len(data) == 10 and data[4] == data[7] == "-":
            return date.fromisoformat(data) + relativedelta(years=ahead)
    return data


def _attributed(
    profile: EnterpriseProfile, number: int, day: date, seed: int, reference: Reference
) -> EnterpriseProfile:
    """Each fact from whoever knows it, with a date; and the credit code."""
    values = {key: known.value for key, known in profile.facts.items()}
    founded, county = values["founded_on", None], str(values["region", None])[:6]
    assert isinstance(founded, date)
    facts = {
        (key, year): Known(value, reference.fact(key).known_by, as_of(year, founded, day, _TOLD_DAYS_BEFORE))
        for (key, year), value in values.items()
    }
    return replace(profile, code=credit_code(number, seed, str(values["entity_type", None]), county), facts=facts)
