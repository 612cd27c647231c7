"""Programmes judged by our interpreter and by the other service's own meaning, every difference listed.

``python -m tests.policies.peer_programmes.comparison RULES.json`` prints the numbers; codes.json lies beside the rules.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from policies.derived import Subject
from policies.document import Policy
from policies.eligibility import Assessment, Outcome, assess
from policies.reference import Reference
from policies.verdict import Verdict
from tests.policies.peer_programmes.meaning import (
    Answer,
    Company,
    answer,
    checks,
    is_near_miss,
    is_valid,
    profile_of,
    random_company,
    with_gaps,
)
from tests.policies.peer_programmes.translation import (
    TODAY,
    Codes,
    Record,
    policy_of,
    read_codes,
    record_of,
    reference_for,
)

FACTS = {
    "public": "organisation",
    "employees": "employees",
    "micro": "micro_entrepreneur",
    "sector": "sector",
    "region": "region",
    "needs": "needs",
}
ANSWERS = {
    Outcome.ELIGIBLE: Answer.ELIGIBLE,
    Outcome.TO_CONFIRM: Answer.TO_CONFIRM,
    Outcome.NEAR_MISS: Answer.REFUSED,
    Outcome.NOT_ELIGIBLE: Answer.REFUSED,
    Outcome.NEEDS_INFORMATION: Answer.UNKNOWN,
}


@dataclass
class Tally:
    """What was compared, and what differed."""

    programmes: int = 0
    round_trips: int = 0
    assessments: int = 0
    windows: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def compare(records: Sequence[Record], codes: Codes, *, companies: int, seed: int = 2026) -> Tally:
    """Round trip, then `companies` companies known in full and as many with gaps, then the days about the validity."""
    reference, tally = reference_for(codes), Tally(programmes=len(records))
    for record in records:
        dice = Random(f"{seed}/{record['n']}")
        policy = policy_of(record, codes, reference)
        tally.round_trips += record_of(policy, reference) == record
        if record_of(policy, reference) != record:
            tally.differences.append(f"{record['n']}: came back as {record_of(policy, reference)}")
        for _ in range(companies):
            whole = random_company(record, codes, dice)
            for company in (whole, with_gaps(whole, dice)):
                compare_company(record, policy, company, whole, reference, tally)
        _compare_days(record, policy, reference, tally)
    return tally


def compare_company(
    record: Record, policy: Policy, company: Company, whole: Company, reference: Reference, tally: Tally
) -> None:
    """Judge one company both ways; `whole` is the same company with nothing unknown."""
    found = _assess(policy, company, reference, TODAY)
    expected = answer(record, company)
    tally.assessments += 1
    tally.answers[expected.value] += 1
    tally.outcomes[found.outcome.value] += 1
    for difference in _differences(record, company, whole, found, expected):
        tally.differences.append(f"{record['n']} {company}: {difference}")


def _differences(
    record: Record, company: Company, whole: Company, found: Assessment, expected: Answer
) -> Iterator[str]:
    if ANSWERS[found.outcome] is not expected:
        yield f"{found.outcome} for {expected}"
    if (found.outcome is Outcome.NEAR_MISS) is not is_near_miss(record, company):
        yield f"{found.outcome} although near miss is {is_near_miss(record, company)}"
    if expected is not Answer.UNKNOWN and answer(record, whole) is not expected:
        yield f"decided as {expected}, but {answer(record, whole)} when all is known"
    results = dict(checks(record, company))
    asked = {FACTS[name] for name, result in results.items() if result is None}
    if {ref.key for ref in found.missing()} != asked:
        yield f"asks for {found.missing()} where {asked} is not known"
    by_fact = {getattr(each.condition, "fact", "judged"): each.verdict for each in found.findings()}
    for name, result in results.items():
        if by_fact[FACTS[name]] is not {True: Verdict.MET, False: Verdict.NOT_MET, None: Verdict.UNKNOWN}[result]:
            yield f"{name} is {by_fact[FACTS[name]]} for {result}"


def _compare_days(record: Record, policy: Policy, reference: Reference, tally: Tally) -> None:
    nobody = Company(None, None, None, None, None, None)
    for day in days_about(record):
        tally.windows += 1
        window = _assess(policy, nobody, reference, day).window
        if window.state.can_apply is not is_valid(record, day):
            tally.differences.append(f"{record['n']} on {day}: {window}")


def days_about(record: Record) -> Iterator[date]:
    """The days before, of and after each end of the validity, and today."""
    yield TODAY
    for end in (record["valid_from"], record["valid_to"]):
        if end is not None:
            yield from (date.fromisoformat(end) + timedelta(days=step) for step in (-1, 0, 1))


def _assess(policy: Policy, company: Company, reference: Reference, day: date) -> Assessment:
    return assess(policy, policy.items[0], Subject(profile_of(company, reference), day, reference))


# ---------------------------------------------------------------------- the command


def read_rules(path: Path) -> tuple[list[Record], Codes]:
    """The records, and the code lists from codes.json beside them."""
    records = json.loads(path.read_text(encoding="utf-8"))
    return records, read_codes(json.loads(path.with_name("codes.json").read_text(encoding="utf-8")))


def summary(tally: Tally) -> str:
    lines = [
        f"programmes {tally.programmes}, round trips without loss {tally.round_trips}",
        f"assessments {tally.assessments}, windows {tally.windows}, differences {len(tally.differences)}",
        f"their answers {dict(sorted(tally.answers.items()))}",
        f"our outcomes {dict(sorted(tally.outcomes.items()))}",
    ]
    return "\n".join(lines + tally.differences[:5])


def main(arguments: list[str]) -> int:
    records, codes = read_rules(Path(arguments[0]))
    tally = compare(records, codes, companies=40)
    print(summary(tally))
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
