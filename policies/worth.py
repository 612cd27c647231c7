"""What an item is worth to one enterprise, less what it received already where the document pays only the difference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from policies.benefits import Basis, Estimate, estimate
from policies.derived import Subject
from policies.document import Item, Policy
from policies.receipts import RECEIVED, Receipt

_NONE = Decimal(0)


def receipts_of(subject: Subject) -> tuple[Receipt, ...] | None:
    """What the enterprise has received up to the day; None when that is not known."""
    known = subject.resolve(RECEIVED).known
    if known is None or not isinstance(known.value, tuple):
        return None
    return tuple(receipt for receipt in known.value if receipt.on <= subject.day)


def worth_of(policy: Policy, item: Item, subject: Subject) -> Estimate:
    """The estimate of an item's benefit. With `top_up` (就高补差) former receipts of it and its groups are deducted.

    Where receipts are not known, or one does not say its amount or its groups, nothing is certain.
    """
    worth = estimate(item.benefit, subject)
    if not item.top_up or worth.basis is Basis.NOT_MONEY:
        return worth
    receipts, ref = receipts_of(subject), f"{policy.id}/{item.id}"
    if receipts is None:
        return _within(worth, _NONE, worth.high)
    groups = set(item.exclusive_groups)
    before = [r for r in receipts if r.item == ref or not groups.isdisjoint(r.groups or ())]
    doubtful = any(r.amount is None for r in before) or any(r.groups is None and r.item != ref for r in receipts)
    got = sum((receipt.amount or _NONE for receipt in before), _NONE)
    if not before and not doubtful:
        return worth
    high = None if worth.high is None else max(_NONE, worth.high - got)
    return _within(worth, _NONE if doubtful else max(_NONE, worth.low - got), high)


def _within(worth: Estimate, low: Decimal, high: Decimal | None) -> Estimate:
    if high is None:
        return replace(worth, low=low)
    basis = Basis.EXACT if low == high else Basis.UP_TO if low == _NONE else Basis.RANGE
    return replace(worth, basis=basis, low=low, high=high)
