"""Fictional enterprises that look like Binzhou's: for demonstrations, trials of rules and measurements.

Nothing here is real. The trades, places and sizes follow what the counties are known for; every name ends in （示例）, and
any likeness to a real firm, code or figure is accidental. Each enterprise is first made up as it "really" is; what of it
becomes known, and through whom, is decided last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from random import Random

from policies.enterprise_size import ScaleBranch
from policies.profile import EnterpriseProfile
from policies.reference import Reference
from policies.vocabulary import Fact
from service.domain.sample_codes_and_names import credit_code, full_name
from service.domain.sample_disclosure import disclosed
from service.domain.sample_draws import draw, enter_statistics_register, qualify
from service.domain.sample_firm import Firm, grow, keep_books, register
from service.domain.sample_head import head
from service.domain.sample_tables import Award, Draw, Tables, sample_tables
from service.errors import Invalid

EARLIEST = date(1995, 1, 1)  # nobody was founded before it
LATEST = date(9900, 1, 1)  # what is valid for years after it must still have a date
_KINDS = ("enterprise", "individual_business", "cooperative", "family_farm")


def generate(count: int, *, day: date, reference: Reference, seed: int = 2026) -> Iterator[EnterpriseProfile]:
    """`count` enterprises as they are known on `day`, one at a time; figures are those of the three years before it.

    Number k depends on k, `seed`, `day` and the tables only, never on `count`. The first twelve are made by hand and the
    same for every seed but for their codes. Codes are all different within one seed, names among the first 20,000.
    Raises Invalid for a day before `EARLIEST` or after `LATEST`.
    """
    if not EARLIEST <= day <= LATEST:
        raise Invalid(f"示例企业只能按 {EARLIEST} 至 {LATEST} 的日期生成，收到的日期是 {day}。")
    return _generate(_Maker(reference, day, seed, sample_tables()), count)


def _generate(maker: _Maker, count: int) -> Iterator[EnterpriseProfile]:
    yield from islice(head(maker.day, maker.seed, maker.reference, maker.tables), count)
    for number in range(len(maker.tables.head), count):
        yield maker.enterprise(number)


@dataclass(frozen=True)
class _Maker:
    """Makes the enterprises that follow the twelve of the head."""

    reference: Reference
    day: date
    seed: int
    tables: Tables

    def enterprise(self, number: int) -> EnterpriseProfile:
        firm = self._founded(Random(f"{self.seed}/{number}"))  # noqa: S311 - samples, not secrets
        grow(firm)
        register(firm, self.reference)
        keep_books(firm)
        for row, fact in self._draws:
            draw(firm, row, fact)
        enter_statistics_register(firm, self._branches.get(firm.code))
        for award, fact in self._awards:
            firm.facts[fact.key, None] = qualify(firm, award, fact)
        return EnterpriseProfile(
            credit_code(number, self.seed, firm.kind, firm.place.county),
            full_name(number, self.seed, firm, self.tables),
            disclosed(firm, self.reference, self.tables),
        )

    def _founded(self, dice: Random) -> Firm:
        place = dice.choices(self.tables.places, cum_weights=self.tables.shares)[0]
        trade = dice.choices(self.tables.trades, cum_weights=place.odds)[0]
        kind = dice.choices(_KINDS, trade.kinds)[0]
        longest = (self.day - EARLIEST).days
        age = 1 + int(dice.expovariate(1 / (8.5 * 365)))
        founded = self.day - timedelta(age if age < longest else dice.randint(longest // 2, longest))
        lived = (self.day - founded).days / 365.25
        return Firm(dice, self.day, place, trade, kind, dice.choice(trade.codes), founded, lived)

    @cached_property
    def _draws(self) -> tuple[tuple[Draw, Fact], ...]:
        return tuple((row, self.reference.fact(row.fact)) for row in self.tables.draws)

    @cached_property
    def _awards(self) -> tuple[tuple[Award, Fact], ...]:
        return tuple((row, self.reference.fact(row.fact)) for row in self.tables.awards)

    @cached_property
    def _branches(self) -> Mapping[str, ScaleBranch]:
        """The branch of 规上 of each code the trades use."""
        tree = self.reference.industries
        return {
            code: branch
            for trade in self.tables.trades
            for code in trade.codes
            for branch in reversed(self.reference.scale)
            if any(tree.is_within(code, within) for within in branch.industries)
        }
