"""What the other service means by its records, written down directly: no condition tree, nothing of our interpreter.

Sector and region are membership, an empty list is no restriction; head counts and days are inclusive; one theme in
common. What the service itself never meets, an unknown answer, is decided as in Kleene's logic: a programme is refused
when anything known refuses it, and open when something it asks for is not known. Who applies is always asked, as in every
policy file of ours, also where both enterprises and public administrations may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from random import Random

from policies.problems import Problems
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader
from policies.reference import Reference
from tests.policies.peer_programmes.translation import TODAY, Codes, Record

# What no effort of an enterprise changes: design section 4.
FIXED = frozenset({"public", "sector", "region"})


class Answer(StrEnum):
    """The verdicts of the other service, and the one it does not have."""

    ELIGIBLE = "E"
    TO_CONFIRM = "P"
    REFUSED = "N"
    UNKNOWN = "?"


@dataclass(frozen=True)
class Company:
    """An enterprise as the other service sees it; None is not known."""

    public: bool | None
    employees: int | None
    micro: bool | None
    sector: str | None
    region: str | None
    needs: frozenset[str] | None


def checks(record: Record, company: Company) -> Iterator[tuple[str, bool | None]]:
    """Each thing the programme asks for, and whether the company has it."""
    yield "public", None if company.public is None else record["open_to_public_administration"] or not company.public
    low, high = record["min_employees"], record["max_employees"]
    if low is not None or high is not None:
        number = company.employees
        yield (
            "employees",
            None if number is None else (low is None or low <= number) and (high is None or number <= high),
        )
    if record["exclude_microentrepreneur"]:
        yield "micro", None if company.micro is None else not company.micro
    if record["allowed_sectors"]:
        yield "sector", None if company.sector is None else company.sector in record["allowed_sectors"]
    if record["allowed_regions"]:
        yield "region", None if company.region is None else company.region in record["allowed_regions"]
    if record["themes"]:
        yield "needs", None if company.needs is None else bool(company.needs & set(record["themes"]))


def answer(record: Record, company: Company) -> Answer:
    results = [result for _, result in checks(record, company)]
    if False in results:
        return Answer.REFUSED
    if None in results:
        return Answer.UNKNOWN
    return Answer.TO_CONFIRM if record["has_unstructured_conditions"] else Answer.ELIGIBLE


def is_near_miss(record: Record, company: Company) -> bool:
    """Our own distinction among the refused: one thing fails, nothing is unknown, and it can be changed."""
    results = dict(checks(record, company))
    failing = [name for name, result in results.items() if result is False]
    return len(failing) == 1 and None not in results.values() and failing[0] not in FIXED


def is_valid(record: Record, day: date) -> bool:
    first, last = record["valid_from"], record["valid_to"]
    return (first is None or first <= day.isoformat()) and (last is None or day.isoformat() <= last)


# ---------------------------------------------------------------------- companies


def random_company(record: Record, codes: Codes, dice: Random) -> Company:
    """A company near the programme's bounds, half the time within its lists."""
    numbers = [
        number + step
        for number in (record["min_employees"] or 1, record["max_employees"] or 250)
        for step in (-1, 0, 1)
    ]
    needs = dice.sample(codes.themes, dice.randint(0, 2)) + dice.sample(record["themes"], min(1, len(record["themes"])))
    return Company(
        public=dice.random() < 0.2,
        employees=max(0, dice.choice(numbers)),
        micro=dice.random() < 0.2,
        sector=dice.choice(_either(record["allowed_sectors"], codes.sectors, dice)),
        region=dice.choice(_either(record["allowed_regions"], codes.regions, dice)),
        needs=frozenset(needs) if dice.random() < 0.8 else frozenset(),
    )


def _either(wanted: list[str], all_of_them: tuple[str, ...], dice: Random) -> list[str]:
    return wanted if wanted and dice.random() < 0.7 else list(all_of_them)


def with_gaps(company: Company, dice: Random) -> Company:
    """The company with some answers not known."""
    hidden = [entry.name for entry in fields(company) if dice.random() < 0.3]
    return replace(company, **dict.fromkeys(hidden))


def profile_of(company: Company, reference: Reference) -> EnterpriseProfile:
    """The company as our profile, read as any profile is. Raises ValueError naming every defect."""
    public = None if company.public is None else "public_administration" if company.public else "enterprise"
    facts = {
        "organisation": public,
        "employees": company.employees,
        "micro_entrepreneur": company.micro,
        "sector": company.sector,
        "region": company.region,
        "needs": None if company.needs is None else sorted(company.needs),
    }
    problems = Problems()
    profile = ProfileReader(reference, problems, TODAY).read({"facts": facts})
    if profile is None or problems.listed:
        raise ValueError("; ".join(map(str, problems.listed)))
    return profile
