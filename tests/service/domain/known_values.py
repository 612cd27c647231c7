"""Reading one value of a sample enterprise."""

from __future__ import annotations

from decimal import Decimal

from policies.profile import EnterpriseProfile, Value
from tests.builders import DAY

LAST = DAY.year - 1
# The first two digits of the code of each kind.
KINDS = {"enterprise": "91", "individual_business": "92", "family_farm": "92", "cooperative": "93"}


def value(profile: EnterpriseProfile, key: str, year: int | None = None) -> Value | None:
    known = profile.known(key, year)
    return known.value if known else None


def figure(profile: EnterpriseProfile, key: str, year: int | None = LAST) -> Decimal | None:
    number = value(profile, key, year)
    return number if isinstance(number, Decimal) else None
