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
from service.storage.failures import UnreadableContent
from service.usecases.services import Services


@dataclass(frozen=True, slots=True)
class Audience:
    """The credit codes an item reaches, by outcome, and those that could apply for it on the day."""

    policy_id: str
    item_id: str
    title: str
    by_outcome: Mapping[Outcome, tuple[str, ...]]
    can_apply: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The audience of every item of a policy; `unreadable` enterprises could not be assessed and stopped no other."""

    items: tuple[Audience, ...]
    assessed: int
    unreadable: tuple[str, ...]


def audience_of(services: Services, policy: Policy, day: date | None = None) -> Reach:
    """Whom a policy reaches on a day, stored or not."""
    on = day or services.clock.today()
    reached: dict[str, dict[Outcome, list[str]]] = {item.id: {} for item in policy.items}
    open_to: dict[str, list[str]] = {item.id: [] for item in policy.items}
    assessed = 0
    unreadable: list[UnreadableContent] = []
    for profile in _profiles(services, unreadable):
        assessed += 1
        subject = Subject(profile, on, services.reference)
        for item in policy.items:
            assessment = assess(policy, item, subject)
            reached[item.id].setdefault(assessment.outcome, []).append(profile.code or "")
            if assessment.can_apply:
                open_to[item.id].append(profile.code or "")
    items = tuple(_audience(policy, item, reached[item.id], open_to[item.id]) for item in policy.items)
    return Reach(items, assessed, tuple(error.message for error in unreadable))


def _audience(policy: Policy, item: Item, reached: Mapping[Outcome, list[str]], open_to: list[str]) -> Audience:
    by_outcome = {outcome: tuple(codes) for outcome, codes in reached.items()}
    return Audience(policy.id, item.id, item.title, by_outcome, tuple(open_to))


def _profiles(services: Services, unreadable: list[UnreadableContent]) -> Iterator[EnterpriseProfile]:
    with services.database.reading() as session:
        for stored in current_profiles(session, services.reference, unreadable):
            yield stored.profile
