"""Whom a policy reaches: every stored enterprise assessed by the interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from policies.derived import Subject
from policies.document import Item, Policy
from policies.eligibility import Outcome, assess
from policies.profile import EnterpriseProfile
from service.storage.enterprises import current_profiles
from service.usecases.services import Services


@dataclass(frozen=True, slots=True)
class Audience:
    """The credit codes an item reaches, by outcome, and those that could apply for it on the day."""

    policy_id: str
    item_id: str
    title: str
    by_outcome: Mapping[Outcome, tuple[str, ...]]
    can_apply: tuple[str, ...]


def audience_of(services: Services, policy: Policy, day: date | None = None) -> list[Audience]:
    """The audience of every item of a policy, stored or not."""
    on = day or services.clock.today()
    reached: dict[str, dict[Outcome, list[str]]] = {item.id: {} for item in policy.items}
    open_to: dict[str, list[str]] = {item.id: [] for item in policy.items}
    for profile in _profiles(services):
        subject = Subject(profile, on, services.reference)
        for item in policy.items:
            assessment = assess(policy, item, subject)
            reached[item.id].setdefault(assessment.outcome, []).append(profile.code or "")
            if assessment.can_apply:
                open_to[item.id].append(profile.code or "")
    return [_audience(policy, item, reached[item.id], open_to[item.id]) for item in policy.items]


def _audience(policy: Policy, item: Item, reached: Mapping[Outcome, list[str]], open_to: list[str]) -> Audience:
    by_outcome = {outcome: tuple(codes) for outcome, codes in reached.items()}
    return Audience(policy.id, item.id, item.title, by_outcome, tuple(open_to))


def _profiles(services: Services) -> Iterator[EnterpriseProfile]:
    with services.database.reading() as session:
        for stored in current_profiles(session, services.reference):
            yield stored.profile
