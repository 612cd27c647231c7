"""What a catalogue needs done to stay true."""

from __future__ import annotations

from datetime import date

import pytest

from policies.document import (
    DocumentSource,
    DocumentStatus,
    HowToApply,
    Item,
    SourceKind,
    Standing,
    Yearly,
)
from policies.upkeep import Care, Reminder, reminders
from tests.builders import item_of, policy_of

TODAY = date(2026, 11, 22)
FRESH = DocumentSource(SourceKind.PRESS, "https://example.org/a", date(2026, 11, 1))


def found(item: Item | None = None, **policy: object) -> list[tuple[Care, date | None]]:
    document = policy_of(item or item_of(), **{"source": FRESH, **policy})
    return [(reminder.care, reminder.day) for reminder in reminders([document], TODAY)]


def test_a_policy_without_an_end_and_with_a_fresh_source_needs_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (date(2027, 1, 22), []),
        (date(2027, 1, 21), [(Care.ENDING, date(2027, 1, 21))]),
        (date(2026, 11, 22), [(Care.ENDING, date(2026, 11, 22))]),
        (date(2026, 11, 21), [(Care.ENDED, date(2026, 11, 21))]),
    ],
)
def test_a_document_is_named_in_the_sixty_days_before_its_last_and_after_it(
    until: date, expected: list[tuple[Care, date]]
) -> None:
    assert found(valid_until=until) == expected


@pytest.mark.parametrize("opened", [date(2025, 11, 22), date(2024, 1, 1)])
def test_a_source_not_opened_for_a_year_is_named(opened: date) -> None:
    source = DocumentSource(SourceKind.PRESS, "https://example.org/a", opened)

    assert found(source=source) == [(Care.OLD_SOURCE, opened)]


def test_a_source_opened_within_the_year_is_not() -> None:
    assert found(source=DocumentSource(SourceKind.PRESS, "https://example.org/a", date(2025, 11, 23))) == []


def test_a_round_that_has_closed_while_its_document_goes_on_comes_again() -> None:
    item = item_of(apply=HowToApply(opens=date(2026, 3, 1), closes=date(2026, 4, 30)))

    assert found(item) == [(Care.RECURS, date(2026, 4, 30))]


def test_a_yearly_window_that_is_closed_now_comes_again() -> None:
    item = item_of(apply=HowToApply(yearly=Yearly((3, 1), (4, 30))))

    assert found(item) == [(Care.RECURS, date(2026, 4, 30))]


def test_a_round_that_closes_soon_and_one_that_waits_for_its_notice_are_told_apart() -> None:
    closing = item_of(id="closing", apply=HowToApply(closes=date(2026, 12, 31)))
    waiting = item_of(id="waiting", apply=HowToApply(announced=True))
    document = policy_of(waiting, closing, source=FRESH)

    assert reminders([document], TODAY) == [
        Reminder(Care.ENDING, "sample-policy", "closing", "企业奖励", date(2026, 12, 31)),
        Reminder(Care.AWAITS_NOTICE, "sample-policy", "waiting", "企业奖励"),
    ]


@pytest.mark.parametrize("standing", [Standing.REVOKED, Standing.SUPERSEDED, Standing.SUSPENDED])
def test_what_is_no_longer_in_force_is_left_alone(standing: Standing) -> None:
    item = item_of(apply=HowToApply(closes=date(2026, 4, 30)))

    assert found(item, status=DocumentStatus(standing), valid_until=date(2026, 12, 1)) == []


def test_an_item_whose_money_is_gone_is_not_asked_after() -> None:
    item = item_of(apply=HowToApply(closes=date(2026, 12, 31)), funds_exhausted_on=date(2026, 6, 30))

    assert found(item) == []


def test_the_most_pressing_comes_first() -> None:
    soon = policy_of(id="soon", source=FRESH, valid_until=date(2026, 12, 1))
    later = policy_of(id="later", source=FRESH, valid_until=date(2026, 12, 31))
    old = policy_of(id="old", source=DocumentSource(SourceKind.PRESS, "https://example.org/a", date(2020, 1, 1)))

    assert [reminder.policy for reminder in reminders([old, later, soon], TODAY)] == ["soon", "later", "old"]
