"""The sample enterprises: the same for ever, and shaped like Binzhou's."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import islice

import pytest

from policies.derived import Subject
from policies.problems import Problems
from policies.profile import EnterpriseProfile, Qualification
from policies.profile_data import ProfileReader, profile_data
from policies.reference import load_reference
from policies.vocabulary import Source
from service.domain.sample_enterprises import EARLIEST, LATEST, generate
from service.errors import Invalid
from tests.builders import DAY
from tests.service.domain.known_values import KINDS, figure, value

REFERENCE = load_reference()
LAST = DAY.year - 1
COUNTIES = {"371602", "371603", "371621", "371622", "371623", "371625", "371681"}
ZONES = {"371600-edz", "371600-hitech", "371600-beihai"}
DECLARED_BY_ALL = [
    "revenue",
    "employees",
    "total_assets",
    "total_liabilities",
    "net_profit",
    "tax_paid",
    "rd_expense",
    "rd_staff",
    "insured_employees",
    "new_hires",
    "new_graduates_hired",
    "exports",
    "equipment_investment",
    "invention_patents",
    "loan_balance",
    "high_tech_income",
    "annual_energy",
]


def test_the_same_seed_and_day_give_the_same_enterprises(samples: list[EnterpriseProfile]) -> None:
    again = list(generate(300, day=DAY, reference=REFERENCE))

    assert again == samples[:300]


def test_an_enterprise_does_not_depend_on_how_many_are_made(samples: list[EnterpriseProfile]) -> None:
    few, many = generate(40, day=DAY, reference=REFERENCE), generate(10**9, day=DAY, reference=REFERENCE)

    assert list(few) == list(islice(many, 40)) == samples[:40]


def test_another_seed_gives_other_enterprises(samples: list[EnterpriseProfile]) -> None:
    others = list(generate(300, day=DAY, reference=REFERENCE, seed=7))

    assert not {profile.code for profile in others} & {profile.code for profile in samples[:300]}
    assert all(one.facts != other.facts for one, other in zip(others[12:], samples[12:300], strict=True))


@pytest.mark.parametrize("count", [0, 1, 12, 13])
def test_as_many_as_asked_for_are_made(count: int) -> None:
    assert len(list(generate(count, day=DAY, reference=REFERENCE))) == count


@pytest.mark.parametrize(
    "day", [DAY, date(2026, 1, 1), date(2024, 2, 29), date(2030, 12, 31), EARLIEST, date(2400, 2, 29), LATEST]
)
def test_every_profile_reads_back_equal_and_without_a_defect(day: date) -> None:
    problems = Problems()
    reader = ProfileReader(REFERENCE, problems, day)

    for profile in generate(600, day=day, reference=REFERENCE):
        assert reader.read(profile_data(profile)) == profile

    assert not problems.listed, list(map(str, problems))


@pytest.mark.parametrize("day", [date(1990, 1, 1), EARLIEST - timedelta(1), LATEST + timedelta(1), date.max])
def test_a_day_too_far_away_is_refused_at_once_and_the_first_and_last_possible_are_named(day: date) -> None:
    with pytest.raises(Invalid, match="1995-01-01 至 9900-01-01") as refused:
        generate(1, day=day, reference=REFERENCE)

    assert str(day) in refused.value.message


@pytest.mark.parametrize("day", [DAY, date(2026, 1, 1), date(2024, 2, 29), EARLIEST, LATEST])
def test_nothing_is_known_from_the_future(day: date) -> None:
    for profile in generate(600, day=day, reference=REFERENCE):
        for (_, year), known in profile.facts.items():
            assert known.as_of is not None and known.as_of <= day
            assert year is None or day.year - 3 <= year < day.year


def test_every_county_zone_and_kind_is_there(samples: list[EnterpriseProfile]) -> None:
    places = Counter(str(profile.code)[2:8] for profile in samples)
    zones = Counter(value(profile, "zone") for profile in samples)
    kinds = Counter(value(profile, "entity_type") for profile in samples)

    assert set(places) == COUNTIES and min(places.values()) > len(samples) * 0.05
    assert set(zones) == {*ZONES, "none", None}
    assert zones["none"] > len(samples) / 2 and zones[None] < len(samples) * 0.25
    assert set(kinds) == {*KINDS, None}


def test_a_zone_stands_in_its_county(samples: list[EnterpriseProfile]) -> None:
    for profile in samples:
        zone = value(profile, "zone")

        assert zone not in ZONES or str(profile.code)[2:8] in REFERENCE.regions.zones[str(zone)].lies_in


@pytest.mark.parametrize(
    ("county", "industry"),
    [("371681", "C32"), ("371625", "C3381"), ("371621", "C1782"), ("371622", "C1353"), ("371603", "A0151")],
)
def test_a_county_has_more_of_its_own_trade_than_the_others(
    samples: list[EnterpriseProfile], county: str, industry: str
) -> None:
    everywhere = [str(p.code)[2:8] for p in samples if str(value(p, "industry")).startswith(industry)]

    assert Counter(everywhere).most_common(1)[0][0] == county


def test_registry_facts_are_mostly_known_and_come_from_the_registry(samples: list[EnterpriseProfile]) -> None:
    for key in ("entity_type", "founded_on", "region", "industry", "business_scope", "registered_capital"):
        found = [known for profile in samples if (known := profile.known(key))]

        assert 0.9 * len(samples) < len(found) < len(samples)
        assert {known.source for known in found} == {Source.REGISTRY}


@pytest.mark.parametrize("key", DECLARED_BY_ALL)
def test_a_declared_figure_is_unknown_of_40_to_90_percent(samples: list[EnterpriseProfile], key: str) -> None:
    year = LAST if REFERENCE.fact(key).annual else None
    missing = sum(profile.known(key, year) is None for profile in samples) / len(samples)

    assert 0.4 <= missing <= 0.9


def test_small_firms_declare_less_than_large_ones(samples: list[EnterpriseProfile]) -> None:
    known_of = [(amount, len(p.facts)) for p in samples if (amount := figure(p, "revenue")) is not None]
    small = [facts for amount, facts in known_of if amount < 3_000_000]
    large = [facts for amount, facts in known_of if amount > 20_000_000]

    assert sum(small) / len(small) < sum(large) / len(large)


def test_a_fact_comes_from_who_knows_it_or_from_the_enterprise(samples: list[EnterpriseProfile]) -> None:
    sources = Counter()
    for profile in samples:
        for (key, _), known in profile.facts.items():
            assert known.source in (REFERENCE.fact(key).known_by, Source.ENTERPRISE)
            sources[known.source] += REFERENCE.fact(key).known_by is Source.TAX

    assert sources[Source.TAX] > 1_000 and sources[Source.ENTERPRISE] > 1_000


def test_most_enterprises_are_micro_or_small_and_a_few_are_large(samples: list[EnterpriseProfile]) -> None:
    found = (Subject(profile, DAY, REFERENCE).resolve("size_class").known for profile in samples)
    sizes = Counter(str(known.value) for known in found if known)

    assert (sizes["micro"] + sizes["small"]) / sizes.total() >= 0.85
    assert sizes["micro"] > sizes["small"] > sizes["medium"] > 0
    assert sizes["large"] > 0


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("rd_expense", "revenue"),
        ("exports", "revenue"),
        ("online_sales", "revenue"),
        ("tax_paid", "revenue"),
        ("high_tech_income", "total_income"),
        ("rd_staff", "employees"),
        ("new_hires", "employees"),
        ("new_graduates_hired", "new_hires"),
        ("veteran_hires", "new_hires"),
        ("equipment_investment", "fixed_investment"),
        ("energy_saved", "annual_energy"),
    ],
)
def test_a_part_is_never_more_than_its_whole(samples: list[EnterpriseProfile], part: str, whole: str) -> None:
    pairs = [
        (small, large)
        for profile in samples
        for year in range(LAST - 2, LAST + 1)
        if (small := figure(profile, part, year)) is not None and (large := figure(profile, whole, year)) is not None
    ]

    assert len(pairs) > 100
    assert all(0 <= small <= large for small, large in pairs)


def test_nobody_insures_more_people_than_work_there(samples: list[EnterpriseProfile]) -> None:
    for profile in samples:
        insured, staff = figure(profile, "insured_employees", None), figure(profile, "employees")

        assert insured is None or staff is None or insured <= staff


def test_no_year_has_figures_before_the_enterprise_was_founded(samples: list[EnterpriseProfile]) -> None:
    for profile in samples:
        founded = value(profile, "founded_on")
        years = [year for _, year in profile.facts if year is not None]

        assert not isinstance(founded, date) or all(year >= founded.year for year in years)


def test_founding_days_reach_from_1995_to_this_year(samples: list[EnterpriseProfile]) -> None:
    days = [day for profile in samples if isinstance(day := value(profile, "founded_on"), date)]

    assert min(days).year == 1995 and DAY.year == max(days).year and max(days) <= DAY
    assert sum(day.year >= DAY.year - 12 for day in days) > len(days) / 2


def test_qualifications_hang_together(samples: list[EnterpriseProfile]) -> None:
    for profile in samples:
        giant, special = value(profile, "little_giant"), value(profile, "specialised_sme")
        tech, spent = value(profile, "high_tech_enterprise"), figure(profile, "rd_expense")
        founded = value(profile, "founded_on")

        if isinstance(giant, Qualification) and giant.held and isinstance(special, Qualification):
            assert special.held
        if isinstance(tech, Qualification) and tech.held and spent is not None:
            assert spent > 0
        if isinstance(tech, Qualification) and tech.obtained and isinstance(founded, date):
            assert tech.obtained > founded


def test_some_qualifications_have_run_out_and_levels_differ(samples: list[EnterpriseProfile]) -> None:
    held = [
        known.value
        for profile in samples
        for known in profile.facts.values()
        if isinstance(known.value, Qualification) and known.value.held
    ]

    assert any(one.valid_until and one.valid_until < DAY for one in held)
    assert any(one.valid_until and one.valid_until > DAY for one in held)
    assert {one.level for one in held} >= {None, "municipal", "provincial"}


def test_texts_of_one_trade_differ(samples: list[EnterpriseProfile]) -> None:
    scopes = [str(value(p, "business_scope")) for p in samples if value(p, "industry") == "C3381"]

    assert len(scopes) > 20
    assert len(set(scopes)) > len(scopes) * 0.9
