"""Small valid parts for the tests of retrieval."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes.encoder import unit_rows
from indexes.matcher import Match, Matcher, MatchList
from indexes.vectors import MemoryVectors, VectorIndex
from policies.benefits import Benefit, Fixed, Form, NotMoney
from policies.conditions import ALWAYS, Bounds, Compare, Condition
from policies.document import Clause, DocumentSource, HowToApply, Item, Policy, PolicyVersion, SourceKind
from policies.profile import EnterpriseProfile, Known
from policies.reference import load_reference

DAY = date(2026, 11, 21)


class CharacterEncoder:
    """Every character has its own direction: texts that share characters are near. Counts what it encodes."""

    def __init__(self, encoder_id: str = "characters", dimension: int = 256) -> None:
        self.id = encoder_id
        self.dimension = dimension
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text.replace("\n", ""):
                vectors[row, ord(character) % self.dimension] += 1
        return unit_rows(vectors)


class ArbitraryEncoder:
    """Any vectors at all, settled by a seed: whatever likeness says, the rules must not mind."""

    id = "arbitrary"
    dimension = 4

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [hashlib.sha256(f"{self._seed}{text}".encode()).digest()[: self.dimension] for text in texts]
        values = np.array([[byte - 128 for byte in row] for row in rows], dtype=np.float32)
        return unit_rows(values.reshape(len(texts), self.dimension))


def an_item(item_id: str = "item", **changes: Any) -> Item:
    values: dict[str, Any] = {
        "id": item_id,
        "title": "设备补助",
        "summary": "更新设备给予补助",
        "applicants": ("enterprise",),
        "conditions": ALWAYS,
        "benefit": worth(100_000),
        "apply": HowToApply(),
    }
    return Item(**{**values, **changes})


def a_policy(*items: Item, policy_id: str = "policy", **changes: Any) -> PolicyVersion:
    kind = SourceKind.SAMPLE if changes.pop("sample", False) else SourceKind.OFFICIAL
    values: dict[str, Any] = {
        "title": "若干措施",
        "issuers": ("滨州市人民政府",),
        "region": "371600",
        "source": DocumentSource(kind),
    }
    return PolicyVersion(Policy(id=policy_id, items=items or (an_item(),), **{**values, **changes}), 1)


def worth(yuan: int) -> Benefit:
    return Benefit(Form.AWARD, Fixed(Decimal(yuan)), "给予奖励")


def no_money() -> Benefit:
    return Benefit(Form.RECOGNITION, NotMoney(), "颁发证书")


def capital_at_least(yuan: int) -> Condition:
    return Compare("registered_capital", Bounds(Decimal(yuan)))


def a_profile(**facts: object) -> EnterpriseProfile:
    """An enterprise with these facts; an annual fact is keyed by `key_2025`."""
    given: Mapping[str, object] = {"entity_type": "enterprise", **facts}
    known = {}
    for name, value in given.items():
        key, _, year = name.rpartition("_")
        ref = (key, int(year)) if year.isdigit() else (name, None)
        known[ref] = Known(Decimal(value) if type(value) is int else value)  # type: ignore[arg-type]
    return EnterpriseProfile(facts=known)


def an_index(encoder: object | None = None) -> VectorIndex:
    return VectorIndex(encoder or CharacterEncoder(), MemoryVectors())  # type: ignore[arg-type]


def matched(
    profile: EnterpriseProfile, *versions: PolicyVersion, index: VectorIndex | None = None, day: date = DAY
) -> MatchList:
    return Matcher(load_reference(), index).match(profile, versions, day)


def ids(matches: Sequence[Match]) -> list[str]:
    return [match.item.id for match in matches]


def clause(text: str) -> Clause:
    return Clause("第一条", text)
