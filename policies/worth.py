"""What an item is worth to one enterprise, less what it received already where the document pays only the difference."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from policies.benefits import Basis, Estimate, estimate
from policies.derived import Subject
from policies.document import Item
from policies.receipts import RECEIVED

_NONE = Decimal(0)


def worth_of(item: Item, subject: Subject) -> Estimate:
    """The estimate of an item's benefit. With `top_up` (就高补差) former receipts of its groups are deducted.

    A receipt whose amount is unknown may have been anything: then nothing is certain.
    """
    worth = estimate(item.benefit, subject)
    if not item.top_up or worth.basis is Basis.NOT_MONEY:
        return worth
    known = subject.resolve(RECEIVED).known
    receipts = known.value if known is not None and isinstance(known.value, tuple) else ()
    before = [r for r in receipts if r.on <= subject.day and not set(r.groups).isdisjoint(item.exclusive_groups)]
    if not before:
        return worth
    got = sum((receipt.amount or _NONE for receipt in before), _NONE)
    is_certain = all(receipt.amount is not None for receipt in before)
    low = max(_NONE, worth.low - got) if is_certain else _NONE
    high = None if worth.high is None else max(_NONE, worth.high - got)
    if high is None:
        return replace(worth, low=low)
    basis = Basis.EXACT if low == high else Basis.UP_TO if low == _NONE else Basis.RANGE
    return replace(worth, basis=basis, low=low, high=high)
